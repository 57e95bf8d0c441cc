"""Pages of screening: find what the user may see, call one service, show or redirect."""

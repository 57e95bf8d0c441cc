"""The law of a detention: its clocks, its states and what leads from one to the next."""

"""The API resources of this app."""

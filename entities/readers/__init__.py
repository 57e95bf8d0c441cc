"""Parsers of files that come from outside, run only in the limited child process (entities/sandbox.py)."""

"""Screening: every party of a shipment and every supplier known upstream, against the list in force and the places."""

from screening.services.runs.in_words import current_rows, list_rows_in_words, row_in_words
from screening.services.runs.running import CHUNK, answers_of, make_ready, screen_job, screen_plan, screen_shipments

__all__ = [
    "CHUNK",
    "answers_of",
    "current_rows",
    "list_rows_in_words",
    "make_ready",
    "row_in_words",
    "screen_job",
    "screen_plan",
    "screen_shipments",
]

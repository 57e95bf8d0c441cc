"""Contents that letters of either side share."""

from __future__ import annotations

from screening.domain.letters.kinds import Choices, Form, Part

GROUNDS: Choices = (
    ("XINJIANG_ORIGIN", "Made wholly or in part in Xinjiang"),
    ("LISTED_ENTITY", "Made wholly or in part by an entity of the UFLPA Entity List"),
)
OPENING = Part("opening", "Opening", bare=True)
CLOSING = Part("closing", "Closing", checks=(), bare=True)
LINES = Part("lines", "Entry lines", Form.LINES, provision="the goods concerned")
PORT = Part("port", "Port code and name", Form.SHORT, ("filled", "port_code"), hint="As in 1601 Charleston.")
DAY_OF_ACT = ("filled", "not_future", "after_presentation", "as_on_record")

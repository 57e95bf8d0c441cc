"""The one exception a rule raises."""


class Refused(Exception):
    """What the rules forbid, said to the person who asked.

    ``code`` is stable and machine-readable; ``message`` is a sentence that names the reason and the remedy;
    ``existing`` is the key of the row that stands in the way, where one does.
    """

    def __init__(self, code: str, message: str, *, existing: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.existing = existing

"""The kinds of rows that no digest proves: those worked out anew instead, and those that are no facts of history.

Every model of the product stands here or in ``entities.proof``: a test asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping

# What follows from proved rows, or from an event, is worked out of these again: the function says what strays.
RECOMPUTED: Mapping[str, str] = {
    "entities.ReferenceTable": "entities.services.tables.strayed",
    "screening.HeldLine": "screening.services.recomputed.held_lines",
    "screening.ImportRow": "screening.services.recomputed.import_rows",
}

_INDEX = "The exposure index: worked out of links, lists and judgements, made anew at any time."

NO_FACTS: Mapping[str, str] = {
    "entities.AuditEvent": "The chain itself.",
    "entities.RowDigest": "The chain itself: each event bears the hash of its digests.",
    "entities.AuditHead": "The end of the chain; exports and letters bear it too.",
    "entities.Change": "What waits to be followed up; what followed is on record.",
    "entities.Job": "Work in line; what it did is on record.",
    "entities.ApiToken": "A way to sign in with the rights of an account; giving and revoking it are events.",
    "entities.ApiClient": "A program and its account; adding and closing it are events, the account is proved.",
    "entities.Event": "What programs were told; the acts it tells of are on record.",
    "entities.WebhookEndpoint": "Where programs are told; naming, changing and ending it are events.",
    "entities.WebhookDelivery": "An event on its way to a program.",
    "entities.WebhookAttempt": "A try to send it: the log its owner reads.",
    "entities.StoredAnswer": "The answer to a write, kept a week to be given again; the write is on record.",
    "screening.MappingProfile": "How a sender's columns were read last, to propose it again.",
    "screening.MessageRead": "Who has seen a message, for the count of new ones.",
    "screening.PartyIdentifier": "A sender's names for firms, to propose them again; the traces say who was meant.",
    "screening.Rescreening": "A pass over shipments; its runs and screenings are proved.",
    "screening.Rescreening_changes": "What a pass followed up; each change has an event of its own.",
    "screening.Rescreened": "The difference of two screenings, both of them proved.",
    "screening.Foreseen": "What the index said at once of a pass; the screenings that settle it are proved.",
    "screening.IndexedLink": _INDEX,
    "screening.IndexedGround": _INDEX,
    "screening.IndexedPair": _INDEX,
    "screening.IndexedName": _INDEX,
    "screening.IndexedWord": _INDEX,
    "screening.Exposure": _INDEX,
    "screening.IndexState": _INDEX,
    "evidence.PageLayout": "Where words stand on a page, read again from the proved file at any time.",
    "evidence.PaperCheck": "What checks of the papers say, worked out of proved fields, made anew at any time.",
    "evidence.ProofGrid": "Which papers stand where, worked out of proved papers and placements.",
}

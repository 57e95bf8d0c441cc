"""What a key of the API may touch: for each group of resources reading, or reading and writing.

A key does what its account may do, and of that only what its scopes name. A key without scopes is a person's own
token: it may do all that the person may.
"""

from __future__ import annotations

from collections.abc import Collection

READ, WRITE = "read", "write"
# Group: what it is for people, and the resources in it by the first words of their address names.
GROUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "screening": (
        "Screen a party or a plan, and check identifiers",
        ("screen-party", "what-if", "identifier-checks"),
    ),
    "shipments": (
        "Shipments, their lots, screenings made and made again, findings and receipts, and imports of files",
        (
            *("shipments", "lot-traces", "lot-documents", "screenings", "rescreenings", "findings", "receipts"),
            *("imports", "import-rows"),
        ),
    ),
    "suppliers": ("Suppliers, who delivers to whom and who owns whom", ("suppliers", "links", "ownerships")),
    "cases": (
        "Cases, what is asked, judged and decided in them, messages, letters and exports",
        (
            *("cases", "alarms", "placements", "verdicts", "recommendations", "tasks", "messages", "reminders"),
            *("letters", "exports"),
        ),
    ),
    "evidence": (
        "Papers sent to cases, what they say, searches in them, translations and packets",
        ("documents", "papers", "goods", "paper-search", "kept-searches", "translations", "packets"),
    ),
    "events": (
        "Events, and the webhooks they are sent to",
        ("events", "webhooks", "webhook-deliveries"),
    ),
    "lists": (
        "Lists, thresholds, names and judgements on names",
        ("listed-entities", "listed-names", "list-versions", "thresholds", "matches", "judgements"),
    ),
    "sandboxes": ("Sandboxes for trials", ("sandboxes",)),
}
SCOPES: dict[str, str] = {
    f"{group}:{how}": f"{words}: {'read' if how == READ else 'read and write'}"
    for group, (words, _) in GROUPS.items()
    for how in (READ, WRITE)
}
_PREFIX = "api-"


def scope_needed(address: str, *, is_read: bool) -> str:
    """The scope that an address of the API asks for, by its name; empty where any key may use it."""
    name = address.removeprefix(_PREFIX)
    for group, (_, resources) in GROUPS.items():
        if any(name == one or name.startswith(f"{one}-") for one in resources):
            return f"{group}:{READ if is_read else WRITE}"
    return ""


def covers(scopes: Collection[str], needed: str) -> bool:
    """Whether a key with these scopes may do it; to write includes to read, and to screen is to read."""
    if not scopes or not needed:
        return True
    group = needed.partition(":")[0]
    if group == "screening":
        return bool({f"{group}:{READ}", f"{group}:{WRITE}"} & set(scopes))
    return needed in scopes or (needed.endswith(READ) and f"{group}:{WRITE}" in scopes)

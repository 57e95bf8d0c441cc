"""Every address by every role: who gets in, who is refused, and who may not even know.

One table. An address that is not in it fails the suite.
"""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from tests.world import (
    ANALYST,
    APPROVER,
    AUDITOR,
    BROKER,
    IMPORTER,
    MANAGER,
    NOBODY,
    REVIEWER,
    RIVAL,
    STRANGE_BROKER,
    World,
)

EVERYBODY = {ANALYST, REVIEWER, APPROVER, AUDITOR, MANAGER, IMPORTER, BROKER, RIVAL, STRANGE_BROKER, NOBODY}
SIGNED_IN = EVERYBODY - {NOBODY}
OFFICE = {ANALYST, REVIEWER, APPROVER, AUDITOR, MANAGER}
WORKERS = {ANALYST, REVIEWER}
OWNERS = {IMPORTER, BROKER}
OUTSIDE = {IMPORTER, BROKER, RIVAL, STRANGE_BROKER}
DECLARANTS = WORKERS | OUTSIDE
AUDIT = {APPROVER, AUDITOR, MANAGER}

# address: who gets in. The rest is refused (403) or told that there is no such thing (404); an outsider who is not
# the owner must be told 404 wherever the owner gets in, so that nobody learns what others have.
PAGES: dict[str, set[str]] = {
    "healthz": EVERYBODY,
    "readyz": EVERYBODY,
    "clocks": EVERYBODY,
    "home": SIGNED_IN,
    "how-matching-works": SIGNED_IN,
    # accounts
    "sign-in": EVERYBODY,
    "sign-out": EVERYBODY,
    "second-factor": SIGNED_IN,
    "second-factor-setup": SIGNED_IN,
    "password-reset": EVERYBODY,
    "password-reset-sent": EVERYBODY,
    "password-reset-complete": EVERYBODY,
    "password-reset-confirm": EVERYBODY,
    "invitation-accept": EVERYBODY,
    "invitation-sign-out": EVERYBODY,
    "account": SIGNED_IN,
    "password-change": SIGNED_IN,
    "recovery-codes": SIGNED_IN,
    "second-factor-remove": SIGNED_IN,
    "token-add": SIGNED_IN,
    "token-revoke": {ANALYST},  # the token is the analyst's own
    # programs
    "api-client-list": OUTSIDE | {MANAGER},
    "api-client-add": OUTSIDE | {MANAGER},
    "api-key-add": {IMPORTER, MANAGER},  # the program is the importer's own
    "api-client-close": {IMPORTER, MANAGER},
    "sandbox-open": {IMPORTER},
    "api-key-rotate": {IMPORTER, MANAGER},
    "api-key-revoke": {IMPORTER, MANAGER},
    "webhook-list": OUTSIDE | {MANAGER},
    "webhook-add": OUTSIDE | {MANAGER},
    **dict.fromkeys(
        (
            *("webhook-detail", "webhook-edit", "webhook-rotate", "webhook-test", "webhook-pause", "webhook-resume"),
            *("webhook-end", "delivery-detail", "delivery-replay"),
        ),
        {IMPORTER, MANAGER},  # the webhook is the importer's own
    ),
    # people
    "people": {MANAGER},
    "account-detail": {MANAGER},
    "second-factor-reset": {MANAGER},
    "same-person": {MANAGER},
    "member-role": {MANAGER},
    "member-suspend": {MANAGER},
    "member-restore": {MANAGER},
    "organization-list": {MANAGER},
    "organization-add": {MANAGER},
    "organization-detail": {MANAGER},
    "invitation-add": {MANAGER},
    "broker-authorize": {MANAGER},
    "broker-revoke": {MANAGER},
    "invitation-list": {MANAGER},
    "invitation-resend": WORKERS | {MANAGER},
    "invitation-withdraw": WORKERS | {MANAGER},
    "audit-trail": AUDIT,
    # the office's work
    "desk": OFFICE,
    "look-list": OFFICE,
    "waiting-list": OFFICE,
    "workload": WORKERS | {APPROVER, MANAGER},
    "bulk-assign": WORKERS | {APPROVER, MANAGER},
    "bulk-set-aside": WORKERS,
    "match-list": OFFICE,
    "match-judge": WORKERS,
    "match-confirm": {REVIEWER, APPROVER},
    "case-detail": OFFICE,
    "case-request-evidence": WORKERS,
    "case-detention": WORKERS,
    "detention-event-add": WORKERS,
    "legal-event-correct": WORKERS,
    "case-assign": WORKERS | {APPROVER, MANAGER},
    "case-start-review": {REVIEWER},
    "case-messages": OFFICE | OWNERS,
    "item-judge": WORKERS,
    "extension-answer": WORKERS,
    "case-reopen": WORKERS,
    "case-invite": WORKERS | {MANAGER},
    "case-recommend": {REVIEWER},
    "case-decide": OFFICE,
    "finding-override": {REVIEWER},
    "reports": OFFICE,
    "report-file": OFFICE,
    "second-look-list": OFFICE,
    "second-look": {REVIEWER},
    "second-look-decline": {REVIEWER},
    "case-review": OFFICE,
    "case-proof-grid": OFFICE,
    "paper-place": {REVIEWER},
    "case-goods": {REVIEWER},
    "importer-proof": OFFICE | OWNERS,
    "identical-report": WORKERS | OWNERS,
    "case-alarms": OFFICE,
    "alarm-answer": {REVIEWER},
    "case-ledger": OFFICE,
    "case-yield": {REVIEWER},
    "importer-mend": OFFICE | OWNERS,
    "case-exports": OFFICE,
    "screening-receipt": OFFICE,
    "export-download": OFFICE,
    "case-letters": OFFICE | OWNERS,
    "letter-begin": WORKERS | OWNERS,
    "letter-record": WORKERS,
    "letter-draft": OFFICE,  # this one is the office's
    "letter-draft-preview": OFFICE,
    "letter-draft-approve": {APPROVER},
    "letter-draft-return": {APPROVER},
    "letter-draft-discard": WORKERS,
    "letter-draft-issue": WORKERS | {APPROVER},
    "letter-detail": OFFICE | OWNERS,
    "letter-in-law": WORKERS,
    "letter-no-event": WORKERS,
    "letter-file": OFFICE | OWNERS,
    "letter-portal": OFFICE | OWNERS,
    "exception-report-list": EVERYBODY,
    "exception-report": EVERYBODY,
    "shipment-open-case": WORKERS,
    "shipment-set-aside": WORKERS,
    # shipments, suppliers, lists
    "what-if": DECLARANTS,
    "what-if-receipts": SIGNED_IN,
    "what-if-receipt": OFFICE | OWNERS,
    "rescreening-list": OFFICE,
    "rescreening-detail": OFFICE | OWNERS,
    "rescreening-progress": OFFICE | OWNERS,
    "shipment-list": SIGNED_IN,
    "shipment-add": DECLARANTS,
    "shipment-detail": OFFICE | OWNERS,
    "shipment-chain": OFFICE | OWNERS,
    "shipment-map": OFFICE | OWNERS,
    "shipment-edit": WORKERS | OWNERS,
    "lot-trace-add": WORKERS | OWNERS,
    "lot-trace-withdraw": WORKERS | OWNERS,
    "lot-document-add": WORKERS | OWNERS,
    "lot-document-detail": OFFICE | OWNERS,
    "lot-document-tie": WORKERS | OWNERS,
    "lot-document-download": OFFICE | OWNERS,
    "supplier-list": SIGNED_IN,
    "supplier-add": DECLARANTS,
    "supplier-detail": OFFICE | OWNERS,
    "link-add": WORKERS | OWNERS,
    "link-withdraw": WORKERS | OWNERS,
    "link-dispute": WORKERS | OWNERS,
    "owner-add": WORKERS | OWNERS,
    "ownership-withdraw": WORKERS | OWNERS,
    "supplier-aggregate": WORKERS,
    "threshold-bench": OFFICE,
    "threshold-propose": {REVIEWER, MANAGER},
    "threshold-adopt": {APPROVER, MANAGER},
    "threshold-refuse": {REVIEWER, APPROVER, MANAGER},
    "listed-entity-list": SIGNED_IN,
    "listed-entity-detail": SIGNED_IN,
    "listed-name-list": OFFICE,
    "listed-name-add": WORKERS,
    "listed-name-answer": OFFICE,  # to look; who answers is tested with the page
    "listed-name-withdraw": WORKERS,
    "list-version-list": OFFICE,
    "list-version-add": WORKERS | {MANAGER},
    "list-version-detail": OFFICE,
    "list-version-publish": {APPROVER, MANAGER},
    "list-version-refuse": WORKERS | {APPROVER, MANAGER},
    # imports
    "batch-list": DECLARANTS,
    "batch-add": DECLARANTS,
    "batch-add-links": DECLARANTS,
    "batch-detail": OFFICE | OWNERS,
    "batch-progress": OFFICE | OWNERS,
    "batch-mapping": WORKERS | OWNERS,
    "batch-resume": WORKERS | OWNERS,
    "batch-screen": WORKERS | OWNERS,
    "batch-rejected": OFFICE | OWNERS,
    # evidence
    "importer-home": SIGNED_IN,  # the office is led to its desk
    "importer-case": OFFICE | OWNERS,  # the office is led to its own page of the case
    "request-answer": OWNERS,
    "item-answer": OWNERS,
    "extension-ask": OWNERS,
    "case-upload": WORKERS | OWNERS,
    "item-upload": WORKERS | OWNERS,
    "document-list": SIGNED_IN,
    "document-detail": OFFICE | OWNERS,
    "document-progress": OFFICE | OWNERS,
    "document-download": OFFICE | OWNERS,
    "document-read-again": WORKERS | OWNERS,
    "original-file": EVERYBODY,
    "document-access": {REVIEWER, APPROVER},
    "paper-detail": OFFICE | OWNERS,
    "paper-set": {REVIEWER},
    "document-replaces": WORKERS | OWNERS,
    "case-suppliers": WORKERS | OWNERS,
    "supplier-request-end": WORKERS | OWNERS,
    "from-supplier": EVERYBODY,
    "from-supplier-pass-on": EVERYBODY,
    "from-supplier-receipt": EVERYBODY,
    "document-page-image": OFFICE | OWNERS,
    "case-viewer": OFFICE | OWNERS,
    "case-search": OFFICE | OWNERS,
    "translation-add": WORKERS | OWNERS,
    "translation-take-back": WORKERS | OWNERS,
    "case-packets": OFFICE | OWNERS,
    "packet-progress": OFFICE | OWNERS,
    "packet-download": OFFICE | OWNERS,
}
# Links that carry a secret answer 404 to a wrong one, whoever asks.
CARRIES_A_SECRET = {
    *("invitation-accept", "invitation-sign-out", "password-reset-confirm"),
    *("from-supplier", "from-supplier-pass-on", "from-supplier-receipt", "original-file"),
}
# API address and method: who gets in
API: dict[tuple[str, str], set[str]] = {
    ("api-schema", "get"): EVERYBODY,
    ("api-docs", "get"): EVERYBODY,
    ("api-clocks", "get"): EVERYBODY,
    ("api-me", "get"): SIGNED_IN,
    ("api-screen-party", "post"): SIGNED_IN,
    ("api-identifier-checks", "post"): SIGNED_IN,
    ("api-what-if-list", "post"): DECLARANTS,
    ("api-shipments-list", "get"): SIGNED_IN,
    ("api-shipments-list", "post"): DECLARANTS,
    ("api-shipments-detail", "get"): OFFICE | OWNERS,
    ("api-shipments-detail", "put"): WORKERS | OWNERS,
    ("api-shipments-screenings", "get"): OFFICE | OWNERS,
    ("api-lot-traces-list", "get"): OFFICE | OWNERS,
    ("api-lot-traces-list", "post"): WORKERS | OWNERS,
    ("api-lot-traces-detail", "get"): OFFICE | OWNERS,
    ("api-lot-traces-withdraw", "post"): WORKERS | OWNERS,
    ("api-lot-documents-list", "get"): OFFICE | OWNERS,
    ("api-lot-documents-list", "post"): WORKERS | OWNERS,
    ("api-lot-documents-detail", "get"): OFFICE | OWNERS,
    ("api-screenings-list", "get"): SIGNED_IN,
    ("api-screenings-detail", "get"): OFFICE | OWNERS,
    ("api-rescreenings-list", "get"): SIGNED_IN,
    ("api-rescreenings-detail", "get"): OFFICE | OWNERS,
    ("api-rescreenings-shipments", "get"): OFFICE | OWNERS,
    ("api-rescreenings-foreseen", "get"): OFFICE,
    ("api-findings-list", "get"): SIGNED_IN,
    ("api-findings-detail", "get"): OFFICE | OWNERS,
    ("api-findings-judgements", "post"): WORKERS,
    ("api-matches-list", "get"): OFFICE,
    ("api-judgements-list", "get"): OFFICE,
    ("api-judgements-detail", "get"): OFFICE,
    ("api-judgements-answer", "post"): {REVIEWER, APPROVER},
    ("api-cases-list", "get"): SIGNED_IN,
    ("api-cases-detail", "get"): OFFICE | OWNERS,
    ("api-review", "get"): OFFICE,
    ("api-verdicts-list", "get"): OFFICE,
    ("api-verdicts-list", "post"): {REVIEWER},
    ("api-recommendations-list", "get"): OFFICE,
    ("api-recommendations-list", "post"): {REVIEWER},
    ("api-recommendations-detail", "get"): OFFICE,
    ("api-recommendations-decision", "post"): OFFICE,  # who may answer it is tested with it
    ("api-cases-proof-grid", "get"): OFFICE | OWNERS,
    ("api-alarms-list", "get"): OFFICE | OWNERS,
    ("api-alarms-answers", "post"): {REVIEWER},
    ("api-placements-list", "get"): OFFICE,
    ("api-placements-list", "post"): {REVIEWER},
    ("api-cases-evidence-requests", "post"): WORKERS,
    ("api-receipts-detail", "get"): OFFICE,
    ("api-exports-list", "get"): OFFICE,
    ("api-exports-list", "post"): OFFICE,
    ("api-exports-detail", "get"): OFFICE,
    ("api-exports-file", "get"): OFFICE,
    ("api-letters-list", "get"): SIGNED_IN,
    ("api-letters-detail", "get"): OFFICE | OWNERS,
    ("api-letters-pdf", "get"): OFFICE | OWNERS,
    ("api-letters-in-law", "post"): WORKERS,
    ("api-letters-no-event", "post"): WORKERS,
    ("api-tasks-list", "get"): SIGNED_IN,
    ("api-tasks-detail", "get"): OFFICE | OWNERS,
    ("api-tasks-answers", "post"): OWNERS,
    ("api-tasks-hand-in", "post"): OWNERS,
    ("api-tasks-extensions", "post"): OWNERS,
    ("api-messages-list", "get"): SIGNED_IN,
    ("api-messages-list", "post"): WORKERS | OUTSIDE,
    ("api-reminders-list", "get"): SIGNED_IN,
    ("api-suppliers-list", "get"): SIGNED_IN,
    ("api-suppliers-list", "post"): DECLARANTS,
    ("api-suppliers-detail", "get"): OFFICE | OWNERS,
    ("api-links-list", "get"): SIGNED_IN,
    ("api-links-list", "post"): DECLARANTS,
    ("api-links-detail", "get"): OFFICE | OWNERS,
    ("api-links-withdraw", "post"): WORKERS | OWNERS,
    ("api-links-dispute", "post"): WORKERS | OWNERS,
    ("api-links-bulk", "post"): DECLARANTS,
    ("api-ownerships-list", "get"): SIGNED_IN,
    ("api-ownerships-list", "post"): DECLARANTS,
    ("api-ownerships-detail", "get"): OFFICE | OWNERS,
    ("api-ownerships-withdraw", "post"): WORKERS | OWNERS,
    ("api-documents-list", "get"): SIGNED_IN,
    ("api-documents-list", "post"): WORKERS | OUTSIDE,
    ("api-documents-detail", "get"): OFFICE | OWNERS,
    ("api-documents-link", "post"): OFFICE | OWNERS,
    ("api-documents-papers", "get"): OFFICE | OWNERS,
    ("api-documents-papers", "post"): {REVIEWER},
    ("api-documents-replaces", "get"): OFFICE | OWNERS,
    ("api-documents-replaces", "post"): WORKERS | OWNERS,
    ("api-papers-detail", "get"): OFFICE | OWNERS,
    ("api-papers-corrections", "post"): {REVIEWER},
    ("api-goods-list", "get"): OFFICE,
    ("api-goods-list", "post"): {REVIEWER},
    ("api-paper-search-list", "get"): OFFICE | OWNERS,
    ("api-kept-searches-list", "get"): OFFICE,
    ("api-kept-searches-list", "post"): {REVIEWER},
    ("api-translations-list", "get"): OFFICE | OWNERS,
    ("api-translations-list", "post"): WORKERS | OWNERS,
    ("api-translations-take-back", "post"): WORKERS | OWNERS,
    ("api-packets-list", "get"): OFFICE | OWNERS,
    ("api-packets-list", "post"): WORKERS | OWNERS,
    ("api-packets-file", "get"): OFFICE | OWNERS,
    ("api-imports-list", "get"): SIGNED_IN,
    ("api-imports-list", "post"): DECLARANTS,
    ("api-imports-detail", "get"): OFFICE | OWNERS,
    ("api-imports-results", "get"): OFFICE | OWNERS,
    ("api-imports-screen", "post"): WORKERS | OWNERS,
    ("api-import-rows-list", "get"): SIGNED_IN,
    ("api-listed-entities-list", "get"): SIGNED_IN,
    ("api-listed-entities-detail", "get"): SIGNED_IN,
    ("api-listed-entities-names", "post"): WORKERS,
    ("api-listed-names-list", "get"): OFFICE,
    ("api-listed-names-detail", "get"): OFFICE,
    ("api-listed-names-answer", "post"): WORKERS | {APPROVER},  # the analyst proposed it
    ("api-listed-names-withdraw", "post"): WORKERS,
    ("api-thresholds-list", "get"): SIGNED_IN,
    ("api-thresholds-detail", "get"): OFFICE,  # this one is only proposed
    ("api-list-versions-list", "get"): SIGNED_IN,
    ("api-list-versions-detail", "get"): SIGNED_IN,
    ("api-events-list", "get"): SIGNED_IN,
    ("api-events-detail", "get"): OFFICE | OWNERS,
    ("api-sandboxes-list", "get"): OUTSIDE | {MANAGER},
    ("api-sandboxes-list", "post"): OUTSIDE | {MANAGER},
    ("api-webhooks-list", "get"): OUTSIDE | {MANAGER},
    ("api-webhooks-list", "post"): OUTSIDE | {MANAGER},
    ("api-webhooks-detail", "get"): {IMPORTER, MANAGER},
    ("api-webhooks-detail", "put"): {IMPORTER, MANAGER},
    **{(f"api-webhooks-{act}", "post"): {IMPORTER, MANAGER} for act in ("test", "pause", "resume", "end")},
    ("api-webhooks-rotate-secret", "post"): {IMPORTER, MANAGER},
    ("api-webhook-deliveries-list", "get"): OUTSIDE | {MANAGER},
    ("api-webhook-deliveries-detail", "get"): {IMPORTER, MANAGER},
    ("api-webhook-deliveries-replay", "post"): {IMPORTER, MANAGER},
}
SINGLE_API_ADDRESSES = {
    *(
        "api-schema",
        "api-docs",
        "api-clocks",
        "api-me",
        "api-screen-party",
        "api-identifier-checks",
        "api-cases-proof-grid",
    ),
}
NOT_ROWS = {"api-unknown"}  # answers 404 to everybody

POST_ONLY = {
    "api-client-close",
    "sandbox-open",
    "api-key-revoke",
    *("webhook-test", "webhook-pause", "webhook-resume", "webhook-end", "delivery-replay"),
    "translation-add",
    "translation-take-back",
    "bulk-assign",
    "bulk-set-aside",
    "recovery-codes",
    "second-factor-remove",
    "token-revoke",
    "invitation-withdraw",
    "sign-out",
    "invitation-sign-out",
    "member-restore",
    "invitation-resend",
    "link-withdraw",
    "lot-trace-withdraw",
    "lot-document-tie",
    "link-dispute",
    "ownership-withdraw",
    "supplier-aggregate",
    "request-answer",
    "letter-begin",
    "identical-report",
    "letter-draft-approve",
    "letter-draft-return",
    "letter-draft-discard",
    "letter-draft-issue",
    "case-upload",
    "item-upload",
    "document-read-again",
    "document-access",
    "paper-set",
    "document-replaces",
    "supplier-request-end",
    "from-supplier-pass-on",
    "batch-resume",
    "batch-screen",
    "list-version-publish",
    "list-version-refuse",
    "threshold-propose",
    "threshold-adopt",
    "threshold-refuse",
}

POSTED = {"api-screen-party", "api-identifier-checks"}


def names_and_methods():
    """Every named address; for the API with the methods it takes."""
    found = set()

    def walk(patterns):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                walk(pattern.url_patterns)
            elif actions := getattr(pattern.callback, "actions", None):
                found.update((pattern.name, method) for method in actions if method != "head")
            elif pattern.name in SINGLE_API_ADDRESSES:
                found.add((pattern.name, "post" if pattern.name in POSTED else "get"))
            else:
                found.add(pattern.name)

    walk(get_resolver().url_patterns)
    return found


def status_of(world, who, name, method):
    """What this one is answered; nothing the request does is kept."""
    client = Client()
    if who != NOBODY:
        client.force_login(world.users[who], backend="entities.backends.EmailBackend")
    data = {"content_type": "application/json", "data": {}} if name.startswith("api-") and method != "get" else {}
    with transaction.atomic():
        response = getattr(client, method)(world.address(name), **data)
        transaction.set_rollback(True)
    if response.status_code == 302 and response["Location"].startswith(reverse("sign-in") + "?"):
        return 401
    return response.status_code


def wrong(world, name, method, allowed):
    """What is not as the table says, in words."""
    found = []
    for who in sorted(EVERYBODY):
        status = status_of(world, who, name, method)
        if who in allowed:
            is_right = status not in {401, 403, 404, 405} and status < 500
            is_right = is_right or (status == 404 and name in CARRIES_A_SECRET)
        elif who == NOBODY:
            is_right = status == 401
        elif who in {RIVAL, STRANGE_BROKER} and allowed & OWNERS:
            is_right = status == 404
        else:
            is_right = status in {403, 404}
        if not is_right:
            found.append(f"{method} {name}: {who} is answered {status}")
    return found


@pytest.fixture
def world(db, settings):
    settings.DEMO = True  # the second factor has tests of its own
    return World()


def test_every_address_is_in_the_table():
    known = set(PAGES) | set(API) | NOT_ROWS
    assert names_and_methods() - known == set()
    assert known - names_and_methods() == set()


def test_pages_let_in_who_may_enter_and_nobody_else(world):
    found = [one for name, allowed in PAGES.items() for one in wrong(world, name, _method(name), allowed)]
    assert not found, "\n".join(found)


def test_the_api_lets_in_who_may_enter_and_nobody_else(world):
    found = [one for (name, method), allowed in API.items() for one in wrong(world, name, method, allowed)]
    assert not found, "\n".join(found)


def _method(name):
    return "post" if name in POST_ONLY else "get"

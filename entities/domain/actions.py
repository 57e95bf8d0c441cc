"""The acts that are on record: one name for each, the same in the code, in the audit trail and on the page."""

from enum import StrEnum


class Action(StrEnum):
    # the history itself
    ROW_FOUND_CHANGED = "row.found_changed"
    # accounts
    ORGANIZATION_ADDED = "organization.added"
    MEMBER_ADDED = "member.added"
    MEMBER_ROLE_CHANGED = "member.role_changed"
    MEMBER_SUSPENDED = "member.suspended"
    MEMBER_RESTORED = "member.restored"
    INVITATION_SENT = "invitation.sent"
    INVITATION_WITHDRAWN = "invitation.withdrawn"
    INVITATION_ACCEPTED = "invitation.accepted"
    BROKER_AUTHORIZED = "broker.authorized"
    BROKER_REVOKED = "broker.revoked"
    TOKEN_CREATED = "token.created"
    TOKEN_REVOKED = "token.revoked"
    TOKEN_ROTATED = "token.rotated"
    API_CLIENT_ADDED = "api_client.added"
    API_CLIENT_CLOSED = "api_client.closed"
    WEBHOOK_ADDED = "webhook.added"
    WEBHOOK_EDITED = "webhook.edited"
    WEBHOOK_SECRET_ROTATED = "webhook.secret_rotated"
    WEBHOOK_PAUSED = "webhook.paused"
    WEBHOOK_RESUMED = "webhook.resumed"
    WEBHOOK_REPLAYED = "webhook.replayed"
    WEBHOOK_ENDED = "webhook.ended"
    EVENTS_DROPPED = "events.dropped"
    SECOND_FACTOR_SET = "second_factor.set"
    SECOND_FACTOR_RESET = "second_factor.reset"
    RECOVERY_CODES_RENEWED = "recovery_codes.renewed"
    PASSWORD_CHANGED = "password.changed"
    PERSON_RENAMED = "person.renamed"
    SAME_PERSON_DECLARED = "person.same_declared"
    # who and where
    LIST_LOADED = "list.loaded"
    LIST_DRAFTED = "list.drafted"
    LIST_PUBLISHED = "list.published"
    LIST_REFUSED = "list.refused"
    LIST_PAPERS_RESCANNED = "list.papers_looked_through"
    THRESHOLDS_PROPOSED = "thresholds.proposed"
    THRESHOLDS_ADOPTED = "thresholds.adopted"
    THRESHOLDS_REFUSED = "thresholds.refused"
    NAME_PROPOSED = "name.proposed"
    NAME_CONFIRMED = "name.confirmed"
    NAME_DECLINED = "name.declined"
    NAME_WITHDRAWAL_PROPOSED = "name.withdrawal_proposed"
    SUPPLIER_ADDED = "supplier.added"
    SUPPLIER_SITE_ADDED = "supplier.site_added"
    PARTY_LINKED = "party.linked"
    LINK_DECLARED = "link.declared"
    LINK_WITHDRAWN = "link.withdrawn"
    LINK_DISPUTED = "link.disputed"
    OWNERSHIP_DECLARED = "ownership.declared"
    OWNERSHIP_WITHDRAWN = "ownership.withdrawn"
    SUPPLIER_AGGREGATE_CORRECTED = "supplier.aggregate_corrected"
    JUDGEMENT_RECORDED = "judgement.recorded"
    JUDGEMENT_CONFIRMED = "judgement.confirmed"
    JUDGEMENT_DECLINED = "judgement.declined"
    # shipments
    SHIPMENT_ADDED = "shipment.added"
    SHIPMENT_CHANGED = "shipment.changed"
    BATCH_RECEIVED = "batch.received"
    BATCH_ROWS_STORED = "batch.rows_stored"
    BATCH_STORED = "batch.stored"
    BATCH_SCREENING_ASKED = "batch.screening_asked"
    SHIPMENTS_SCREENED = "shipments.screened"
    WHAT_IF_ANSWERED = "what_if.answered"
    FINDINGS_SET_ASIDE = "findings.set_aside"
    LOT_TRACE_DECLARED = "lot_trace.declared"
    LOT_TRACE_WITHDRAWN = "lot_trace.withdrawn"
    LOTS_IMPORTED = "lots.imported"
    # cases
    CASE_OPENED = "case.opened"
    CASE_SHIPMENT_ADDED = "case.shipment_added"
    CASE_ASSIGNED = "case.assigned"
    CASE_FACTS_CHANGED = "case.facts_changed"
    CASE_REOPENED = "case.reopened"
    DETENTION_RECORDED = "detention.recorded"
    DETENTION_CORRECTED = "detention.corrected"
    LEGAL_EVENT_RECORDED = "legal_event.recorded"
    LEGAL_EVENT_CORRECTED = "legal_event.corrected"
    LEGAL_EVENT_WITHDRAWN = "legal_event.withdrawn"
    LEGAL_STATE_CHANGED = "legal_state.changed"
    EVIDENCE_REQUESTED = "case.evidence_requested"
    EVIDENCE_ANSWERED = "case.evidence_answered"
    QUESTION_ANSWERED = "question.answered"
    ANSWER_JUDGED = "question.answer_judged"
    EXTENSION_ASKED = "extension.asked"
    EXTENSION_GRANTED = "extension.granted"
    EXTENSION_REFUSED = "extension.refused"
    MESSAGE_WRITTEN = "message.written"
    NOTE_WRITTEN = "note.written"
    REMINDER_WRITTEN = "reminder.written"
    REVIEW_STARTED = "case.review_started"
    RECOMMENDED = "case.recommended"
    RECOMMENDATION_RETURNED = "case.recommendation_returned"
    DECIDED = "case.decided"
    FINDING_OVERRIDDEN = "finding.overridden"
    SECOND_LOOK_DRAWN = "second_look.drawn"
    SECOND_LOOK_GIVEN = "second_look.given"
    SECOND_LOOK_DECLINED = "second_look.declined"
    ATTEMPT_REFUSED = "attempt.refused"
    CASE_EXPORTED = "case.exported"
    PACKET_MADE = "case.packet_made"
    # letters
    LETTER_DRAFTED = "letter.drafted"
    LETTER_EDITED = "letter.edited"
    LETTER_DISCARDED = "letter.discarded"
    LETTER_APPROVED = "letter.approved"
    LETTER_RETURNED = "letter.returned"
    LETTER_ISSUED = "letter.issued"
    LETTER_RECORDED = "letter.recorded"
    LETTER_MOVES_NOTHING = "letter.found_to_move_nothing"
    # evidence
    DOCUMENT_UPLOADED = "document.uploaded"
    DOCUMENT_READ = "document.read"
    DOCUMENT_RESCANNED = "document.looked_through_again"
    DOCUMENT_DOWNLOADED = "document.downloaded"
    TRANSLATION_ATTACHED = "document.translation_attached"
    TRANSLATION_TAKEN_BACK = "document.translation_taken_back"
    DOCUMENT_ACCESS_CHANGED = "document.access_changed"
    WORKER_DATA_VIEWED = "document.worker_data_viewed"
    SUPPLIER_ASKED = "supplier_request.sent"
    SUPPLIER_REQUEST_ENDED = "supplier_request.ended"
    SUPPLIER_DELIVERED = "supplier_request.answered"
    REQUIREMENT_ASSESSED = "requirement.assessed"
    CELL_ASSESSED = "proof.assessed"
    PAPER_PLACED = "paper.placed"
    COMMODITY_CHOSEN = "goods.commodity_chosen"
    PAPER_SET = "paper.set"
    PAPER_FIELD_CORRECTED = "paper.field_corrected"
    REPLACEMENT_NAMED = "document.replacement_named"
    SEARCH_KEPT = "search.kept"
    ALARM_DISMISSED = "alarm.dismissed"
    ALARM_RAISED_AGAIN = "alarm.raised_again"
    YIELD_STATED = "yield.stated"


# Acts that change nothing proved of what they are on: they do not speak of it again, so that none of them covers up
# what was changed past the product.
UNCHANGING = frozenset(
    {
        Action.ATTEMPT_REFUSED,
        Action.PASSWORD_CHANGED,
        Action.SECOND_FACTOR_SET,
        Action.SECOND_FACTOR_RESET,
        Action.RECOVERY_CODES_RENEWED,
        Action.LIST_PAPERS_RESCANNED,
        Action.BATCH_SCREENING_ASKED,
        Action.FINDINGS_SET_ASIDE,
        Action.CASE_ASSIGNED,
        Action.CASE_FACTS_CHANGED,
        Action.DOCUMENT_DOWNLOADED,
        Action.DOCUMENT_READ,
        Action.DOCUMENT_RESCANNED,
        Action.REPLACEMENT_NAMED,
        Action.WORKER_DATA_VIEWED,
    }
)

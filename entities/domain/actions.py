"""The acts that are on record: one name for each, the same in the code, in the audit trail and on the page."""

from enum import StrEnum


class Action(StrEnum):
    # accounts
    ORGANIZATION_ADDED = "organization.added"
    MEMBER_ADDED = "member.added"
    MEMBER_ROLE_CHANGED = "member.role_changed"
    MEMBER_SUSPENDED = "member.suspended"
    MEMBER_RESTORED = "member.restored"
    INVITATION_SENT = "invitation.sent"
    INVITATION_ACCEPTED = "invitation.accepted"
    BROKER_AUTHORIZED = "broker.authorized"
    BROKER_REVOKED = "broker.revoked"
    TOKEN_CREATED = "token.created"
    TOKEN_REVOKED = "token.revoked"
    SECOND_FACTOR_SET = "second_factor.set"
    SECOND_FACTOR_RESET = "second_factor.reset"
    # who and where
    LIST_LOADED = "list.loaded"
    SUPPLIER_ADDED = "supplier.added"
    SUPPLIER_SITE_ADDED = "supplier.site_added"
    PARTY_LINKED = "party.linked"
    LINK_DECLARED = "link.declared"
    LINK_WITHDRAWN = "link.withdrawn"
    # shipments
    SHIPMENT_ADDED = "shipment.added"
    SHIPMENT_CHANGED = "shipment.changed"
    BATCH_STORED = "batch.stored"
    FINDINGS_SET_ASIDE = "findings.set_aside"
    # cases
    CASE_OPENED = "case.opened"
    CASE_SHIPMENT_ADDED = "case.shipment_added"
    CASE_ASSIGNED = "case.assigned"
    CASE_FACTS_CHANGED = "case.facts_changed"
    CASE_REOPENED = "case.reopened"
    DETENTION_RECORDED = "detention.recorded"
    DETENTION_CORRECTED = "detention.corrected"
    EVIDENCE_REQUESTED = "case.evidence_requested"
    EVIDENCE_ANSWERED = "case.evidence_answered"
    REVIEW_STARTED = "case.review_started"
    RECOMMENDED = "case.recommended"
    RECOMMENDATION_RETURNED = "case.recommendation_returned"
    DECIDED = "case.decided"
    # evidence
    DOCUMENT_UPLOADED = "document.uploaded"
    DOCUMENT_READ = "document.read"
    DOCUMENT_DOWNLOADED = "document.downloaded"
    REQUIREMENT_ASSESSED = "requirement.assessed"

"""Who may do what: the roles of the office, of importers and of brokers, and the acts each may perform.

Separation of reviewer and approver is a control of this system; the statute does not ask for it.
"""

from enum import StrEnum


class Role(StrEnum):
    """What a member does for its organisation."""

    ANALYST = "analyst"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    AUDITOR = "auditor"
    MANAGER = "manager"
    IMPORTER_MEMBER = "importer_member"
    BROKER_MEMBER = "broker_member"


class Act(StrEnum):
    """What can be done, named as ``app.verb_thing`` so that ``user.has_perm(Act.…)`` reads as the rule."""

    VIEW_DESK = "screening.view_desk"
    ADD_SHIPMENT = "screening.add_shipment"
    IMPORT_SHIPMENTS = "screening.import_shipments"
    ADD_SUPPLIER = "entities.add_supplier"
    OPEN_CASE = "screening.open_case"
    SET_ASIDE = "screening.set_aside_findings"
    RECORD_DETENTION = "screening.record_detention"
    REQUEST_EVIDENCE = "screening.request_evidence"
    ASSIGN_CASE = "screening.assign_case"
    WRITE_MESSAGE = "screening.write_message"
    WRITE_NOTE = "screening.write_note"
    JUDGE_MATCH = "entities.judge_match"
    CONFIRM_JUDGEMENT = "entities.confirm_judgement"
    LOAD_LIST = "entities.load_list"
    PUBLISH_LIST = "entities.publish_list"
    PROPOSE_NAME = "entities.propose_name"
    CONFIRM_NAME = "entities.confirm_name"
    PROPOSE_THRESHOLDS = "entities.propose_thresholds"
    ADOPT_THRESHOLDS = "entities.adopt_thresholds"
    UPLOAD_DOCUMENT = "evidence.upload_document"
    ASSESS = "evidence.assess_requirement"
    VIEW_WORKER_DATA = "evidence.view_worker_data"
    RECOMMEND = "screening.recommend_decision"
    DECIDE = "screening.decide_case"
    DRAFT_LETTER = "screening.draft_letter"
    APPROVE_LETTER = "screening.approve_letter"
    DRAFT_PAPER = "screening.draft_paper"
    INVITE_IMPORTER = "entities.invite_importer"
    MANAGE_PEOPLE = "entities.manage_people"
    MANAGE_API_CLIENTS = "entities.manage_api_clients"
    VIEW_AUDIT = "entities.view_audit"


OFFICE_ROLES = frozenset({Role.ANALYST, Role.REVIEWER, Role.APPROVER, Role.AUDITOR, Role.MANAGER})
# Those who decide, or who say who decides, sign in with a second factor outside the demonstration.
SECOND_FACTOR_ROLES = frozenset({Role.APPROVER, Role.MANAGER})

_DECLARE = {Act.ADD_SHIPMENT, Act.IMPORT_SHIPMENTS, Act.ADD_SUPPLIER}
_OUTSIDE = {Act.UPLOAD_DOCUMENT, Act.WRITE_MESSAGE, Act.DRAFT_PAPER, Act.MANAGE_API_CLIENTS}
_WORK_CASES = _DECLARE | {
    Act.VIEW_DESK,
    Act.OPEN_CASE,
    Act.SET_ASIDE,
    Act.RECORD_DETENTION,
    Act.REQUEST_EVIDENCE,
    Act.ASSIGN_CASE,
    Act.WRITE_MESSAGE,
    Act.WRITE_NOTE,
    Act.JUDGE_MATCH,
    Act.INVITE_IMPORTER,
    Act.LOAD_LIST,
    Act.PROPOSE_NAME,
    Act.UPLOAD_DOCUMENT,
    Act.DRAFT_LETTER,
}

# What counts for everybody at once: in a sandbox nobody does it.
SHARED_ACTS = frozenset(
    {
        Act.JUDGE_MATCH,
        Act.CONFIRM_JUDGEMENT,
        Act.LOAD_LIST,
        Act.PUBLISH_LIST,
        Act.PROPOSE_NAME,
        Act.CONFIRM_NAME,
        Act.PROPOSE_THRESHOLDS,
        Act.ADOPT_THRESHOLDS,
        Act.MANAGE_PEOPLE,
        Act.VIEW_AUDIT,
    }
)

ACTS: dict[Role, frozenset[Act]] = {
    Role.ANALYST: frozenset(_WORK_CASES),
    Role.REVIEWER: frozenset(
        _WORK_CASES
        | {
            Act.ASSESS,
            Act.VIEW_WORKER_DATA,
            Act.RECOMMEND,
            Act.CONFIRM_JUDGEMENT,
            Act.CONFIRM_NAME,
            Act.PROPOSE_THRESHOLDS,
        }
    ),
    Role.APPROVER: frozenset(
        {
            Act.VIEW_DESK,
            Act.ASSIGN_CASE,
            Act.WRITE_NOTE,
            Act.VIEW_WORKER_DATA,
            Act.DECIDE,
            Act.APPROVE_LETTER,
            Act.CONFIRM_JUDGEMENT,
            Act.VIEW_AUDIT,
            Act.PUBLISH_LIST,
            Act.CONFIRM_NAME,
            Act.ADOPT_THRESHOLDS,
        }
    ),
    Role.AUDITOR: frozenset({Act.VIEW_DESK, Act.VIEW_AUDIT}),
    Role.MANAGER: frozenset(
        {
            Act.VIEW_DESK,
            Act.ASSIGN_CASE,
            Act.WRITE_NOTE,
            Act.INVITE_IMPORTER,
            Act.MANAGE_PEOPLE,
            Act.MANAGE_API_CLIENTS,
            Act.VIEW_AUDIT,
            Act.LOAD_LIST,
            Act.PUBLISH_LIST,
            Act.PROPOSE_THRESHOLDS,
            Act.ADOPT_THRESHOLDS,
        }
    ),
    Role.IMPORTER_MEMBER: frozenset(_DECLARE | _OUTSIDE),
    Role.BROKER_MEMBER: frozenset(_DECLARE | _OUTSIDE),
}

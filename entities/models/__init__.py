"""Who and where, and what every app stands on."""

from entities.models.account import (
    ApiClient,
    ApiToken,
    BrokerAuthorization,
    Invitation,
    Membership,
    Organization,
    Person,
    User,
    in_environment_of,
    of_environment,
)
from entities.models.api import StoredAnswer
from entities.models.event import Event, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from entities.models.judgement import Judgement, JudgementConfirmation
from entities.models.listing import ListedEntity, Listing, ListVersion
from entities.models.matching import NameStatement, ThresholdSet
from entities.models.party import DeclaredParty
from entities.models.record import AuditEvent, AuditHead, Change, Job, RowDigest
from entities.models.reference_table import ReferenceTable
from entities.models.supplier import OwnershipLink, Site, Supplier, SupplyLink

__all__ = [
    "ApiClient",
    "ApiToken",
    "AuditEvent",
    "AuditHead",
    "BrokerAuthorization",
    "Change",
    "DeclaredParty",
    "Event",
    "Invitation",
    "Job",
    "Judgement",
    "JudgementConfirmation",
    "ListVersion",
    "ListedEntity",
    "Listing",
    "Membership",
    "NameStatement",
    "Organization",
    "OwnershipLink",
    "Person",
    "ReferenceTable",
    "RowDigest",
    "Site",
    "StoredAnswer",
    "Supplier",
    "SupplyLink",
    "ThresholdSet",
    "User",
    "in_environment_of",
    "of_environment",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
]

"""What every template may ask for."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from entities.domain.roles import Act

# Address name, words, and the act that shows it; outsiders have a navigation of their own.
OFFICE_NAVIGATION = [
    ("desk", "Desk", Act.VIEW_DESK),
    ("shipment-list", "Shipments", Act.VIEW_DESK),
    ("batch-list", "Imports", Act.IMPORT_SHIPMENTS),
    ("supplier-list", "Suppliers", Act.VIEW_DESK),
    ("listed-entity-list", "Entity List", Act.VIEW_DESK),
    ("reports", "Reports", Act.VIEW_DESK),
    ("people", "People", Act.MANAGE_PEOPLE),
    ("audit-trail", "Audit trail", Act.VIEW_AUDIT),
]
OUTSIDE_NAVIGATION = [
    ("importer-home", "To do", Act.UPLOAD_DOCUMENT),
    ("shipment-list", "Shipments", Act.ADD_SHIPMENT),
    ("batch-list", "Imports", Act.IMPORT_SHIPMENTS),
    ("supplier-list", "Suppliers", Act.ADD_SUPPLIER),
    ("document-list", "Documents", Act.UPLOAD_DOCUMENT),
]


def site(request: HttpRequest) -> dict[str, Any]:
    """The mode, the navigation of this account, and the acts by name (``{% if may.decide_case %}``)."""
    user = request.user if hasattr(request, "user") else None
    if user is None or not user.is_authenticated:
        return {"demo": settings.DEMO, "navigation": [], "may": {}}
    entries = OFFICE_NAVIGATION if user.is_officer else OUTSIDE_NAVIGATION
    return {
        "demo": settings.DEMO,
        "sandbox": user.is_in_sandbox,
        "navigation": [(name, words) for name, words, act in entries if user.has_perm(act)],
        "may": {act.value.split(".")[1]: user.has_perm(act) for act in Act},
    }

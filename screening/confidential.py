"""Findings as a reader may see them: whole for the office, without other importers' secrets for everybody else."""

from __future__ import annotations

from entities.models import SupplyLink, User
from screening.domain.confidential import CONFIDENTIAL, withhold
from screening.domain.rules import steps_in_words
from screening.models import Finding, Screening


def findings_for(user: User, screening: Screening) -> list[Finding]:
    """The findings of a screening, what matters most first. Those withheld are changed in memory, never saved."""
    findings = list(screening.findings.select_related("listing__entity", "list_version", "supplier", "party"))
    if user.is_officer:
        return findings
    links = {node["link"] for finding in findings for node in finding.path if "link" in node}
    own = set(SupplyLink.objects.visible_to(user).filter(pk__in=links).values_list("pk", flat=True))
    for finding in findings:
        finding.path, is_withheld = withhold(finding.path, own)
        if is_withheld:
            _withhold(finding)
    return findings


def _withhold(finding: Finding) -> None:
    """The ground stays; who, where and why are another importer's."""
    what = "is on the Entity List" if finding.rule == "LISTED_ENTITY" else "is connected with Xinjiang"
    certainty = what if finding.ground else f"possibly {what}"
    lines = ", ".join(str(number) for number in finding.line_numbers)
    finding.headline = (
        f"{f'Line {lines}' if lines else 'The shipment'} traces to a confidential source, which {certainty}, "
        f"{steps_in_words(finding.steps_upstream or 0)}."
    )
    finding.party_name = CONFIDENTIAL
    finding.party = finding.supplier = finding.listing = None
    finding.matched_text = finding.matched_field = finding.place_name = finding.place_code = ""
    finding.reasons = []

"""The demonstration: what a newcomer is to see is there."""

from io import StringIO

import pytest
from django.core.management import call_command

from config.demo import lots_and_prices, portfolio
from entities.services.lists import load_reference_lists
from evidence.models import ProofGrid
from screening.domain.prices import FEWEST_PEERS
from screening.models import Case, Decision, Finding, LegalEvent, Shipment


@pytest.mark.django_db
def test_the_demonstration_shows_lots_and_a_low_price(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    load_reference_lists()
    call_command("seed_demo", verbosity=0, stdout=StringIO())
    traced = Shipment.objects.get(entry_number=lots_and_prices.entry(900118))
    listed = traced.latest_screening.findings.get(rule="LISTED_ENTITY")
    assert (listed.grade, listed.ground, listed.steps_upstream) == ("traced", "LISTED_ENTITY", 4)
    assert traced.lot_traces.count() == 4
    assert [one for one in traced.latest_screening.caveats if one.startswith("LOTS")] == []
    [cheap] = Finding.objects.current().filter(rule="PRICE_OUTLIER")
    assert cheap.screening.shipment.entry_number == lots_and_prices.entry(900119)
    assert len(lots_and_prices.EARLIER_PENS) >= FEWEST_PEERS
    shipments = Shipment.objects.count()
    assert shipments == len(portfolio.SHIPMENTS) + len(lots_and_prices.SHIPMENTS)
    grid = ProofGrid.objects.get(case__shipments__entry_number="551-0900101-0").content
    states = {cell["state"] for cells in grid["cells"].values() for cell in cells.values()}
    assert states == {"shown", "weak", "missing", "contradicted", "not_applicable"}
    cases = Case.objects.count()
    call_command("seed_demo", verbosity=0, stdout=StringIO())
    assert (Shipment.objects.count(), Case.objects.count()) == (shipments, cases)


@pytest.mark.django_db
def test_the_demonstration_of_an_office_that_is_the_authority(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    settings.OFFICE_IS_AUTHORITY = True
    load_reference_lists()
    call_command("seed_demo", verbosity=0, stdout=StringIO())
    decision = Decision.objects.get()
    assert decision.lines == [f"{decision.case.detentions.get().pk}-1"]
    assert list(LegalEvent.objects.filter(decision=decision).values_list("kind", flat=True)) == ["excluded"]
    assert decision.case.stage == Case.Stage.CLOSED
    waiting = Case.objects.get(stage=Case.Stage.AWAITING_APPROVAL)
    assert waiting.recommendations.get().lines == [f"{waiting.detentions.get().pk}-1"]

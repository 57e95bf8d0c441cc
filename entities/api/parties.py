"""Screen parties at once, without storing anything."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config.api import account
from config.api_fields import facts_from
from config.quick_reading import Doubt, reader_of
from entities import reference
from entities.domain.matching import ENGINE_VERSION
from entities.domain.parties import NOBODY, screen
from entities.matchers import Basis, matcher_for
from entities.models import Listing, ListVersion
from entities.serializers.parties import (
    PartyScreeningInput,
    PartyScreeningSerializer,
    affiliation_answers,
    listed_answer,
    region_answer,
)
from entities.services import judgements

EXAMPLE = {
    "on": "2026-11-20",
    "parties": [
        {
            "id": "supplier-17",
            "name": "Tianshan Example Textile Co., Ltd.",
            "address": "No. 12 Example Road, High-tech Zone",
            "city": "Urumqi",
            "country": "CN",
            "postal_code": "830000",
        }
    ],
}


class ScreenPartyView(APIView):
    """Screen parties by name, address and numbers."""

    @extend_schema(
        tags=["screen-party"],
        operation_id="screen_party",
        summary="Screen one party, or up to a hundred",
        request=PartyScreeningInput,
        responses=PartyScreeningSerializer,
        examples=[OpenApiExample("One party", value=EXAMPLE, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        """Compare parties with the UFLPA Entity List in force on a day, and look whether they are in Xinjiang.

        Each verdict comes with its reasons. A verdict of none says that nothing was found, not that the party is
        harmless. A listed entity the party seems to belong to stands under affiliations, not under listed. For the
        office the firms it judged to be listed entities are known by number and address too. Nothing is stored.
        """
        sent = _sent(request.data)
        on = sent["on"] or timezone.localdate()
        version = ListVersion.objects.current(ListVersion.Register.UFLPA)
        basis = Basis.in_use()
        matcher, gazetteer = matcher_for(version, basis), reference.gazetteer()
        parties = [(party["id"], facts_from(party)) for party in sent["parties"]]
        # What people judged speaks of what several importers declared: it is the office's alone.
        known = judgements.known_firms(version) if account(request).is_officer else NOBODY
        verdicts = [screen(facts, matcher, gazetteer, on, known) for _, facts in parties]
        keys = {verdict.matches[0].key for verdict in verdicts if verdict.matches}
        keys |= {kin.key for verdict in verdicts for kin in verdict.affiliations}
        by_key = _rows(version, keys) if keys else {}
        answer = {
            "on": on,
            "list_version": version,
            "engine_version": ENGINE_VERSION,
            "thresholds": basis.thresholds,
            "results": [
                {
                    "id": key,
                    "name": facts.name or facts.native_name,
                    "listed": listed_answer(verdict, by_key),
                    "affiliations": affiliation_answers(verdict, by_key),
                    "region": region_answer(verdict),
                    "reasons": verdict.reasons,
                }
                for (key, facts), verdict in zip(parties, verdicts, strict=True)
            ],
        }
        return Response(_answer.to_representation(answer))


_answer = PartyScreeningSerializer()  # made once: it keeps nothing of what it shows
_read = reader_of(PartyScreeningInput())


def _rows(version: ListVersion, keys: set[str]) -> dict[str, Listing]:
    """The row each entity stands in, the one in force before those that are not."""
    rows = Listing.objects.filter(version=version, entity__key__in=keys).select_related("entity")
    return {row.entity.key: row for row in rows.order_by("is_current", "effective_on")}


def _sent(data: Any) -> dict[str, Any]:
    """What was asked. Whatever looks wrong the serializer reads, and tells what it is."""
    try:
        found: dict[str, Any] = _read(data)
    except Doubt:
        sent = PartyScreeningInput(data=data)
        sent.is_valid(raise_exception=True)
        found = sent.validated_data
    return found

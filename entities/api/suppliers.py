"""Suppliers and supply links."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import exceptions, mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import account, fault_of_rule, field_errors
from config.api_fields import facts_from, warnings_of
from config.etags import IF_MATCH, check_precondition
from config.filters import YesNoFilter
from entities import reference
from entities.domain.doubts import doubts_about_firm
from entities.domain.errors import Refused
from entities.domain.roles import Act
from entities.models import DeclaredParty, Organization, OwnershipLink, Site, Supplier, SupplyLink
from entities.serializers.suppliers import (
    HOLDING,
    STATEMENT,
    BulkLinkInput,
    BulkLinksAnswer,
    BulkLinksInput,
    LinkAnswer,
    LinkInput,
    LinkSerializer,
    OwnershipInput,
    OwnershipSerializer,
    SupplierAnswer,
    SupplierInput,
    SupplierSerializer,
    WithdrawalInput,
    delivery_warnings,
)
from entities.services import ownership, suppliers
from entities.services.suppliers import basis_of


class SupplierFilter(django_filters.FilterSet):
    search = django_filters.CharFilter(method="named", max_length=200, help_text="Words of the name, in any script.")
    country = extend_schema_field({"type": "string", "maxLength": 2})(
        django_filters.CharFilter(lookup_expr="iexact", max_length=2)
    )
    uscc = django_filters.CharFilter(lookup_expr="iexact", max_length=18)

    def named(self, rows: QuerySet[Supplier], name: str, value: str) -> QuerySet[Supplier]:
        for word in value.split()[:20]:
            rows = rows.filter(Q(name__icontains=word) | Q(native_name__icontains=word))
        return rows


@extend_schema_view(list=extend_schema(summary="List suppliers"), retrieve=extend_schema(summary="One supplier"))
class SupplierViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Supplier]):
    """Firms upstream. A firm declared by several importers is one supplier; each importer sees its own words."""

    queryset = Supplier.objects.none()
    serializer_class = SupplierSerializer
    filterset_class = SupplierFilter
    lookup_value_regex = "[0-9]{1,18}"
    acts = {"create": Act.ADD_SUPPLIER}

    def get_queryset(self) -> QuerySet[Supplier]:
        user = account(self.request)
        known: Prefetch[str]
        if user.is_officer:
            known = Prefetch("sites", Site.objects.order_by("pk"), to_attr="known_sites")
        else:
            own = DeclaredParty.objects.visible_to(user).order_by("pk")
            known = Prefetch("declared_parties", own, to_attr="known_sites")
        return Supplier.objects.visible_to(user).prefetch_related(known)

    @extend_schema(summary="Declare a supplier", request=SupplierInput, responses={201: SupplierAnswer})
    def create(self, request: Request) -> Response:
        """Declare a firm with one of its places. The same firm again adds the place to the supplier that is known."""
        sent = SupplierInput(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        facts = facts_from(sent.validated_data)
        supplier = suppliers.add_supplier(facts, organization=sent.validated_data["owner"], actor=account(request))
        stored = self.get_queryset().get(pk=supplier.pk)
        stored.warnings = warnings_of(doubts_about_firm(facts, reference.codes(), ""))  # type: ignore[attr-defined]
        return Response(
            SupplierAnswer(stored, context=self.get_serializer_context()).data, status=status.HTTP_201_CREATED
        )


class LinkFilter(django_filters.FilterSet):
    supplier = django_filters.ModelChoiceFilter(queryset=lambda request: Supplier.objects.visible_to(request.user))
    customer = django_filters.ModelChoiceFilter(queryset=lambda request: Supplier.objects.visible_to(request.user))
    commodity = django_filters.CharFilter(lookup_expr="iexact", max_length=40)
    withdrawn = YesNoFilter(method="is_withdrawn", help_text="Leave out to get both.")

    def is_withdrawn(self, rows: QuerySet[SupplyLink], name: str, value: bool) -> QuerySet[SupplyLink]:
        return rows.exclude(withdrawn_at=None) if value else rows.filter(withdrawn_at=None)


@extend_schema_view(list=extend_schema(summary="List supply links"), retrieve=extend_schema(summary="One link"))
class LinkViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[SupplyLink]):
    """Who supplies whom. The office sees every importer's links, others their own and public ones."""

    queryset = SupplyLink.objects.none()
    serializer_class = LinkSerializer
    filterset_class = LinkFilter
    lookup_value_regex = "[0-9]{1,18}"
    acts = {
        "create": Act.ADD_SUPPLIER,
        "bulk": Act.ADD_SUPPLIER,
        "withdraw": Act.ADD_SUPPLIER,
        "dispute": Act.ADD_SUPPLIER,
    }

    def get_queryset(self) -> QuerySet[SupplyLink]:
        links = SupplyLink.objects.visible_to(account(self.request))
        return links.select_related("supplier", "customer", "declared_by")

    @extend_schema(summary="Declare a link", request=LinkInput, responses={201: LinkAnswer})
    def create(self, request: Request) -> Response:
        """State that a supplier delivers to a customer. The same statement again is the link already there."""
        sent = LinkInput(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        data = sent.validated_data
        link = suppliers.declare_link(
            data["supplier"],
            data["customer"],
            actor=account(request),
            declared_by=None if data["is_public"] else data["owner"],
            basis=basis_of(data["owner"], is_public=data["is_public"]),
            **{name: data[name] for name in STATEMENT},
        )
        stored = self.get_queryset().get(pk=link.pk)
        stored.warnings = delivery_warnings(data, "")  # type: ignore[attr-defined]
        return Response(LinkAnswer(stored).data, status=status.HTTP_201_CREATED)

    @extend_schema(summary="Withdraw a link", request=WithdrawalInput, responses=LinkSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take back a link one declared; it stays on record, and screening no longer follows it."""
        link = get_object_or_404(SupplyLink.objects.withdrawable_by(account(request)), pk=pk)
        check_precondition(request, lambda: LinkSerializer(self.get_queryset().get(pk=link.pk)).data)
        sent = WithdrawalInput(data=request.data)
        sent.is_valid(raise_exception=True)
        suppliers.withdraw_link(link, actor=account(request), reason=sent.validated_data["reason"])
        return Response(LinkSerializer(self.get_queryset().get(pk=link.pk)).data)

    @extend_schema(summary="Dispute a link", request=WithdrawalInput, responses=LinkSerializer, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def dispute(self, request: Request, pk: str) -> Response:
        """Say that a link is wrong: one's own, or a public one about a firm one declared. It stays, as disputed."""
        link = get_object_or_404(SupplyLink.objects.disputable_by(account(request)), pk=pk)
        check_precondition(request, lambda: LinkSerializer(self.get_queryset().get(pk=link.pk)).data)
        sent = WithdrawalInput(data=request.data)
        sent.is_valid(raise_exception=True)
        suppliers.dispute_link(link, actor=account(request), reason=sent.validated_data["reason"])
        return Response(LinkSerializer(self.get_queryset().get(pk=link.pk)).data)

    @extend_schema(summary="Declare many links", request=BulkLinksInput, responses=BulkLinksAnswer)
    @action(detail=False, methods=["post"])
    def bulk(self, request: Request) -> Response:
        """Declare up to 1,000 links, each with both firms in full. A link that is refused keeps no other from being
        stored; the answer says of each what became of it."""
        sent = BulkLinksInput(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        owner = sent.validated_data["owner"]
        answers = [
            self._one_of_many(index, one, owner, request) for index, one in enumerate(sent.validated_data["links"])
        ]
        stored = sum(1 for one in answers if one["link"] is not None)
        counts = {"stored": stored, "refused": len(answers) - stored, "links": answers}
        return Response(BulkLinksAnswer(counts).data)

    def _one_of_many(self, index: int, sent: Any, owner: Organization, request: Request) -> dict[str, Any]:
        pointer = f"/links/{index}"
        answer: dict[str, Any] = {"index": index, "link": None, "is_new": False, "errors": [], "warnings": []}
        one = BulkLinkInput(data=sent, context=self.get_serializer_context())
        try:
            one.is_valid(raise_exception=True)
            data = one.validated_data
            link, is_new = suppliers.declare_link_between(
                facts_from(data["supplier"]),
                facts_from(data["customer"]),
                organization=owner,
                is_public=data["is_public"],
                actor=account(request),
                **{name: data[name] for name in STATEMENT},
            )
        except exceptions.ValidationError as fault:
            return answer | {"errors": field_errors(fault, pointer)}
        except Refused as refused:
            return answer | {"errors": [fault_of_rule(refused, pointer)]}
        return answer | {"link": link.pk, "is_new": is_new, "warnings": delivery_warnings(data, pointer)}


class OwnershipFilter(django_filters.FilterSet):
    owner_firm = django_filters.ModelChoiceFilter(
        field_name="owner", queryset=lambda request: Supplier.objects.visible_to(request.user)
    )
    owned_firm = django_filters.ModelChoiceFilter(
        field_name="owned", queryset=lambda request: Supplier.objects.visible_to(request.user)
    )
    withdrawn = YesNoFilter(method="is_withdrawn", help_text="Leave out to get both.")

    def is_withdrawn(self, rows: QuerySet[OwnershipLink], name: str, value: bool) -> QuerySet[OwnershipLink]:
        return rows.exclude(withdrawn_at=None) if value else rows.filter(withdrawn_at=None)


@extend_schema_view(list=extend_schema(summary="List holdings"), retrieve=extend_schema(summary="One holding"))
class OwnershipViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[OwnershipLink]):
    """Who owns whom. The office sees every importer's statements, others their own and public ones."""

    queryset = OwnershipLink.objects.none()
    serializer_class = OwnershipSerializer
    filterset_class = OwnershipFilter
    lookup_value_regex = "[0-9]{1,18}"
    acts = {"create": Act.ADD_SUPPLIER, "withdraw": Act.ADD_SUPPLIER}

    def get_queryset(self) -> QuerySet[OwnershipLink]:
        return OwnershipLink.objects.visible_to(account(self.request)).select_related("owner", "owned", "declared_by")

    @extend_schema(summary="Declare a holding", request=OwnershipInput, responses={201: OwnershipSerializer})
    def create(self, request: Request) -> Response:
        """State that a firm owns a share of another. The same statement again is the holding already there."""
        sent = OwnershipInput(data=request.data, context=self.get_serializer_context())
        sent.is_valid(raise_exception=True)
        data = sent.validated_data
        link = ownership.declare_ownership(
            data["owner_firm"],
            data["owned_firm"],
            actor=account(request),
            declared_by=None if data["is_public"] else data["owner"],
            basis=basis_of(data["owner"], is_public=data["is_public"]),
            **{name: data[name] for name in HOLDING},
        )
        return Response(OwnershipSerializer(self.get_queryset().get(pk=link.pk)).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        summary="Withdraw a holding", request=WithdrawalInput, responses=OwnershipSerializer, parameters=[IF_MATCH]
    )
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take back a holding one declared; it stays on record, and screening no longer follows it."""
        link = get_object_or_404(OwnershipLink.objects.withdrawable_by(account(request)), pk=pk)
        check_precondition(request, lambda: OwnershipSerializer(self.get_queryset().get(pk=link.pk)).data)
        sent = WithdrawalInput(data=request.data)
        sent.is_valid(raise_exception=True)
        ownership.withdraw_ownership(link, actor=account(request), reason=sent.validated_data["reason"])
        return Response(OwnershipSerializer(self.get_queryset().get(pk=link.pk)).data)

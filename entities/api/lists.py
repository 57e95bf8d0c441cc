"""The lists that parties are compared with; the same for everybody who is signed in."""

from __future__ import annotations

import json

import django_filters
from django.db.models import Prefetch, Q, QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import account
from entities import office_names
from entities.domain.roles import Act
from entities.known_names import names_known
from entities.models import ListedEntity, Listing, ListVersion
from entities.serializers.lists import (
    KnownNameSerializer,
    ListedEntityDetailSerializer,
    ListedEntitySerializer,
    ListVersionSerializer,
    NameInput,
)
from entities.services.names import propose_name


class ListVersionFilter(django_filters.FilterSet):
    register = django_filters.ChoiceFilter(choices=ListVersion.Register.choices)


@extend_schema_view(list=extend_schema(summary="List versions"), retrieve=extend_schema(summary="One list version"))
class ListVersionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[ListVersion]):
    """Published states of the UFLPA Entity List and of CBP's withhold release orders about Xinjiang."""

    queryset = ListVersion.objects.filter(published_at__isnull=False)
    serializer_class = ListVersionSerializer
    filterset_class = ListVersionFilter
    lookup_value_regex = "[0-9]{1,18}"


class ListedEntityFilter(django_filters.FilterSet):
    register = django_filters.ChoiceFilter(choices=ListVersion.Register.choices)
    search = django_filters.CharFilter(
        method="named", max_length=200, help_text="Words of a name, former name, alias or place, in any script."
    )

    def named(self, entities: QuerySet[ListedEntity], name: str, value: str) -> QuerySet[ListedEntity]:
        for word in value.split()[:20]:
            escaped = json.dumps(word)[1:-1]  # how SQLite keeps Chinese inside JSON
            rows = Listing.objects.filter(
                Q(name__icontains=word)
                | Q(listed_as__icontains=word)
                | Q(location__icontains=word)
                | Q(aliases__icontains=word)
                | Q(aliases__icontains=escaped)
                | Q(native_names__icontains=word)
                | Q(native_names__icontains=escaped)
            )
            called = office_names.entities_called(word)
            entities = entities.filter(Q(pk__in=rows.values("entity")) | Q(pk__in=called))
        return entities


@extend_schema_view(
    list=extend_schema(summary="Look up listed entities"),
    retrieve=extend_schema(
        summary="One listed entity with its rows in the current version", responses=ListedEntityDetailSerializer
    ),
)
class ListedEntityViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[ListedEntity]):
    """Entities on the lists, past and present. A search finds words as written; to screen, use screen-party."""

    queryset = ListedEntity.objects.all()
    filterset_class = ListedEntityFilter
    lookup_value_regex = "[0-9]{1,18}"
    acts = {"names": Act.PROPOSE_NAME}

    def get_queryset(self) -> QuerySet[ListedEntity]:
        entities = super().get_queryset()
        if self.action != "retrieve":
            return entities
        newest = {
            ListVersion.objects.current(register).pk
            for register in ListVersion.Register
            if ListVersion.objects.filter(register=register, published_at__isnull=False).exists()
        }
        rows = Listing.objects.filter(version__in=newest).order_by("-is_current", "effective_on", "pk")
        return entities.prefetch_related(Prefetch("listings", rows, to_attr="rows"))

    def get_serializer_class(self) -> type[ListedEntitySerializer]:
        return ListedEntityDetailSerializer if self.action == "retrieve" else ListedEntitySerializer

    @extend_schema(summary="Propose a name", request=NameInput, responses={201: KnownNameSerializer})
    @action(detail=True, methods=["post"])
    def names(self, request: Request, pk: str) -> Response:
        """State that the entity also bears a name, and where that stands. The office only.

        It raises questions from then on; once a second person confirms it (`listed-names`), it counts like an alias.
        """
        entity = self.get_object()
        sent = NameInput(data=request.data)
        sent.is_valid(raise_exception=True)
        stated = propose_name(entity, actor=account(request), **sent.validated_data)
        known = next(name for name in names_known(entity) if name.text == stated.text)
        return Response(KnownNameSerializer(known).data, status=status.HTTP_201_CREATED)

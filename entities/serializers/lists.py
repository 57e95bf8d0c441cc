"""The lists: versions, entities, rows as printed."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from config.api_fields import ModelSerializer, StrictSerializer, Text, WebAddress, Words
from entities.known_names import KINDS, KnownName, names_known
from entities.models import ListedEntity, Listing, ListVersion


class ListVersionSerializer(ModelSerializer[ListVersion]):
    """One state of a list as it was retrieved."""

    class Meta:
        model = ListVersion
        fields = [
            "id",
            "register",
            "label",
            "source",
            "source_url",
            "retrieved_on",
            "row_count",
            "entity_count",
            "rows_sha256",
            "published_at",
        ]
        read_only_fields = fields


class ListVersionNameSerializer(ModelSerializer[ListVersion]):
    """A list version by its name and day."""

    class Meta:
        model = ListVersion
        fields = ["id", "register", "label", "retrieved_on"]
        read_only_fields = fields


class NativeNameSerializer(serializers.Serializer[dict[str, object]]):
    """A name in native script; unconfirmed where no public source ties it to the entity."""

    text = serializers.CharField()
    confirmed = serializers.BooleanField()
    source = serializers.SerializerMethodField()  # type: ignore[assignment]

    def get_source(self, name: dict[str, object]) -> str:
        """Where the name is tied to the entity; empty where it is not."""
        return str(name["source"]) if name["confirmed"] else ""


class ListingSerializer(ModelSerializer[Listing]):
    """One row of the list, with its Federal Register citation."""

    list_version = serializers.IntegerField(source="version_id")
    aliases = serializers.ListField(child=serializers.CharField())
    native_names = NativeNameSerializer(many=True)

    class Meta:
        model = Listing
        fields = [
            "id",
            "row_id",
            "name",
            "listed_as",
            "aliases",
            "native_names",
            "section",
            "effective_on",
            "first_effective_on",
            "removed_on",
            "scope",
            "location",
            "sector",
            "citation",
            "source_url",
            "is_current",
            "list_version",
        ]
        read_only_fields = fields


class ListedEntitySerializer(ModelSerializer[ListedEntity]):
    """An entity as it lives on across list versions."""

    class Meta:
        model = ListedEntity
        fields = ["id", "register", "key", "name"]
        read_only_fields = fields


class KnownNameSerializer(serializers.Serializer[KnownName]):
    """One name of an entity and what it stands on. Unverified and proposed names settle no match."""

    text = serializers.CharField()
    kind = serializers.ChoiceField(choices=list(KINDS.items()))
    script = serializers.CharField(help_text="Latin, Chinese, Arabic, Cyrillic …")
    standing = serializers.ChoiceField(
        choices=[
            ("listed", "On the list"),
            ("left", "On the list no more"),
            ("sourced", "Not printed on the list; a public source ties it to the entity"),
            ("unverified", "Came with the list without a public source: a question at most"),
            ("proposed", "Proposed by one person of the office: a question at most"),
            ("confirmed", "Confirmed by two persons of the office"),
        ]
    )
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    source_url = serializers.CharField(allow_blank=True)
    since = serializers.DateField(allow_null=True, help_text="For a name on the list: the first day it counts.")
    until = serializers.DateField(allow_null=True, help_text="For a name that left the list: the day it ended.")
    awaits_a_second_person = serializers.SerializerMethodField()

    def get_awaits_a_second_person(self, name: KnownName) -> bool:
        """Whether a proposal or a withdrawal of this name waits to be answered."""
        return name.waiting is not None


class NameInput(StrictSerializer):
    """A name to propose for a listed entity."""

    text = Words(max_length=300, help_text="The whole name as the source writes it, in any script.")
    source = Words(max_length=300, help_text="Where it stands; shown with every finding by this name.")  # type: ignore[assignment]
    source_url = WebAddress(max_length=500, required=False, allow_blank=True, default="")
    reason = Text(max_length=2000, help_text="For the second person.")


class ListedEntityDetailSerializer(ListedEntitySerializer):
    """An entity with its names, and its rows in the version that screening uses now."""

    names = serializers.SerializerMethodField()
    listings = ListingSerializer(many=True, source="rows")

    class Meta(ListedEntitySerializer.Meta):
        fields = [*ListedEntitySerializer.Meta.fields, "names", "listings"]
        read_only_fields = fields

    @extend_schema_field(KnownNameSerializer(many=True))
    def get_names(self, entity: ListedEntity) -> Any:
        """Every name that counts, on the list or by the office's word."""
        return KnownNameSerializer(names_known(entity), many=True).data  # type: ignore[arg-type]

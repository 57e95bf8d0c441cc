"""The lists: versions, entities, rows as printed."""

from __future__ import annotations

from rest_framework import serializers

from config.api_fields import ModelSerializer
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


class ListedEntityDetailSerializer(ListedEntitySerializer):
    """An entity with its rows in the version that screening uses now."""

    listings = ListingSerializer(many=True, source="rows")

    class Meta(ListedEntitySerializer.Meta):
        fields = [*ListedEntitySerializer.Meta.fields, "listings"]
        read_only_fields = fields

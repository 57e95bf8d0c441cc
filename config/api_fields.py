"""What the API takes in: fields that check the trade's codes, and serializers that let nothing slip by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC
from typing import Any, TypeVar

from django.core.validators import URLValidator
from django.db import models
from drf_spectacular.extensions import OpenApiSerializerExtension
from rest_framework import serializers

from config.problems import problem
from entities.domain.doubts import Doubt
from entities.domain.facts import PARTY_FIELDS, PartyFacts
from entities.domain.identifiers import entry_number, tariff_code, uscc
from screening.intake_words import places

Row = TypeVar("Row", bound=models.Model)


class StrictSerializer(serializers.Serializer):
    """Refuses fields it does not know: a misspelt date that is silently dropped would be a wrong screening. Yes
    and no are true and false, not 1 and 0."""

    def to_internal_value(self, data: Any) -> Any:
        sent = data if isinstance(data, Mapping) else {}
        unknown = {
            str(name): [serializers.ErrorDetail(f"{name} is not a field here.", "unknown_field")]
            for name in sent
            if name not in self.fields
        }
        unknown |= {
            name: [serializers.ErrorDetail("Send true or false.", "invalid")]
            for name, field in self.fields.items()
            if isinstance(field, serializers.BooleanField) and name in sent
            if isinstance(sent[name], int | float) and not isinstance(sent[name], bool)
        }
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as fault:
            if not unknown or not isinstance(fault.detail, dict):
                raise
            raise serializers.ValidationError({**fault.detail, **unknown}) from None
        if unknown:
            raise serializers.ValidationError(unknown)
        return values


class StrictExtension(OpenApiSerializerExtension):
    """Requests refuse fields they do not know, and the schema says so."""

    target_class = "config.api_fields.StrictSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: str) -> dict[str, Any]:
        schema: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**schema, "additionalProperties": False}


class Moment(serializers.DateTimeField):
    """A moment, given in UTC."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)


class ModelSerializer(serializers.ModelSerializer[Row]):
    """Rows as they are shown; moments in UTC, whatever the zone of the pages."""

    serializer_field_mapping = {**serializers.ModelSerializer.serializer_field_mapping, models.DateTimeField: Moment}

    def include_extra_kwargs(self, kwargs: Any, extra_kwargs: Any) -> Any:
        """A choice that is still open is shown as an empty text; the framework forgets that of fields only read."""
        may_be_blank = kwargs.get("allow_blank", False) and "choices" in kwargs
        kwargs = super().include_extra_kwargs(kwargs, extra_kwargs)
        return {**kwargs, "allow_blank": True} if may_be_blank else kwargs


class Words(serializers.CharField):
    """Words. A number is refused rather than turned into text: it would have lost its leading zeros."""

    default_error_messages = {"not_text": "Not a text."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("not_text")
        return super().to_internal_value(data)


class Text(Words):
    """Words, left out where there are none."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        options.setdefault("allow_blank", True)
        options.setdefault("default", "")
        super().__init__(**options)


class WebAddress(serializers.URLField):
    """An address on the web. Its form says more than a schema can, so a wrong one has a code of its own."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for check in self.validators:
            if isinstance(check, URLValidator):
                check.code = "web_address"


class CountryField(Text):
    """A country by the two letters of ISO 3166-1."""

    default_error_messages = {"unknown_country": "{value} is not a country code of two letters."}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=2, **options)

    def to_internal_value(self, data: Any) -> str:
        code = super().to_internal_value(data).upper()
        if code and code not in places().codes:
            self.fail("unknown_country", value=code)
        return code


class EntryNumberField(Text):
    """An entry number (19 CFR 142.3a), stored as 551-3518786-6. A wrong check digit is a warning, not an error."""

    default_error_messages = {"entry_number": "{problem}"}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=20, **options)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if not text:
            return ""
        check = entry_number(text)
        if check.severity == "refuse":
            self.fail("entry_number", problem=check.problem)
        return check.normalised


class TariffCodeField(Words):
    """An HTSUS number of ten digits, or the first 4, 6 or 8 of it, with or without dots. Stored as digits."""

    default_error_messages = {"tariff_code": "{problem}"}

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 14)
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        check = tariff_code(text)
        if check.severity == "refuse":
            self.fail("tariff_code", problem=check.problem)
        return check.normalised


class CreditCodeField(Text):
    """A unified social credit code (GB 32100-2015). It tells firms apart, so a wrong shape is refused; a check
    character that fails is a warning."""

    default_error_messages = {"uscc": "{problem}"}

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if not text:
            return ""
        check = uscc(text)
        if check.severity == "refuse":
            self.fail("uscc", problem=check.problem)
        return check.normalised


class PartySerializer(StrictSerializer):
    """A firm as a paper or a record states it; what is not stated is left out. The native name as written."""

    name = Text(max_length=300)
    native_name = Text(max_length=300)
    address = Text(max_length=600)
    city = Text(max_length=120)
    province = Text(max_length=120)
    country = CountryField()
    postal_code = Text(max_length=20)
    uscc = CreditCodeField(max_length=40, help_text="Unified social credit code, 18 characters")
    mid = Text(max_length=15, help_text="Manufacturer identification code")
    phone = Text(max_length=40)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if not (attrs["name"] or attrs["native_name"]):
            raise serializers.ValidationError("A party needs a name, in Latin or in native script.", "name_missing")
        return attrs


def facts_from(data: dict[str, Any]) -> PartyFacts:
    """The party in a validated request."""
    return PartyFacts(**{name: data[name] for name in PARTY_FIELDS})


def warning(pointer: str, code: str, detail: str, severity: str = "warning") -> dict[str, str]:
    """Something to say of what was sent: where, what for a program, what for a person, and what to do about it."""
    remedy = problem(code).remedy
    return {"pointer": pointer, "code": code, "severity": severity, "detail": detail, "remedy": remedy}


def warnings_of(doubts: Iterable[Doubt]) -> list[dict[str, str]]:
    """What looks wrong about what was sent, as it is answered."""
    return [warning(one.pointer, one.remark.code, one.remark.detail, one.remark.severity) for one in doubts]


SEVERITIES = [
    ("error", "it cannot be right, or CBP's systems reject it"),
    ("warning", "it looks wrong and may be right"),
    ("note", "worth knowing"),
]


class RemarkSerializer(serializers.Serializer[Any]):
    """What is to be said of a value: its code is in the catalogue of the documentation."""

    code = serializers.CharField()
    severity = serializers.ChoiceField(SEVERITIES)
    detail = serializers.CharField()
    remedy = serializers.CharField()


class WarningSerializer(RemarkSerializer):
    """Something that looks wrong but was stored as sent."""

    pointer = serializers.CharField(help_text="JSON pointer into the request")

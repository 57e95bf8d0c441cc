"""The catalogue of errors: every code that is raised somewhere is in it, with the status it comes with."""

import ast
from collections import defaultdict
from pathlib import Path

import pytest
from django.core import validators
from django.test import Client
from rest_framework import exceptions, serializers, status
from rest_framework.fields import Field

from config import api_urls  # noqa: F401  loads every serializer
from config.problems import OF_STATUS, PARTS, PROBLEMS
from entities.domain.errors import Refused

ROOT = Path(__file__).resolve().parents[1]
APPS = ("config", "entities", "screening", "evidence")
BY_RULE = {"Refused"}
BY_FIELD = {"ValidationError", "ErrorDetail"}
# Functions that hand on a code and a sentence, and which of their arguments the code is.
HAND_ON = {"_check_period": 2, "_fault": 1, "Fault": 1, "fail": 0}


def codes_of(path):
    """The codes raised in a file, each with the status it comes with and its line."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and "law" not in path.parts:
            yield from _pair(node.value, node.lineno)
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        named = {one.arg: one.value for one in node.keywords}
        if name in BY_RULE:
            yield 409, named.get("code", node.args[0] if node.args else None), node.lineno
        elif name in BY_FIELD:
            yield 400, named.get("code", node.args[1] if len(node.args) > 1 else None), node.lineno
        elif name in HAND_ON and len(node.args) > HAND_ON[name]:
            yield 400, node.args[HAND_ON[name]], node.lineno


def _pair(returned, line):
    """A refusal handed on as (code, sentence)."""
    if len(returned.elts) == 2:
        code, sentence = returned.elts
        words = sentence.value if isinstance(sentence, ast.Constant) else None
        if isinstance(sentence, ast.JoinedStr) or (isinstance(words, str) and words.endswith(".")):
            yield 409, code, line


def raised():
    """Every code that stands in the program as a word, with its statuses and where."""
    found = defaultdict(set)
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            for of_status, code, line in codes_of(path):
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    found[code.value].add((of_status, f"{path.relative_to(ROOT)}:{line}"))
    return found


def fields_of(base):
    """The fields of every serializer of the API, however deep."""
    for one in base.__subclasses__():
        if one.__module__.split(".")[0] in APPS:
            yield from one._declared_fields.values()
        yield from fields_of(one)


def test_every_code_raised_in_the_program_is_in_the_catalogue():
    missing = {code: sorted(where for _, where in places) for code, places in raised().items() if code not in PROBLEMS}
    assert not missing


def test_the_catalogue_says_of_rules_that_they_come_with_409():
    by_rule = {code for code, places in raised().items() if any(one == 409 for one, _ in places)}
    wrong = {code for code in by_rule & set(PROBLEMS) if 409 not in PROBLEMS[code].statuses}
    assert not wrong


def test_every_code_a_field_can_have_is_in_the_catalogue():
    fields = list(fields_of(serializers.Serializer))
    assert len(fields) > 300
    codes = {code for field in fields for code in field.error_messages}
    codes |= {
        code for field in fields for child in [getattr(field, "child", None)] if child for code in child.error_messages
    }
    codes |= {one.code for one in (validators.ProhibitNullCharactersValidator, validators.MaxLengthValidator)}
    unused = {"invalid_image"} | set(Field.default_error_messages) - {"required", "null"}
    assert not codes - unused - {code for code, one in PROBLEMS.items() if 400 in one.statuses}


def test_every_error_of_the_framework_is_in_the_catalogue():
    kinds = [
        one for one in vars(exceptions).values() if isinstance(one, type) and issubclass(one, exceptions.APIException)
    ]
    for kind in kinds:
        code = {"parse_error": "malformed"}.get(kind.default_code, kind.default_code)
        assert kind.status_code in PROBLEMS[code].statuses, kind


def test_each_status_has_a_code_that_comes_with_it():
    for of_status, code in OF_STATUS.items():
        assert of_status in PROBLEMS[code].statuses


def test_each_line_says_what_it_means_and_what_to_do():
    for one in PROBLEMS.values():
        assert one.about in PARTS
        assert one.statuses
        assert one.title
        assert not one.title.endswith(".")
        assert one.meaning.endswith("."), one.code
        assert one.remedy.endswith("."), one.code


@pytest.mark.django_db
def test_each_code_has_its_entry_on_the_page_that_type_leads_to():
    page = Client().get("/api/docs/").content.decode()
    for code, one in PROBLEMS.items():
        assert one.address == f"/api/docs/#problem-{code}"
        assert f'id="problem-{code}"' in page


def test_a_rule_is_answered_with_its_own_entry():
    from config.api import problem_json

    answer = problem_json(Refused("case_open", "Case 2026-0001 is already open on this shipment."), {})
    assert answer.status_code == status.HTTP_409_CONFLICT
    assert answer.data == {
        "type": "/api/docs/#problem-case_open",
        "title": "A case is open already",
        "status": 409,
        "detail": "Case 2026-0001 is already open on this shipment.",
        "code": "case_open",
        "remedy": "Go on in that case.",
    }

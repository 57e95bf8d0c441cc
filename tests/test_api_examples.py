"""Each request and answer of the schema has an example, and each example is of the form its schema asks for."""

import pytest
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate


@pytest.fixture(scope="module")
def schema():
    return SchemaGenerator().get_schema(request=None, public=True)


def bodies(schema):
    """What is sent and answered, with the operation it belongs to."""
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            sent = [("request", operation["requestBody"])] if "requestBody" in operation else []
            for what, body in (*sent, *operation["responses"].items()):
                for media in body.get("content", {}).values():
                    yield f"{method} {path} {what}", media


def test_the_schema_is_openapi_31(schema):
    assert schema["openapi"] == "3.1.1"
    validate(schema)


def test_each_request_and_answer_has_an_example(schema):
    without = [where for where, media in bodies(schema) if not media.get("examples")]
    assert not without
    assert sum(1 for _ in bodies(schema)) > 500


def test_each_example_is_of_the_form_it_shows(schema):
    wrong = []
    for where, media in bodies(schema):
        form = {**media["schema"], "components": schema["components"]}
        for example in media["examples"].values():
            if media["schema"].get("format") == "binary":
                continue
            fault = next(
                iter(Draft202012Validator(form, format_checker=FormatChecker()).iter_errors(example["value"])), None
            )
            if fault is not None:
                wrong.append(f"{where}: {fault.json_path}: {fault.message[:200]}")
    assert not wrong


def test_an_error_shows_the_error_of_its_own_status(schema):
    for where, media in bodies(schema):
        status = where.split()[-1]
        if status.isdigit() and int(status) >= 400:
            assert [one["value"]["status"] for one in media["examples"].values()] == [int(status)], where

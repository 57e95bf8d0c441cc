"""The layers hold: domain below models below services below pages, apps in a row. Read from all imports."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("entities", "screening", "evidence")  # an app stands on those to its left
COMPUTE = {"ahocorasick_rs", "anyascii", "holidays", "numpy", "opencc", "pypinyin", "rapidfuzz"}
OUTSIDE_WORLD = {"os", "pathlib", "time", "socket", "subprocess", "sqlite3", "urllib", "http", "random"}
CLOCK_AND_FILES = {"open", "now", "utcnow", "today", "read_text", "read_bytes"}
PARSERS = {"cv2", "docx", "pdfminer", "pdfplumber", "pypdfium2", "python_calamine", "rapidocr"}
SIGNALS = ("django.dispatch", "django.db.models.signals", "django.core.signals", "django.contrib.auth.signals")
SPEAKS_TO_PEOPLE = {"views", "forms", "serializers", "api", "admin", "urls", "management", "templatetags"}
# What a module of each layer may not reach up to, in any app.
ABOVE = {
    "models": {"services", "tasks", *SPEAKS_TO_PEOPLE},
    "services": SPEAKS_TO_PEOPLE,
}


def sources(*layers: str) -> list[Path]:
    """The files of a layer, in every app; of whole apps where no layer is named."""
    found = []
    for app in APPS:
        files = [path.relative_to(ROOT) for path in sorted((ROOT / app).rglob("*.py"))]
        found += [path for path in files if not layers or path.with_suffix("").parts[1] in layers]
    return [path for path in found if "migrations" not in path.parts]


def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text())


def imported_modules(path: Path) -> list[str]:
    """Every name a file imports, dotted: `from entities import audit` is entities.audit."""
    names = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively; name the module in full"
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def test_the_apps_have_the_layers():
    assert {path.parts[1] for path in sources("domain", "models", "services")} == {"domain", "models", "services"}


@pytest.mark.parametrize("path", sources("domain"), ids=str)
def test_domain_is_plain_python(path):
    for name in imported_modules(path):
        top, *rest = name.split(".")
        computes = top in (sys.stdlib_module_names | COMPUTE) - OUTSIDE_WORLD or name.startswith("pathlib.Pure")
        assert computes or (top in APPS and rest[0] == "domain"), f"{name} has no place in domain: pass values in"


@pytest.mark.parametrize("path", sources("domain"), ids=str)
def test_domain_asks_neither_clock_nor_disk(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            assert called not in CLOCK_AND_FILES, f"{path}:{node.lineno} calls {called}(): pass on= or the text"


@pytest.mark.parametrize("path", sources("domain", "models", "services"), ids=str)
def test_an_app_imports_only_itself_and_apps_to_its_left(path):
    may = APPS[: APPS.index(path.parts[0]) + 1]
    for name in imported_modules(path):
        top = name.split(".")[0]
        assert top not in APPS or top in may, f"{path.parts[0]} stands left of {top} and cannot import {name}"


@pytest.mark.parametrize("path", sources("models", "services"), ids=str)
def test_imports_follow_the_arrows(path):
    above = ABOVE[path.with_suffix("").parts[1]]
    for name in imported_modules(path):
        top, *rest = name.split(".")
        assert top not in APPS or rest[0] not in above, f"{name} is a layer above {path}"


def test_no_app_uses_signals():
    using = [f"{path}: {name}" for path in sources() for name in imported_modules(path) if name.startswith(SIGNALS)]
    assert using == []


@pytest.mark.parametrize("path", sources("models"), ids=str)
def test_no_model_overrides_save_or_delete(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef):
            defined = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
            assert not defined & {"save", "delete"}, f"{node.name}: what happens on a change stands in the service"


def test_only_readers_import_a_parser_of_strangers_files():
    using = [
        f"{path}: {name}"
        for path in sources()
        if "readers" not in path.parts
        for name in imported_modules(path)
        if name.split(".")[0] in PARSERS
    ]
    assert using == []

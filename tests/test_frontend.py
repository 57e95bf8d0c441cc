import json
from pathlib import Path

from config import frontend

LOCK = json.loads(frontend.LOCK.read_text())


def package(tmp_path: Path) -> Path:
    """A design system of four files."""
    dist = tmp_path / "uswds/dist"
    css = "a{background:url(../img/a.svg)}b{src:url('../fonts/b.woff2?v=1')}\n/*# sourceMappingURL=x.map */\n"
    files = {
        "css/uswds.min.css": css,
        "js/uswds.min.js": "1;\n//# sourceMappingURL=x.map",
        "js/uswds-init.min.js": "2;",
        "img/sprite.svg": "<svg/>",
        "img/a.svg": "<svg/>",
        "img/unused.svg": "<svg/>",
        "fonts/b.woff2": "font",
    }
    for name, text in files.items():
        (dist / name).parent.mkdir(parents=True, exist_ok=True)
        (dist / name).write_text(text)
    (dist.parent / "LICENSE.md").write_text("licence")
    return dist


def test_only_what_the_stylesheet_names_is_copied(tmp_path):
    target = tmp_path / "static/uswds"
    count = frontend.copy_closure(package(tmp_path), target)
    copied = {str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()}
    assert len(copied) == count
    assert {"img/a.svg", "fonts/b.woff2", "LICENSE.md"} <= copied
    assert "img/unused.svg" not in copied


def test_no_copied_file_names_a_source_map(tmp_path):
    target = tmp_path / "static/uswds"
    frontend.copy_closure(package(tmp_path), target)
    assert not any("sourceMappingURL" in path.read_text() for path in target.rglob("*.min.*"))


def test_the_lock_file_pins_by_hash_and_names_no_registry():
    packages = [entry for name, entry in LOCK["packages"].items() if name]
    assert all(entry["integrity"].startswith("sha512-") for entry in packages)
    assert not any("resolved" in entry for entry in packages)


def test_the_lock_file_belongs_to_the_package_file():
    wanted = json.loads((frontend.ROOT / "package.json").read_text())["dependencies"]
    assert LOCK["packages"][""]["dependencies"] == wanted

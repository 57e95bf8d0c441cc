"""Fixtures every test may use."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def pytest_collection_modifyitems(items):
    """Skip what needs the reference files where they do not lie beside the checkout."""
    if SHARED.is_dir():
        return
    skip = pytest.mark.skip(reason="the reference files are not beside this checkout (../shared/data)")
    for item in items:
        if item.get_closest_marker("shared_data"):
            item.add_marker(skip)


@pytest.fixture
def shared_data() -> Path:
    """The folder of reference and real files that lies beside the checkout."""
    if not SHARED.is_dir():
        pytest.skip("the reference files are not beside this checkout (../shared/data)")
    return SHARED

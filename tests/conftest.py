"""What every test may ask for."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from app.core.parameters import Parameter
from app.paths import ROOT
from app.services.parameters import load_parameters

TESTDATA = Path(os.environ.get("KERBWATT_TESTDATA", ROOT.parent / "shared" / "testdata"))


@pytest.fixture(scope="session")
def numbers() -> Mapping[str, Parameter]:
    """All sourced numbers."""
    return load_parameters()


@pytest.fixture(scope="session")
def testdata() -> Callable[[str], Path]:
    """Find a real file, or skip; KERBWATT_REQUIRE_TESTDATA=1 makes the skip a failure."""

    def find(name: str) -> Path:
        path = TESTDATA / name
        if not path.exists():
            reason = f"needs real data: {name} (set KERBWATT_TESTDATA)"
            if os.environ.get("KERBWATT_REQUIRE_TESTDATA") == "1":
                pytest.fail(reason)
            pytest.skip(reason)
        return path

    return find

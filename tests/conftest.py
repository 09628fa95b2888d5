"""What every test may ask for."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

HOME = tempfile.mkdtemp(prefix="kerbwatt-tests-")  # before the settings are read: no test may
os.environ["KERBWATT_HOME"] = HOME  # write among what a person has saved on this machine
atexit.register(shutil.rmtree, HOME, ignore_errors=True)

from app.core.parameters import Parameter  # noqa: E402
from app.paths import ROOT  # noqa: E402
from app.services.parameters import load_parameters  # noqa: E402

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

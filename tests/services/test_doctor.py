"""The doctor finds what is wrong, names the way out, and never faints."""

from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from app.services import doctor
from app.services.doctor import Check, examine, healthy
from app.settings import Settings


def settings(tmp_path: Path, **changes: object) -> Settings:
    """Settings of a server whose home is the test's folder."""
    return Settings(home=tmp_path / "home", **changes)  # type: ignore[arg-type]


def by_key(checks: list[Check]) -> dict[str, Check]:
    """Find a finding by its key."""
    return {check.key: check for check in checks}


def test_a_whole_machine_is_healthy(tmp_path: Path) -> None:
    checks = examine(settings(tmp_path))
    assert healthy(checks), [check for check in checks if check.stops_us]
    found = by_key(checks)
    assert found["store"].found == "sqlite"
    assert found["home"].state == "ok"
    assert "Utrecht" in found["city"].found
    assert len(found) == len(checks)


def test_the_reach_of_fetches_is_told_without_a_word_of_the_proxys_address(tmp_path: Path) -> None:
    shut = by_key(examine(settings(tmp_path)))["fetch"]
    assert "sources on" in shut.found
    assert "proxy" not in shut.found
    wide = settings(tmp_path, proxy="http://me:pw@proxy.example:8080", allow_private=True)
    found = by_key(examine(wide))["fetch"]
    assert "through a proxy: which addresses are reached is its duty" in found.found
    assert "own network" in found.found
    assert "pw" not in found.found


def test_a_home_that_cannot_be_written_is_told_but_does_not_stop_the_main_job(
    tmp_path: Path,
) -> None:
    (tmp_path / "home").write_text("a file stands where the folder should be")
    checks = examine(settings(tmp_path))
    assert by_key(checks)["home"].state == "broken"
    assert "KERBWATT_HOME" in by_key(checks)["home"].advice
    assert by_key(checks)["store"].state == "broken"
    assert healthy(checks)


def test_a_missing_city_or_library_stops_the_main_job(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not healthy(examine(settings(tmp_path, city="atlantis")))

    def version(name: str) -> str:
        if name in {"numba", "psycopg"}:
            raise PackageNotFoundError(name)
        return "1"

    monkeypatch.setattr(doctor, "version", version)
    found = by_key(examine(settings(tmp_path)))
    assert found["numba"].stops_us
    assert not found["psycopg"].stops_us


def test_one_core_is_slow_and_a_database_that_is_away_is_named(tmp_path: Path) -> None:
    url = "postgresql://u:hush@127.0.0.1:9/d"
    checks = examine(settings(tmp_path, threads=1, database_url=url))
    found = by_key(checks)
    assert found["cores"].state == "slow"
    assert found["store"].state == "broken"
    assert "hush" not in str(checks)
    assert healthy(checks)

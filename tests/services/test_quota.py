"""A visitor may load many files, but not faster than any planner could."""

import pytest

from app.core.errors import InputError
from app.services.quota import HOUR_S, QUOTA, Quota
from app.settings import SETTINGS


def test_the_file_after_the_limit_is_refused_until_an_hour_has_passed() -> None:
    now = [0.0]
    quota = Quota(200, clock=lambda: now[0])
    for nth in range(200):
        quota.take("anna", f"file {nth}")
    with pytest.raises(InputError, match="200 different files"):
        quota.take("anna", "file 200")
    quota.take("bert", "file 200")  # another visitor is not held up
    now[0] = HOUR_S + 1.0
    quota.take("anna", "file 200")


def test_the_same_file_again_costs_nothing() -> None:
    quota = Quota(1)
    for _ in range(3):
        quota.take("anna", "one")
    with pytest.raises(InputError, match="minutes"):
        quota.take("anna", "two")


def test_the_server_keeps_the_limit_of_its_operator() -> None:
    assert QUOTA._most == SETTINGS.limit_files_hour == 200  # noqa: SLF001

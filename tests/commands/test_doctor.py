"""The doctor's word is one document, and its status says whether the main job can run."""

import json
import sys

import pytest

from app import cli
from app.services import doctor
from app.services.doctor import Check


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["kerbwatt", "doctor", *words])
    with pytest.raises(SystemExit) as end:
        cli.main()
    return int(end.value.code or 0)


@pytest.mark.parametrize(("needed", "status"), [(True, 1), (False, 0)])
def test_only_what_is_needed_decides(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    needed: bool,
    status: int,
) -> None:
    check = Check("x", "X", "missing", "not there", "get one", needed=needed)
    monkeypatch.setattr(doctor, "examine", lambda: [check])
    assert run(monkeypatch) == status
    caught = capsys.readouterr()
    assert "MISSING  X: not there (get one)" in caught.out
    assert run(monkeypatch, "--json") == status
    answer = json.loads(capsys.readouterr().out)
    assert answer["status"] == ("broken" if needed else "ok")
    assert answer["checks"][0]["key"] == "x"

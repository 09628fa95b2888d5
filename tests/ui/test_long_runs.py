"""Long runs of one visitor: they wait for each other and do not end each other."""

from threading import Event

import pytest

from app.core.project import Project
from app.core.scenario import Scenario
from app.services.jobs import Job, Jobs
from app.services.projects import load_project
from app.ui import impact_runs, impact_view, state


@pytest.fixture
def town() -> Project:
    return load_project("sampletown")


def test_the_weeks_do_not_end_the_year(town: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    go, jobs = Event(), Jobs()
    kept: dict[str, Job[object]] = {}
    monkeypatch.setattr(impact_runs, "JOBS", jobs)
    monkeypatch.setattr(impact_view, "JOBS", jobs)
    monkeypatch.setattr(impact_runs, "simulate_all", lambda *_args, **_more: go.wait(30))
    monkeypatch.setattr(state, "visitor", lambda: "somebody")
    monkeypatch.setattr(state, "remember_job", kept.__setitem__)
    monkeypatch.setattr(state, "keep", lambda *_args: None)
    for horizon in ("year", "design_weeks"):
        impact_runs._start(town, Scenario(), horizon, "question")  # noqa: SLF001  # what the button calls
    assert not kept["year"].cancelled
    assert impact_view.doing(kept["design_weeks"]) == "Waiting; long runs before this one: 1"
    kept["design_weeks"].cancel()
    go.set()
    assert kept["year"].wait(30)
    assert kept["year"].succeeded
    assert kept["design_weeks"].cancelled
    jobs.close()

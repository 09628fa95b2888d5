"""Everybody gets the same week, and a plain loop answers what the engine answers."""

import importlib
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from app.core.engine.result import Options
from app.core.engine.run import run
from app.paths import ROOT


@pytest.fixture
def peers(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks" / "peers"))
    names = ("workload", "plain", "compare")
    return SimpleNamespace(**{name: importlib.import_module(name) for name in names})


def test_the_week_is_seeded_and_no_charger_serves_two_at_once(
    peers: SimpleNamespace, tmp_path: Path
) -> None:
    week = peers.workload.draw()
    peers.workload.save(week, tmp_path / "week.json")
    assert peers.workload.load(tmp_path / "week.json") == week == peers.workload.draw()
    by_charger = sorted(week.stays, key=lambda stay: (stay.charger, stay.arrival))
    for one, other in pairwise(by_charger):
        assert one.charger != other.charger or one.departure < other.arrival


def test_a_plain_loop_and_the_engine_draw_the_same_load(peers: SimpleNamespace) -> None:
    week = peers.workload.draw()
    ours = peers.compare.to_ours(week)
    nothing, unknown = np.zeros((5, ours.clock.steps)), np.full(5, np.nan)
    told = run("uncontrolled", ours.sessions, nothing, unknown, ours.clock, Options())
    np.testing.assert_allclose(told.ev_kw.sum(axis=0), peers.plain.simulate(week, "greedy"), 1e-4)


def test_spreading_to_departure_delivers_everything(peers: SimpleNamespace) -> None:
    week = peers.workload.draw()
    wanted = sum(stay.energy_kwh for stay in week.stays)
    given = sum(peers.plain.simulate(week, "balanced")) * peers.workload.STEP_H
    assert given == pytest.approx(wanted)


def test_copies_of_the_week_are_more_of_the_same(peers: SimpleNamespace) -> None:
    week = peers.workload.draw()
    copies = peers.compare.to_ours(week, across=2, weeks=3)
    assert len(copies.sessions) == 6 * len(week.stays)
    assert copies.sessions.rows == 10
    assert copies.steps == 6 * week.session_steps


def test_other_energy_gets_no_ratio(peers: SimpleNamespace) -> None:
    compare, week = peers.compare, peers.workload.draw()
    ours = compare.Best(0.001, 1000.0, 10.0)
    best = {"plain:greedy": compare.Best(1.0, 994.0, 10.0)}
    best |= {f"{size}:uncontrolled": ours for size in ("small", "big")}
    each = next(one for one in compare.CONTESTANTS if one.key == "plain:greedy")
    assert compare._ratios(each, week, best, week.session_steps) is None  # noqa: SLF001
    best["plain:greedy"].kwh = 996.0
    assert compare._ratios(each, week, best, week.session_steps) == pytest.approx((1e3, 1e3))  # noqa: SLF001

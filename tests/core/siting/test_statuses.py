"""Sites on their way from a suggestion to a post."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.by_hand import Added, Moved
from app.core.errors import InputError
from app.core.scenario import Scenario
from app.core.siting.statuses import (
    STATUSES,
    WAY,
    Site,
    Step,
    honour,
    merge,
    public_class,
    suggest,
    turn,
)

DAYS = [f"2027-0{month}-01" for month in range(1, 10)]


def site(*statuses: str, **facts: object) -> Site:
    """Take a site through statuses, one a month."""
    steps = [Step(day, each, "AB", "why") for day, each in zip(DAYS, statuses, strict=False)]
    first = Site("c1", "Square", 10.0, 20.0, 4, tuple(steps) or (Step(DAYS[0], "suggested"),))
    return replace(first, **facts)  # type: ignore[arg-type]


def test_the_whole_way_is_open() -> None:
    found = site(*WAY)
    assert [step.status for step in found.history] == list(WAY)
    assert found.now.status == "realised"


@given(st.lists(st.sampled_from(STATUSES), min_size=1, max_size=8))
def test_a_list_never_goes_back_but_over_an_objection_a_move_or_a_drop(way: list[str]) -> None:
    try:
        found = site(*way)
    except InputError:
        return
    for before, after in zip(found.history, found.history[1:], strict=False):
        back = (
            before.status in WAY
            and after.status in WAY
            and WAY.index(after.status) < WAY.index(before.status)
        )
        assert not back or before.status == "objected"
        assert (before.status, after.status) != ("realised", "moved")


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        (("decided", "proposed"), "status proposed: it was decided"),
        (("realised", "moved"), "what is realised stands"),
        (("built",), "wanted one of suggested"),
    ],
)
def test_what_cannot_have_been_is_refused(statuses: tuple[str, ...], said: str) -> None:
    with pytest.raises(InputError, match=said):
        site(*statuses)


@pytest.mark.parametrize("status", ["moved", "dropped"])
def test_moves_and_drops_say_why(status: str) -> None:
    with pytest.raises(InputError, match="reason"):
        turn(site("proposed"), Step(DAYS[5], status), x=1.0, y=2.0)


def test_days_follow_each_other_and_exist() -> None:
    with pytest.raises(InputError, match="before 2027-02-01"):
        turn(site("proposed", "published"), Step("2026-12-31", "decided"))
    for day in ("2027-02-30", "1 May", "", "20270101"):
        with pytest.raises(InputError, match="date"):
            turn(site("proposed"), Step(day, "decided"))


def test_a_moved_site_keeps_its_id_its_history_and_its_objections() -> None:
    before = site("published", "objected", objections=3)
    after = turn(before, Step(DAYS[4], "moved", "AB", "a root"), x=15.0, y=25.0)
    assert (after.id, after.objections, after.x, after.y) == ("c1", 3, 15.0, 25.0)
    assert after.history[:2] == before.history
    assert turn(after, Step(DAYS[5], "published")).was_moved
    with pytest.raises(InputError, match="needs status moved"):
        turn(before, Step(DAYS[4], "decided"), x=15.0, y=25.0)


def test_nothing_new_adds_nothing_to_history() -> None:
    before = site("proposed")
    assert turn(before, before.now, objections=2) == replace(before, objections=2)


def test_the_plan_holds_to_the_list() -> None:
    sites = [
        site("decided", id="in"),
        site("realised", id="built"),
        site("dropped", id="out"),
        site("published", id="open"),
        site("published", "objected", "moved", "decided", id="moved", x=1.0, y=2.0),
        site("proposed", id="new"),
        site("dropped", id="gone", x=None, y=None),
    ]
    known = dict.fromkeys(["in", "built", "out", "open", "moved"])
    found = honour(Scenario(excluded=("in",)), sites, known)
    assert set(found.locked) == {"in", "built", "moved"}
    assert found.excluded == ("out",)
    assert found.moved == (Moved("moved", 1.0, 2.0),)
    assert found.added == (Added("Square", 10.0, 20.0, 4, "new"),)
    assert dict(found.reasons)["out"] == "dropped 2027-01-01 AB why"
    assert honour(found, sites, known) == found


def test_a_site_taken_up_again_is_excluded_no_more() -> None:
    out = honour(Scenario(), [site("dropped")], {"c1": None})
    assert out.excluded == ("c1",)
    assert honour(out, [site("dropped", "suggested")], {"c1": None}) == Scenario()


def test_a_site_nobody_finds_is_not_dropped_silently() -> None:
    with pytest.raises(InputError, match="lost: no such candidate"):
        honour(Scenario(), [site("decided", id="lost", x=None, y=None)], {})


def test_the_public_map_shows_no_more_than_is_decided() -> None:
    classes = {status: public_class(site(status)) for status in STATUSES}
    assert classes["realised"] == "existing"
    assert classes["decided"] == "ordered"
    assert classes["dropped"] == ""
    assert {classes[each] for each in WAY[:5]} == {"early"}
    assert public_class(site("suggested", by_request=True)) == "requested"


def test_a_new_plan_adds_to_the_list_and_changes_nothing_on_it() -> None:
    kept = (site("decided"),)
    fresh = suggest([("c1", "other", 0.0, 0.0, 2), ("c2", "New", 1.0, 1.0, 2)], DAYS[0], {"c2"})
    assert merge(kept, fresh) == (*kept, fresh[1])
    assert fresh[1].by_request

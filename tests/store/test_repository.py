"""What is saved comes back equal, on every database, and nothing else does."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.core.errors import InputError
from app.core.scenario import Scenario
from app.store.database import Database
from app.store.identity import LENGTH, is_id, new_id
from app.store.repository import PROGRAM_VERSION, Repository

MOVED = Scenario(
    v2g_share=0.4, strategy="pause", weights=(("walk", 2.0),), locked=("a", "b"), year=2035
)


def test_a_scenario_comes_back_equal_with_its_facts(repository: Repository) -> None:
    layers = {"grid": "ab" * 32}
    saved = repository.save(
        MOVED,
        project="utrecht",
        name="  Pauses   first ",
        created_by="Ann",
        note="n",
        layers=layers,
    )
    found = repository.get(saved.id)
    assert found.scenario == MOVED
    assert (found.name, found.project, found.created_by) == ("Pauses first", "utrecht", "Ann")
    assert found.layers == layers
    assert found.program_version == PROGRAM_VERSION
    assert found.created.tzinfo is UTC
    assert "budget_eur" not in found.content  # only what differs is kept


def test_a_taken_name_is_refused_with_a_proposal(repository: Repository) -> None:
    repository.save(Scenario(), project="utrecht", name="Plan")
    repository.save(Scenario(), project="utrecht", name="plan (2)")
    with pytest.raises(InputError, match=r"'PLAN \(3\)' is free"):
        repository.save(MOVED, project="utrecht", name="PLAN")
    assert repository.free_name("utrecht", "plan") == "plan (3)"
    assert repository.save(MOVED, project="oslo", name="Plan").name == "Plan"
    assert len(repository.list("utrecht")) == 2


def test_renaming_keeps_the_id_and_may_change_only_the_case(repository: Repository) -> None:
    kept = repository.save(MOVED, project="utrecht", name="plan")
    repository.save(MOVED, project="utrecht", name="other")
    assert repository.rename(kept.id, "Plan").name == "Plan"
    with pytest.raises(InputError, match="is free"):
        repository.rename(kept.id, "OTHER")
    assert repository.get(kept.id).name == "Plan"


def test_a_copy_knows_its_parent_and_leaves_it_alone(repository: Repository) -> None:
    parent = repository.save(MOVED, project="utrecht", name="Plan")
    copy = repository.duplicate(parent.id)
    repository.update(copy.id, Scenario(year=2040))
    assert (copy.name, copy.parent_id) == ("Plan (2)", parent.id)
    assert repository.get(copy.id).scenario == Scenario(year=2040)
    assert repository.get(parent.id).scenario == MOVED


def test_the_bin_gives_back_for_thirty_days(
    repository: Repository, pass_days: Callable[[float], None]
) -> None:
    kept = repository.save(MOVED, project="utrecht", name="Plan")
    repository.delete(kept.id)
    with pytest.raises(InputError, match="No scenario"):
        repository.get(kept.id)
    assert repository.list("utrecht") == []
    assert [each.id for each in repository.list(binned=True)] == [kept.id]
    repository.save(Scenario(), project="utrecht", name="Plan")  # the name is free again
    assert repository.restore(kept.id).name == "Plan (2)"
    repository.delete(kept.id)
    pass_days(29)
    assert repository.purge() == 0
    pass_days(2)
    assert repository.purge() == 1
    with pytest.raises(InputError, match="in the bin"):
        repository.restore(kept.id)


def test_the_list_is_newest_first_and_found_by_part_of_the_name(repository: Repository) -> None:
    first = repository.save(Scenario(), project="utrecht", name="100% smart")
    second = repository.save(Scenario(), project="utrecht", name="İstanbul_Ümit")
    repository.save(Scenario(), project="oslo", name="smart")
    assert [each.id for each in repository.list("utrecht")] == [second.id, first.id]
    repository.annotate(first.id, "looked at")
    assert [each.id for each in repository.list("utrecht")] == [first.id, second.id]
    assert [each.id for each in repository.list("utrecht", search="SMART")] == [first.id]
    assert [each.id for each in repository.list(search="0% s")] == [first.id]
    assert repository.list("utrecht", search="0_ s") == []  # a wildcard is a plain letter here
    assert [each.id for each in repository.list(search="l_üm")] == [second.id]


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "tab\x00", "\u202e"])
def test_names_nobody_could_read_are_refused(repository: Repository, name: str) -> None:
    with pytest.raises(InputError, match="name"):
        repository.save(Scenario(), project="utrecht", name=name)


def test_an_id_of_a_stranger_finds_nothing(repository: Repository) -> None:
    for key in ("", "' OR 1=1 --", "x" * 10_000, new_id(datetime(2026, 1, 1, tzinfo=UTC))):
        with pytest.raises(InputError, match="No scenario"):
            repository.get(key)


def test_a_lever_of_a_newer_program_spoils_only_its_own_row(
    repository: Repository, database: Database
) -> None:
    newer = repository.save(MOVED, project="utrecht", name="newer")
    with database.change() as session:
        session.execute(text("""UPDATE scenarios SET content = '{"warp": 9}'"""))
    repository.save(Scenario(), project="utrecht", name="ours")
    assert len(repository.list("utrecht")) == 2
    with pytest.raises(InputError, match="'warp'"):
        _ = repository.get(newer.id).scenario


def test_two_who_save_the_same_name_at_once_get_one_row(repository: Repository) -> None:
    def save(_: int) -> bool:
        try:
            repository.save(MOVED, project="utrecht", name="Plan")
        except InputError:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        saved = list(pool.map(save, range(8)))
    assert sum(saved) == 1
    assert len(repository.list("utrecht")) == 1


@settings(
    derandomize=True,
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=12))
def test_any_order_of_verbs_keeps_names_apart(
    repository: Repository, steps: list[tuple[int, int]]
) -> None:
    for verb, number in steps:
        live, binned = repository.list("model"), repository.list("model", binned=True)
        if verb <= 1:
            name = repository.free_name("model", f"plan {number}")
            repository.save(Scenario(lots=number + 1), project="model", name=name)
        elif verb == 2 and live:
            repository.duplicate(live[number % len(live)].id)
        elif verb == 3 and live:
            repository.delete(live[number % len(live)].id)
        elif verb == 4 and binned:
            repository.restore(binned[number % len(binned)].id)
        names = [each.name.casefold() for each in repository.list("model")]
        assert len(names) == len(set(names))
        total = len(names) + len(repository.list("model", binned=True))
        assert total == len(live) + len(binned) + (verb <= 1 or (verb == 2 and bool(live)))


def test_ids_sort_by_the_moment_and_never_repeat() -> None:
    # 2026-01-01T00:00:00Z is 1,767,225,600,000 ms = 01KDVDNA00 in base 32
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    ids = {new_id(moment) for _ in range(200)}
    assert len(ids) == 200
    assert all(each.startswith("01KDVDNA00") and is_id(each) for each in ids)
    assert min(ids) > new_id(datetime(2025, 12, 31, tzinfo=UTC))
    assert not is_id("I" * LENGTH)

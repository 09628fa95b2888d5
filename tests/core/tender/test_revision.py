"""What changed between two packs can be applied, and is said in words."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import InputError
from app.core.tender.revision import applied, cells, changes
from app.core.tender.sealed import SealedPack

SITE = {
    "location_id": "UTR-0012", "revision": "1", "lot_code": "1", "address": "Kade",
    "x_local": "100", "y_local": "200", "lat": "52.1", "lon": "5.1", "n_charge_points": "4",
    "power_kw_point": "11.0", "station_kw": "44.0",
}  # fmt: skip
CLAUSE = {
    "id": "SMC-05", "level": "must", "text": "Exceptions pay.", "parameters": "fee=0.05;hours=3",
    "selected": "yes", "reason_in_words": "fits", "checked_by": "",
}  # fmt: skip
TEXT = st.text(st.sampled_from("ab |\"'=→\n"), max_size=3)


def _pack(
    sites: list[dict[str, str]], clauses: list[dict[str, str]], **facts: object
) -> SealedPack:
    told = {"project": "utrecht", "edition": "public", "model": "concession", "v2g_phase": 2}
    told |= {"date": "2027-01-15", "revision": 1} | facts
    tables = {
        "sites": pd.DataFrame(sites, columns=list(SITE), dtype=str),
        "requirements": pd.DataFrame(clauses, columns=list(CLAUSE), dtype=str),
    }
    return SealedPack("p.zip", told, tables)


def test_by_hand_a_place_that_moved_grew_and_changed_lots() -> None:
    # 21 m east and 28 m north is 35 m
    now = SITE | {"x_local": "121", "y_local": "228", "lat": "52.2", "lon": "5.2"}
    now |= {"n_charge_points": "6", "lot_code": "2", "station_kw": "66.0", "revision": "2"}
    found = changes(_pack([SITE], [CLAUSE]), _pack([now], [CLAUSE], revision=2))
    assert found.words == (
        "Site UTR-0012 moved 35 m, 4 → 6 points, lot 1 → lot 2, 44.0 → 66.0 kW in all.",
    )
    assert found.totals["points"] == (4.0, 6.0)
    assert found.ids("sites", "changed") == ["UTR-0012"]
    assert list(found.cells["in_words"]).count(found.words[0]) == 1


def test_what_many_places_share_is_told_once() -> None:
    sites = [SITE | {"location_id": f"U-{at}", "address": "Kade"} for at in range(6)]
    now = [each | {"address": "Laan"} for each in sites]
    now[2] |= {"n_charge_points": "8"}
    found = changes(_pack(sites, [CLAUSE]), _pack(now, [CLAUSE]))
    assert found.words == ("6 sites: address Kade → Laan.", "Site U-2 4 → 8 points.")
    assert len(found.ids("sites", "changed")) == 6
    assert (found.told("sites"), found.told("requirements")) == (2, 0)


def test_windows_are_told_by_calendar_and_what_changed_by_window() -> None:
    def calendar(lot: str, limit: str) -> SealedPack:
        head = {"profile_id": "TL-1", "direction": "import", "asset_id": "", "lot_code": lot}
        rows = [
            head | {"months": "1;2", "day_type": day, "start": "16:00", "limit_kw": limit}
            for day in ("workday", "sunday")
        ]
        pack = _pack([SITE], [])
        tables = {**pack.tables, "traffic_light": pd.DataFrame(rows, dtype=str)}
        return SealedPack("p.zip", pack.manifest, tables)

    assert changes(calendar("1", "4.1"), calendar("2", "4.1")).words == (
        "Calendar TL-1, lot 1: 2 windows were removed.",
        "Calendar TL-1, lot 2: 2 windows were added.",
    )
    assert changes(calendar("1", "4.1"), calendar("1", "3.7")).words == (
        "Calendar TL-1, lot 1, sunday from 16:00: limit kw 4.1 → 3.7.",
        "Calendar TL-1, lot 1, workday from 16:00: limit kw 4.1 → 3.7.",
    )
    assert changes(_pack([SITE], []), calendar("1", "4.1")).words[-1].endswith("were added.")


def test_places_that_came_and_left_are_named() -> None:
    other = SITE | {"location_id": "UTR-0013", "address": "unknown"}
    found = changes(_pack([SITE], []), _pack([other], []))
    assert found.words == (
        "Site UTR-0012 was removed: Kade, 4 points, 11.0 kW a point, lot 1, 44.0 kW in all.",
        "Site UTR-0013 was added: 4 points, 11.0 kW a point, lot 1, 44.0 kW in all.",
    )


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ({"text": "Other."}, "Clause SMC-05: reworded."),
        ({"parameters": "fee=0.08;hours=3"}, "Clause SMC-05: fee 0.05 → 0.08."),
        ({"level": "should"}, "Clause SMC-05: level must → should."),
        ({"checked_by": "A. Visser"}, "Clause SMC-05: checked by A. Visser."),
        (
            {"selected": "no", "reason_in_words": "dropped by a person"},
            "Clause SMC-05 was dropped from the annex: dropped by a person.",
        ),
    ],
)
def test_clauses_are_told_by_what_changed(now: dict[str, str], words: str) -> None:
    assert changes(_pack([SITE], [CLAUSE]), _pack([SITE], [CLAUSE | now])).words == (words,)


def test_a_new_number_of_issue_alone_is_no_change() -> None:
    found = changes(
        _pack([SITE], [CLAUSE]), _pack([SITE | {"revision": "2"}], [CLAUSE], revision=2)
    )
    assert found.nothing
    assert found.cells.empty


def test_another_model_is_a_change_even_with_the_same_rows() -> None:
    found = changes(_pack([SITE], [CLAUSE]), _pack([SITE], [CLAUSE], model="direct"))
    assert found.words == ("Model: concession → direct.",)
    assert not found.nothing


def test_packs_of_two_projects_are_refused_but_not_two_states_of_one() -> None:
    with pytest.raises(InputError, match=r"'delft'.*only packs of one project"):
        changes(_pack([SITE], []), _pack([SITE], [], project="delft"))
    assert changes(_pack([SITE], []), _pack([SITE], [], project="utrecht--0123abcd")).nothing


def test_columns_of_one_edition_only_are_named_not_compared() -> None:
    one, two = _pack([SITE], []), _pack([SITE], [])
    two.tables["sites"]["note"] = "secret"
    assert changes(one, two).words == ("Not compared, in one pack only: sites note.",)


@st.composite
def _tables(draw: st.DrawFn) -> dict[str, pd.DataFrame]:
    found = {}
    for name, keys, more in (
        ("sites", ["location_id"], ["lot_code", "note"]),
        ("lots", ["lot_code"], ["kw"]),
        (
            "traffic_light",
            ["profile_id", "direction", "asset_id", "lot_code", "months", "day_type", "start"],
            ["limit_kw"],
        ),
    ):
        filled = st.text(st.sampled_from('ab|"'), min_size=1, max_size=2)
        key = st.tuples(*[filled] * len(keys))
        rows = draw(st.lists(st.tuples(key, st.tuples(*[TEXT] * len(more))), max_size=4))
        kept = dict(rows)
        listed = [dict(zip([*keys, *more], [*k, *v], strict=True)) for k, v in kept.items()]
        found[name] = pd.DataFrame(listed, columns=[*keys, *more], dtype=str)
    return found


@settings(deadline=None, max_examples=40)
@given(old=_tables(), new=_tables())
def test_the_changes_applied_to_the_old_pack_give_the_new_one(
    old: dict[str, pd.DataFrame], new: dict[str, pd.DataFrame]
) -> None:
    listed = cells(old, new)
    again = applied(old, listed)
    for name, table in new.items():
        ours = again[name].to_dict("records")
        assert sorted(map(str, ours)) == sorted(map(str, table.to_dict("records")))
    assert cells(again, new).empty
    assert cells(new, new).empty
    assert len(listed) == len(cells(new, old))

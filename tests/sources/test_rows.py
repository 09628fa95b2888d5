"""Ids stay with their rows, values are plausible, and each row says how sure it is."""

from collections.abc import Callable
from typing import Any

import pytest

from app.sources.problems import LISTED, arrange, problem, rows_text

Collection = Callable[..., dict[str, Any]]


def at(step: int) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [5.1 + step / 1000, 52.1]}


def codes(found: Any, severity: str = "") -> set[str]:  # noqa: ANN401
    problems = found.of(severity) if severity else found.problems
    return {problem.code for problem in problems}


def test_the_first_unique_and_complete_column_is_the_id(
    take: Any,  # noqa: ANN401
    collection: Collection,
) -> None:
    rows = [({"station_nr": 7, "id": k, "headroom_kw": 9}, at(k)) for k in (1, 2)]
    found = take(collection(*rows))
    assert found.layer.frame["asset_id"].tolist() == ["1", "2"]
    assert found.layer.frame["station_nr"].tolist() == [7, 7]


def test_another_unique_code_helps_where_the_id_repeats(
    take: Any,  # noqa: ANN401
    collection: Collection,
) -> None:
    rows = [({"id": 1, "meterRef": f"m{k}", "headroom_kw": 9}, at(k)) for k in (1, 2)]
    found = take(collection(*rows))
    assert found.layer.frame["asset_id"].tolist() == ["m1", "m2"]
    assert "ID-OTHER" in codes(found)


def test_ids_made_here_do_not_change_with_the_order_of_rows(
    take: Any,  # noqa: ANN401
    collection: Collection,
) -> None:
    rows = [({"name": name, "headroom_kw": 9}, at(k)) for k, name in enumerate("abc")]
    first, second = (take(collection(*order)) for order in (rows, rows[::-1]))
    ids = first.layer.frame["asset_id"].tolist()
    assert second.layer.frame["asset_id"].tolist() == ids[::-1]
    assert all(value.startswith("grid-") for value in ids)
    assert "ID-GENERATED" in codes(first)


def test_exact_repeats_are_merged_and_others_told_apart(
    take: Any,  # noqa: ANN401
    collection: Collection,
) -> None:
    rows = [("p", 5, 1), ("p", 5, 1), ("p", 7, 1), ("p", 5, 9), ("q", 1, 2)]
    features = [({"parking_id": name, "spaces": n}, at(step)) for name, n, step in rows]
    found = take(collection(*features), "parking")
    assert found.layer.frame["parking_id"].tolist() == ["p", "p-2", "p-3", "q"]
    assert found.mapping.set_aside == (2,)
    assert {"ID-MERGED", "ID-SUFFIX"} <= codes(found, "warning")


def test_repeated_ids_of_districts_and_grid_are_errors(
    take: Any,  # noqa: ANN401
    collection: Collection,
) -> None:
    found = take(collection(*(({"asset_id": "a", "headroom_kw": k}, at(k)) for k in (1, 2))))
    (duplicate,) = [p for p in found.of("error") if p.code == "ID-DUPLICATE"]
    assert "rows 1–2" in duplicate.message


def test_an_id_beyond_every_counter_is_refused(
    take: Any,  # noqa: ANN401
    collection: Collection,
) -> None:
    found = take(collection(({"asset_id": 2**63, "headroom_kw": 9}, at(1))))
    assert "ID-TOOBIG" in codes(found, "error")
    big = take(collection(({"asset_id": 2**60 + 1, "headroom_kw": 9}, at(1))))
    assert big.layer.frame["asset_id"].tolist() == [str(2**60 + 1)]


def test_every_row_says_how_sure_it_is(take: Any, collection: Collection) -> None:  # noqa: ANN401
    features = [
        ({"asset_id": "a", "headroom_kw": 5}, at(1)),
        ({"asset_id": "b", "capacity_kw": 400, "peak_load_kw": 340}, at(2)),
        ({"asset_id": "c"}, at(3)),
        ({"asset_id": "d", "capacity_kw": -1, "peak_load_kw": 3}, at(4)),
    ]
    found = take(collection(*features))
    frame = found.layer.frame.set_index("asset_id")
    assert frame["status"].to_dict() == {
        "a": "measured",
        "b": "estimated",
        "c": "unknown",
        "d": "unknown",
    }
    assert frame.loc["b", "headroom_kw"] == 60
    assert frame.loc[["c", "d"], "headroom_kw"].isna().all()  # unknown never becomes room
    chargers = take(collection(({"id": "x"}, at(1))), "chargers").layer.frame
    assert chargers[["points", "status"]].to_numpy().tolist() == [[1.0, "default"]]


def test_what_the_source_calls_estimated_stays_estimated(
    take: Any,  # noqa: ANN401
    collection: Collection,
) -> None:
    rows = [("a", "estimated"), ("b", None), ("c", "measured")]
    features = [
        ({"asset_id": name, "headroom_kw": 5, "status": said}, at(k))
        for k, (name, said) in enumerate(rows)
    ]
    found = take(collection(*features))
    assert found.layer.frame["status"].tolist() == ["estimated", "measured", "measured"]
    assert "status (file)" not in found.layer.frame


@pytest.mark.parametrize(
    ("kind", "row", "code"),
    [
        ("grid", {"headroom_kw": -5}, "VAL-NEGATIVE"),
        ("grid", {"headroom_kw": 0.5}, "VAL-UNIT"),
        ("grid", {"headroom_kw": 60_000, "level": "trafo"}, "VAL-UNIT"),
        ("grid", {"capacity_kw": 100, "peak_load_kw": 250}, "VAL-DOUBTFUL"),
        ("grid", {"headroom_kw": 5, "constraint": "purple"}, "VAL-CHOICE"),
        ("parking", {"spaces": 12_603}, "VAL-DOUBTFUL"),
        ("parking", {"spaces": 0}, "VAL-DOUBTFUL"),
        ("parking", {"spaces": 2.5}, "VAL-DOUBTFUL"),
        ("chargers", {"power_kw": 0}, "VAL-UNUSABLE"),
        ("chargers", {"power_kw": 2_000}, "VAL-UNIT"),
        ("chargers", {"power_kw": 150, "current_type": "AC 3"}, "VAL-DOUBTFUL"),
    ],
)
def test_a_doubtful_value_is_a_warning(
    kind: str,
    row: dict[str, Any],
    code: str,
    take: Any,  # noqa: ANN401
    collection: Collection,
) -> None:
    found = take(collection(({"id": "x", **row}, at(1))), kind)
    assert code in codes(found, "warning")
    assert found.accepted


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("parking", {"spaces": -1}),
        ("parking", {"spaces": 100_001}),
        ("chargers", {"points": 1_001}),
        ("grid", {"headroom_kw": 1_000_001}),
        ("grid", {"headroom_kw": 5, "queue_kw": -1}),
    ],
)
def test_an_impossible_value_refuses_the_file_by_row(
    kind: str,
    row: dict[str, Any],
    take: Any,  # noqa: ANN401
    collection: Collection,
) -> None:
    found = take(collection(({"id": "x", **row}, at(1))), kind)
    assert [(p.code, p.row) for p in found.of("error")] == [("VAL-RANGE", 1)]


def test_shares_in_percent_are_divided_and_words_become_ours(
    take: Any,  # noqa: ANN401
    collection: Collection,
) -> None:
    box = {
        "type": "Polygon",
        "coordinates": [[[5.1, 52.1], [5.11, 52.1], [5.11, 52.11], [5.1, 52.11], [5.1, 52.1]]],
    }
    row = {"district_id": "a", "name": "A", "multifamily_share": 62.0, "cars": 900}
    found = take(collection((row | {"households": 100}, box)), "districts")
    assert found.layer.frame["multifamily_share"].tolist() == [0.62]
    assert {"VAL-PERCENT", "VAL-DOUBTFUL"} <= codes(found)
    lot = {"parking_id": "p", "spaces": 9, "type": "Garage parkeren", "open_24h": "ja"}
    parking = take(collection((lot, at(1))), "parking").layer.frame
    assert parking[["kind", "open_24h"]].to_numpy().tolist() == [["garage", True]]
    colour = {"asset_id": "g", "congestie": "Rood"}
    grid = take(collection((colour, at(1)))).layer.frame
    assert grid[["constraint", "status"]].to_numpy().tolist() == [["red", "unknown"]]


def test_nested_properties_are_opened_one_level(
    take: Any,  # noqa: ANN401
    collection: Collection,
) -> None:
    row = {"id": "p", "capacity": {"total": 18, "ev_charging": 2}, "tags": [1, 2]}
    found = take(collection((row, at(1))), "parking")
    assert found.layer.frame[["spaces", "ev_spaces"]].to_numpy().tolist() == [[18, 2]]
    assert found.layer.frame["tags"].tolist() == ["[1, 2]"]


def test_defaults_are_said_once_each(take: Any, collection: Collection) -> None:  # noqa: ANN401
    small = take(collection(({"asset_id": "a", "headroom_kw": 300}, at(1))))
    large = take(collection(({"asset_id": "a", "capacity_kw": 40_000}, at(1))))
    assert small.layer.frame["level"].tolist() == ["transformer"]
    assert large.layer.frame["level"].tolist() == ["substation"]
    said = [p for p in small.problems if p.code == "COL-DEFAULT"]
    assert [p.column for p in said] == ["level"]
    assert small.mapping.column("level").why == "default"


def test_sessions_are_checked_against_their_own_power(take: Any) -> None:  # noqa: ANN401
    head = "session_id,arrival,departure,energy_kwh,max_power_kw\n"
    fine = "1,2026-01-05T18:00+01:00,2026-01-05T20:00+01:00,20,11\n"
    assert take(head + fine, "sessions").problems == ()
    much = take(head + fine.replace(",20,", ",40,"), "sessions")
    assert codes(much, "warning") == {"VAL-DOUBTFUL"}
    back = take(head + fine.replace("T20", "T17"), "sessions")
    assert "VAL-ORDER" in codes(back, "error")


def test_row_numbers_are_said_briefly() -> None:
    assert rows_text([3, 7, 8, 9, 12]) == "3, 7–9, 12"
    assert rows_text([]) == ""
    assert rows_text(list(range(1, 200, 2))).endswith(" and 60 more")


def test_the_twenty_first_problem_of_a_kind_is_summed_up() -> None:
    many = [problem("GEO-NAN", row=row) for row in range(1, LISTED + 6)]
    said = arrange(reversed(many))
    assert len(said) == LISTED + 1
    assert [p.row for p in said[:LISTED]] == list(range(1, LISTED + 1))
    assert "5 more rows (21–25)" in said[-1].message


def test_a_strangers_text_in_a_sentence_cannot_steer_a_terminal() -> None:
    said = problem("COL-DUPLICATE", column="\x1b[2J" + "x" * 999)
    assert "\x1b" not in said.message
    assert len(said.message) < 500

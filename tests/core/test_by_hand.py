"""Places set by hand, as links and files bring them."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.by_hand import Added, Moved
from app.core.changes import canonical, from_changes, to_changes
from app.core.errors import InputError
from app.core.scenario import Scenario
from app.core.words import diff, label, sentences, summary

TEXT = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=9)
METRES = st.floats(-1e7, 1e7)
PLACES = st.lists(
    st.builds(Added, TEXT, METRES, METRES, st.integers(1, 12), TEXT),
    unique_by=lambda each: each.key,
    max_size=4,
)
MOVES = st.lists(st.builds(Moved, TEXT, METRES, METRES), unique_by=lambda each: each.id, max_size=4)
REASONS = st.dictionaries(TEXT, TEXT, max_size=4).map(lambda found: tuple(found.items()))


@settings(deadline=None)
@given(PLACES, MOVES, REASONS)
def test_what_was_done_by_hand_survives_a_file(
    added: list[Added], moved: list[Moved], reasons: tuple[tuple[str, str], ...]
) -> None:
    asked = Scenario(added=tuple(added), moved=tuple(moved), reasons=reasons)
    read = from_changes(json.loads(canonical(to_changes(asked))))
    assert read == asked
    assert hash(read) == hash(asked)
    assert [each.key for each in read.added] == [each.key for each in added]


FINE: dict[str, list[object]] = {
    "added": ["Square", 1.0, 2.0, 4, ""],
    "moved": ["c1", 1.0, 2.0],
    "reasons": ["c1", "asked for by the neighbours"],
}


@pytest.mark.parametrize(
    ("field", "at", "value"),
    [
        ("added", 0, ""),
        ("added", 0, "x" * 201),
        ("added", 0, "a\nb"),
        ("added", 1, float("nan")),
        ("added", 1, 1e9),
        ("added", 1, True),
        ("added", 2, "2"),
        ("added", 3, 0),
        ("added", 3, 2.5),
        ("added", 3, 1001),
        ("added", 4, 7),
        ("moved", 0, 3),
        ("moved", 2, float("inf")),
        ("reasons", 1, " "),
        ("reasons", 1, None),
    ],
)
def test_nonsense_of_a_stranger_is_refused(field: str, at: int, value: object) -> None:
    row = list(FINE[field])
    assert from_changes({field: [row]}).changes()
    row[at] = value
    with pytest.raises(InputError):
        from_changes({field: [row]})
    for shape in (row[:-1], "text", 3, {"name": "x"}):
        with pytest.raises(InputError):
            from_changes({field: [shape]})


@pytest.mark.parametrize("field", list(FINE))
def test_nothing_is_set_by_hand_twice(field: str) -> None:
    with pytest.raises(InputError, match="more than once"):
        from_changes({field: [FINE[field], FINE[field]]})


def test_an_id_of_its_own_outlives_a_name_and_a_place() -> None:
    assert Added("a", 1, 2, 4, "c9").key == "c9"
    assert Added("a", 1, 2, 4).key == Added("b", 1, 2, 8).key
    assert Added("a", 1, 2, 4).key != Added("a", 1, 3, 4).key


def test_words_name_places_and_moves() -> None:
    one = Scenario(added=(Added("Square", 1, 2, 4, "c1"),), moved=(Moved("c2", 5, 6),))
    two = one.but(moved=(Moved("c2", 5, 7),), reasons=(("c2", "a tree"),))
    assert sentences(Scenario(), one)[:2] == [
        "Places added by hand: Square (4 points, c1) added.",
        "Places moved by hand: c2 to 5.0 6.0 added.",
    ]
    assert "c2 to 5.0 7.0 added" in sentences(one, two)[0]
    assert [each.name for each in diff(one, two)] == ["moved", "reasons"]
    assert "Square" in summary(one)
    assert "places added by hand (1)" in label(one, Scenario())

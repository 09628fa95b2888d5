"""One tree of plain words: no level skipped, no row too short, nothing that steers."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import InputError
from app.core.tender.document import (
    Bullets,
    Document,
    Figure,
    Heading,
    Paragraph,
    Section,
    Table,
    clean,
)

titles = st.text("aé# 1", min_size=1, max_size=8).map(lambda text: f"T{text}")
sections = st.recursive(
    st.builds(Section, titles, st.just(())),
    lambda inner: st.builds(
        Section, titles, st.lists(inner | st.builds(Paragraph, titles), max_size=3).map(tuple)
    ),
    max_leaves=8,
)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.lists(sections, min_size=1, max_size=3))
def test_no_heading_skips_a_level(found: list[Section]) -> None:
    document = Document("T", "S", "en", "2027-01-15", "K", (), tuple(found))
    levels = [block.level for block in document.flow() if isinstance(block, Heading)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.text(max_size=30))
def test_what_is_left_is_printable_and_on_one_line(text: str) -> None:
    assert clean(text).isprintable()
    assert clean(clean(text)) == clean(text)


def test_marks_that_turn_the_line_around_are_gone_and_signs_are_kept() -> None:
    assert clean("a\u202eb\u2066\x00 c\n\td\ud800") == "ab c d"
    assert clean("# $x$ *a* 🚲 שלום ő") == "# $x$ *a* 🚲 שלום ő"


def test_every_block_is_cleaned() -> None:
    table = Table("t\n", ("a\x00",), (("b\u202e",),))
    assert (table.title, table.head, table.rows) == ("t", ("a",), (("b",),))
    assert table.longest == (1,)
    assert Bullets(("x\ny",)).items == ("x y",)


def test_a_row_that_does_not_fit_and_a_picture_without_words_are_refused() -> None:
    with pytest.raises(InputError, match="needs the 2 cells of its head"):
        Table("Lots", ("a", "b"), (("1",),))
    with pytest.raises(InputError, match="needs a title"):
        Section("\u202e\n", ())
    with pytest.raises(InputError, match="needs an alternative text"):
        Figure("Map", " \u200b", {})

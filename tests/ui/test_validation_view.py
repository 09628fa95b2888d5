"""Whatever was computed for a published figure is drawn, listed and counted."""

from app.core.validation import MET, MISSED, OPEN, Check, Published
from app.services.validation import load_checks, load_setups
from app.ui import validation_view

NEAR = Published("near", "Near", 10.0, 9.0, 11.0, "kW", "flexpower", "kerbwatt", "as it is")
SHAPE = Published("shape", "Shape", 10.0, None, None, "kW", "flexpower", "kerbwatt", "")
CHECKS = (
    Check(NEAR, 10.5, "2026-01-01", "a note"),
    Check(NEAR, 12.0, "2026-01-01", ""),
    Check(SHAPE, 20.0, "2026-01-01", ""),
    Check(SHAPE, None, "", ""),
)


def test_the_sentence_counts_every_verdict() -> None:
    said = validation_view.sentence(CHECKS)
    assert "4 figures" in said
    assert "meets 1, misses 1 and leaves 2 open" in said


def test_the_picture_marks_what_was_computed_and_nothing_else() -> None:
    bars, *marks = validation_view.picture(CHECKS).data
    assert len(bars.y) == 2  # only figures with a range get a bar
    assert (bars.base[0], bars.x[0]) == (90, 20)  # 9 to 11 of 10 kW
    found = {mark.name: list(mark.x) for mark in marks}
    assert found == {MET: [105], MISSED: [120], OPEN: [200]}


def test_the_table_has_a_row_for_every_figure_with_its_reason() -> None:
    table = validation_view.table(CHECKS)
    assert len(table) == 4
    assert table["Note"].iloc[0] == "a note; as it is"
    assert table["Deviation [%]"].tolist()[:3] == [5, 20, 100]
    assert len(validation_view.table(load_checks())) == len(load_checks())


def test_every_value_of_a_parameter_set_is_listed_with_its_letter() -> None:
    found = validation_view.given()
    assert len(found) == sum(len(setup.values) for setup in load_setups().values())
    assert set(found["Confidence"]) <= {"A", "B", "C"}

"""What a page offers of a case is what a terminal gives, and nothing in a file runs."""

import json
import shlex
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.core.cases import CASES
from app.core.cases.base import Answer, Said, Table, document
from app.core.cases.coverage import AREAS, NOTHING, coverage
from app.core.cases.inputs import File, Typed
from app.core.errors import InputError
from app.services import cases


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("wedge", {"gap_mw": "300.5", "measure": ("pause=60", "v2g=7.7")}),
        ("depot", {"rest": ("biogas=0.7", "hydrogen=0.3"), "buses": "61"}),
        ("regulation", {"law": "an act; and 'more'", "allow_v2b": "yes"}),
        ("market", {"required": "ocpp, dc_v2g"}),
    ],
)
def test_the_line_of_the_page_answers_the_same(key: str, typed: dict[str, Typed]) -> None:
    case = CASES[key]
    words = shlex.split(cases.command(case, typed))
    assert words[0] == "kerbwatt"
    run = CliRunner().invoke(cli, words[1:])
    assert run.exit_code == 0, run.output
    assert json.loads(run.stdout) == json.loads(json.dumps(document(*cases.answer(case, typed))))


def test_what_equals_our_default_is_nobodys_word() -> None:
    case = CASES["wedge"]
    ours = ("smart=90", "pause=60.0", "v2g=7.70")
    assert cases.changed(case, {"gap_mw": "250.0", "measure": ours, "series": None}) == {}
    assert cases.changed(case, {"gap_mw": "250.1"}) == {"gap_mw": "250.1"}
    assert cases.changed(case, {"gap_mw": "many"}) == {"gap_mw": "many"}, "refused later, not lost"


def test_a_table_runs_nothing_in_a_spreadsheet() -> None:
    table = Table(("Name", "kW"), (("=1+1", -2.5), ("plain", None)))
    text = cases.table_csv(Answer({}, Said("1"), table))
    assert text.splitlines() == ["Name,kW", "'=1+1,-2.5", "plain,"]


def test_a_file_that_is_no_text_is_refused_by_its_name() -> None:
    with pytest.raises(InputError, match=r"photo\.csv: this file is not text"):
        cases.as_file("photo.csv", b"\xff\xfe\x00")
    assert cases.as_file("a.csv", b"\xef\xbb\xbfkw\n") == File("a.csv", "kw\n")
    with pytest.raises(InputError, match="choose from wedge"):
        cases.find_case("no-such")


def test_an_area_without_a_case_says_so_and_none_is_invented() -> None:
    rows = {row[0]: row[1:] for row in coverage(CASES.values()).rows}
    assert set(AREAS) <= set(rows)
    for area in ("Eindhoven", "Toulouse", "Munich area", "Gothenburg"):
        assert set(rows[area]) == {NOTHING}
    assert "Closing a shortage of power" in rows["Utrecht"][1]
    titles = [title for cells in rows.values() for cell in cells for title in cell.split("; ")]
    assert {case.title for case in CASES.values()} <= set(titles), "each case has its place"


def test_a_refusal_is_one_sentence_and_status_two() -> None:
    code = "from app.cli import main; main()"
    words = ["case", "depot", "--efficiency", "1.2", "--json"]
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr == "kerbwatt: --efficiency: 1.2 is outside 0 to 1\n"
    assert not done.stdout

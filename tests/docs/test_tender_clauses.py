"""What the page on clauses says can be done."""

import re
from pathlib import Path

from app.core.scenario import Scenario
from app.services.requirements import edits_of, from_file, to_file

DOC = Path(__file__).parents[2] / "docs" / "tender-clauses.md"


def test_its_file_is_read_and_written_again() -> None:
    (text,) = re.findall(r"```toml\n(.*?)```", DOC.read_text("utf-8"), re.DOTALL)
    asked = from_file(Scenario(), text)
    edits = edits_of(asked)
    assert edits["SMC-05"].confirmed == ("surcharge_eur_kwh",)
    assert edits["TEC-01"].signed
    assert edits["KPI-05"].drop_reason
    assert from_file(Scenario(), to_file(asked)) == asked
    assert not edits_of(Scenario()), "nothing is changed by reading"

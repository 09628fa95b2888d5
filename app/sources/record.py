"""What was decided about one file, in plain values: kept beside the layer it became."""

from typing import Any

from app.sources.answers import Answers
from app.sources.intake import Intake
from app.sources.mapping_file import fingerprint, reusable
from app.sources.problems import rows_text
from app.sources.text import clean

LONGEST_NAME = 200


def record(found: Intake, answers: Answers, *, name: str, program: str) -> dict[str, Any]:
    """Write down the file, its seal, every decision, every repair and every row set aside."""
    mapping = found.mapping
    return {
        "file": clean(name)[0][:LONGEST_NAME],
        "sha256": mapping.sha256,
        "format": mapping.format,
        "crs": mapping.crs,
        "program": program,
        "rows_read": mapping.rows_read,
        "rows_kept": mapping.rows_kept,
        "set_aside": rows_text(mapping.set_aside),
        "fingerprint": fingerprint(found.kind, mapping.headers),
        "answers": reusable(answers).table(),
        "columns": [
            {"column": c.column, "header": c.header, "why": c.why, "unit": c.unit,
             "factor": c.factor}
            for c in mapping.columns
        ],
        "problems": [
            {"code": p.code, "severity": p.severity, "row": p.row, "column": p.column,
             "message": p.message}
            for p in found.problems
        ],
    }  # fmt: skip

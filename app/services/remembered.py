"""Use-case: a mapping that was made once is used again for files with the same columns.

It belongs to the project, not to the server: it is kept with the accepted layer, travels along
when other layers change, and whoever opens the project has it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, TypeAlias

import pandas as pd

from app.core.errors import InputError
from app.core.project import Project
from app.services.store import store
from app.sources.answers import Answers
from app.sources.intake import Intake
from app.sources.record import record

MOST = 20  # mappings kept per kind, the newest first
MAPPINGS = "mappings"
Record: TypeAlias = dict[str, Any]


def remembered(project: Project, kind: str, fingerprint: str) -> Answers | None:
    """Return what was said of these columns in this project before; None where nothing was."""
    for kept in records(project).get(kind, {}).get(MAPPINGS, ()):
        if fingerprint and kept.get("fingerprint") == fingerprint:
            try:
                return Answers.read(kept["answers"])
            except (InputError, KeyError):  # written by another version
                return None
    return None


def records(project: Project) -> Mapping[str, Mapping[str, Any]]:
    """Return per kind how its file became the layer; nothing for bundled cities and folders.

    A stored project has the digest of its content in its name.
    """
    return store().projects.records(project.slug) if "--" in project.slug else {}


def provenance(project: Project) -> pd.DataFrame:
    """List the layers for an annex: source, licence, seal of the file, and how it was read."""
    known = records(project)
    rows = []
    for kind, layer in sorted(project.layers.items()):
        made = known.get(kind, {})
        rows.append(
            {
                "layer": kind,
                "origin": layer.origin,
                "licence": layer.licence,
                "as_of": layer.as_of,
                "coordinate_system": layer.source_crs or "unknown",
                "rows": len(layer.frame),
                "file": made.get("file", ""),
                "file_sha256": made.get("sha256", ""),
                "rows_read": str(made.get("rows_read", "")),
                "rows_set_aside": made.get("set_aside", ""),
                "columns": "; ".join(_spoken(column) for column in made.get("columns", ())),
                "findings": _counted(made.get("problems", ())),
                "layer_digest": layer.digest,
            }
        )
    return pd.DataFrame(rows)


def _spoken(column: Mapping[str, Any]) -> str:
    """Say one decision: ours, theirs, and the factor where there is one."""
    times = "" if column["factor"] == 1 else f" (× {column['factor']:g})"
    return f"{column['column']} = {column['header'] or column['why']}{times}"


def _counted(problems: Sequence[Mapping[str, Any]]) -> str:
    """Count what was found by its code; the sentences name rows and are not for everybody."""
    return ", ".join(
        f"{code} {n}" for code, n in sorted(Counter(p["code"] for p in problems).items())
    )


def new_record(
    found: Intake, answers: Answers, *, name: str, columns: str, before: Mapping[str, Any]
) -> Record:
    """Write down an accepted file, and its mapping on top of those that were known.

    ``columns`` is the fingerprint of the file as it was read before anybody said anything.
    """
    made = record(found, answers, name=name, program=version("kerbwatt"))
    mine = {"fingerprint": columns, "answers": made["answers"]}
    earlier = [m for m in before.get(MAPPINGS, ()) if m.get("fingerprint") != columns]
    return made | {MAPPINGS: [mine, *earlier][:MOST] if made["answers"] else earlier}

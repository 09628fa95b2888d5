"""Use-case: a mapping that was made once is used again for files with the same columns.

It belongs to the project, not to the server: it is kept with the accepted layer, travels along
when other layers change, and whoever opens the project has it.
"""

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, TypeAlias

from app.core.errors import InputError
from app.core.project import Project
from app.services.projects import bundled
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
    """Return per kind how its file became the layer; nothing for a city that comes bundled."""
    return {} if project.slug in bundled() else store().projects.records(project.slug)


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

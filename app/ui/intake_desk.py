"""A file on its way in: which one, what was said of it, and what the quarantine found."""

from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import PurePath

import streamlit as st

from app.core.errors import InputError
from app.core.project import Project
from app.services.jobs import FILES, Job
from app.services.load_layer import load_layer
from app.services.remembered import remembered
from app.sources.answers import Answers
from app.sources.intake import Intake
from app.sources.mapping_file import fingerprint
from app.ui import cached, capacity_view, state
from app.ui.state import Upload
from app.ui.text import _, plain
from app.ui.uploads import taken

TYPES = ["geojson", "json", "gpkg", "zip", "csv", "tsv", "txt", "xlsx", "parquet", "geoparquet",
         "feather", "fgb", "xml"]  # fmt: skip
LARGE = 14_000_000  # bytes of GeoJSON; read while the visitor watches, what is larger as a job
WEIGHT = {".xlsx": 8, ".zip": 5, ".gpkg": 2, ".parquet": 4, ".geoparquet": 4, ".fgb": 2}


@dataclass(frozen=True, slots=True, eq=False)
class Desk:
    """All there is to know about one file that nobody has accepted yet."""

    project: Project
    upload: Upload
    kind: str
    columns: str
    answers: Answers
    found: Intake
    first: bool = False

    @property
    def key(self) -> str:
        """Where what was said of this file is kept."""
        return memory(self.project, self.kind, self.upload, self.columns)

    @property
    def area(self) -> Project | None:
        """The project the file must lie in; none for the first map of a city."""
        return None if self.first else self.project


def uploader(name: str, label: str) -> Upload | None:
    """Take a file; it stays until it is accepted or put away."""
    found = st.file_uploader(
        label,
        type=TYPES,
        key=f"{name}_{state.value(_turn(name), 0)}",
        help=_(
            "At most 100 MB. National capacity maps (JSON), OCPI and DATEX II registers are "
            "recognised. Nothing is kept before you accept it."
        ),
    )
    return taken(found)


def put_away(name: str) -> None:
    """Empty an uploader."""
    state.keep(_turn(name), state.value(_turn(name), 0) + 1)


def _turn(name: str) -> str:
    return f"{name}_turn"


def lay_out(
    project: Project, kind: str, upload: Upload, *, name: str, first: bool = False
) -> Desk | None:
    """Read a file; None while a large one is still being read, or where reading was cancelled.

    It is read as it is first: its columns tell whether somebody has mapped the like before.
    """
    area = None if first else project
    plainly = _read(upload, kind, area, Answers(), f"{name}_first")
    if plainly is None:
        return None
    columns = fingerprint(kind, plainly.mapping.headers)
    kept: Answers | None = state.value(memory(project, kind, upload, columns))
    said = kept if kept is not None else remembered(project, kind, columns) or Answers()
    found = plainly
    if said != Answers():
        again = _read(upload, kind, area, said, f"{name}_again")
        if again is None:
            return None
        found = again
    second = capacity_view.second_map(found, project.slug)
    if second is not None:
        found = cached.intake(upload, kind, area, said, second)
    return Desk(project, upload, kind, columns, said, found, first)


def memory(project: Project, kind: str, upload: Upload, columns: str) -> str:
    """Name what was said: by the set of columns, so that a corrected file finds it again."""
    base = project.slug.partition("--")[0]
    return f"answers_{base}_{kind}_{columns or upload.digest[:16]}"


def say(desk: Desk, answers: Answers) -> None:
    """Keep what was said of a file."""
    state.keep(desk.key, answers)


def _read(
    upload: Upload, kind: str, area: Project | None, answers: Answers, name: str
) -> Intake | None:
    weight = WEIGHT.get(PurePath(upload.name.lower()).suffix, 1)
    if len(upload.content) * weight <= LARGE:
        return cached.intake(upload, kind, area, answers)
    title = f"{upload.digest}|{upload.name}|{kind}|{area.digest if area else ''}|{answers!r}"
    job: Job[Intake] | None = state.job(name)
    if job is None or job.title != title:
        job = _start(upload, kind, area, answers, name, title)
    if job.done:
        return _finished(job)
    _watch(job, name)
    return None


def _start(  # noqa: PLR0913, PLR0917  # what a reading is made of
    upload: Upload, kind: str, area: Project | None, answers: Answers, name: str, title: str
) -> Job[Intake]:
    work = partial(load_layer, BytesIO(upload.content), kind, area, answers, upload.name)
    owner = f"{state.visitor()}|{name}"
    job = FILES.submit(lambda report: work(report=report), owner=owner, title=title)
    state.remember_job(name, job)
    return job


def _finished(job: Job[Intake]) -> Intake | None:
    if job.succeeded:
        return job.result()
    if job.cancelled:
        st.info(_("Reading was cancelled. Put the file away, or drop it again."))
        return None
    raise job.error or InputError("The file could not be read.")


def _watch(job: Job[Intake], name: str) -> None:
    """Show how far the reading is, until it is over."""

    @st.fragment(run_every=0.5)
    def progress() -> None:
        if job.done:
            st.rerun()
        text = _("Reading: {what}").format(what=plain(_(job.doing)))
        st.progress(job.progress, text=text)
        st.button(_("Cancel"), on_click=job.cancel, key=f"{name}_cancel")

    progress()

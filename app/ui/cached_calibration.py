"""What is kept of calibrations between reruns."""

import hashlib

import streamlit as st

from app.core.project import Project
from app.core.scenario import Scenario
from app.services import calibrate, observed_example, setting
from app.services.calibrate import OCCUPANCY, Calibration
from app.services.load_layer import limits
from app.sources.own_open import Dropped
from app.ui import cached
from app.ui.state import Upload
from app.ui.text import _

LEVERS = tuple(name for name in setting.DRIVERS if name != "year")  # the file tells the year


@st.cache_resource(max_entries=16, hash_funcs=cached.by_digest, show_spinner=False)
def _found(project: Project, scenario: Scenario, upload: Upload, kind: str) -> Calibration:
    source = Dropped(upload.name, upload.content, upload.digest, limits())
    run = calibrate.from_occupancy if kind == OCCUPANCY else calibrate.from_sessions
    return run(project, scenario, source)


def found(project: Project, scenario: Scenario, upload: Upload, kind: str) -> Calibration:
    """Hold the model against a file, once per file and question. Shared: read-only."""
    with st.spinner(_("Holding the model against the file")):
        return _found(project, scenario.only(*LEVERS), upload, kind)


@st.cache_resource(max_entries=8, hash_funcs=cached.by_digest, show_spinner=False)
def example(project: Project) -> Upload:
    """Make up sessions for a project, as if a visitor had dropped them."""
    content = observed_example.example_sessions(project, Scenario())
    return Upload("example-sessions.csv", content, hashlib.sha256(content).hexdigest())

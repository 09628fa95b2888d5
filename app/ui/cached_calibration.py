"""What is kept of calibrations between reruns."""

import streamlit as st

from app.core.project import Project
from app.core.scenario import Scenario
from app.services import calibrate, setting
from app.services.calibrate import Answer, Kind
from app.services.calibrate_examples import example
from app.sources.own_open import Dropped
from app.ui import cached
from app.ui.uploads import dropped

hash_funcs = {**cached.by_digest, Dropped: lambda file: (file.digest, file.name)}


@st.cache_resource(max_entries=16, hash_funcs=hash_funcs, show_spinner="…")
def _answer(project: Project, scenario: Scenario, file: Dropped, kind: Kind) -> Answer:
    return calibrate.answer(project, scenario, file, kind)


def answer(project: Project, scenario: Scenario, file: Dropped, kind: Kind) -> Answer:
    """Hold the model against a file, once per question. Shared: read-only."""
    asked = calibrate.without(scenario).only(*setting.DRIVERS)
    return _answer(project, asked, file, kind)


@st.cache_resource(max_entries=8, hash_funcs=cached.by_digest, show_spinner=False)
def worked(project: Project, kind: Kind) -> Dropped:
    """Invent a file to show a calibration on, once per city."""
    return dropped(f"synthetic-{kind}.csv", example(project, kind))

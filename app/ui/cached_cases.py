"""What is kept of the cases between reruns."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

import streamlit as st

from app.core.cases import CASES
from app.core.cases.base import Answer
from app.core.cases.given import Given
from app.core.cases.inputs import File, Typed
from app.core.project import Project
from app.services import case_maps, cases
from app.ui import cached

BY_CONTENT: dict[str | type[Any], Callable[[Any], Any]] = {
    File: lambda file: f"{file.name} {sha256(file.text.encode()).hexdigest()}"
}


@st.cache_resource(max_entries=256, hash_funcs=BY_CONTENT, show_spinner=False)
def _answer(key: str, typed: tuple[tuple[str, Typed], ...]) -> tuple[Given, Answer]:
    return cases.answer(CASES[key], dict(typed))


@st.cache_resource(max_entries=16, hash_funcs=cached.by_digest, show_spinner=False)
def from_map(project: Project, kind: str) -> File:
    """Write the map of a city as the table a case reads, once per map."""
    return case_maps.from_map(project, kind)


def answer(key: str, typed: Mapping[str, Typed]) -> tuple[Given, Answer]:
    """Answer a case once per question. Shared: read-only."""
    return _answer(key, tuple(sorted(typed.items())))

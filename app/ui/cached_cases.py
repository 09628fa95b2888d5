"""What is kept of the cases between reruns."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

import streamlit as st

from app.core.cases import CASES
from app.core.cases.base import Answer
from app.core.cases.given import Given
from app.core.cases.inputs import File, Typed
from app.services import cases

BY_CONTENT: dict[str | type[Any], Callable[[Any], Any]] = {
    File: lambda file: f"{file.name} {sha256(file.text.encode()).hexdigest()}"
}


@st.cache_resource(max_entries=256, hash_funcs=BY_CONTENT, show_spinner=False)
def _answer(key: str, typed: tuple[tuple[str, Typed], ...]) -> tuple[Given, Answer]:
    return cases.answer(CASES[key], dict(typed))


def answer(key: str, typed: Mapping[str, Typed]) -> tuple[Given, Answer]:
    """Answer a case once per question. Shared: read-only."""
    return _answer(key, tuple(sorted(typed.items())))

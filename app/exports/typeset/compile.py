"""Set a template of ours with data as a tagged PDF: no word of a user is ever source text."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any

import matplotlib as mpl
import typst

from app.exports.paper.page import drawable

BREAKABLE, PIECE = 40, 24  # characters: a longer word may break, so that it stays on the page
BREAK = "\u200b"  # no width


def tagged_pdf(template: str, told: Mapping[str, object], pictures: Mapping[str, bytes]) -> bytes:
    """Set ``<template>.typ`` with ``told`` as data, as PDF/UA-1; equal input, equal bytes.

    Parameters
    ----------
    told
        Plain data with ``day``, the ISO date the file states; every text is made drawable.
    pictures
        File name to SVG.
    """
    source = (files("app.exports.typeset") / f"{template}.typ").read_bytes()
    data = json.dumps(drawn(told), ensure_ascii=False).encode()
    set_type: Any = typst.compile  # its types do not know files in memory
    compiled: bytes = set_type(
        {"main.typ": source, "document.json": data, **pictures},
        format="pdf",
        font_paths=_faces(),
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        timestamp=datetime.fromisoformat(f"{told['day']}T00:00:00").replace(tzinfo=UTC),
    )
    return compiled


def drawn(told: object) -> object:
    """Return plain data whose texts have a shape in our faces and fit a page."""
    if isinstance(told, str):
        return " ".join(_broken(word) for word in drawable(told).split(" "))
    if isinstance(told, Mapping):
        return {key: drawn(value) for key, value in told.items()}
    if isinstance(told, (list, tuple)):
        return [drawn(value) for value in told]
    return told


def _broken(word: str) -> str:
    if len(word) <= BREAKABLE:
        return word
    return BREAK.join(word[start : start + PIECE] for start in range(0, len(word), PIECE))


@cache
def _faces() -> typst.Fonts:
    """Return the faces that come with typst and with the drawing library: the same everywhere."""
    folder = f"{mpl.get_data_path()}/fonts/ttf"
    return typst.Fonts(include_system_fonts=False, font_paths=[folder])

"""A file a visitor gives, counted before anybody reads it."""

import hashlib
from typing import Protocol

import streamlit as st

from app.core.errors import InputError
from app.services.load_layer import limits
from app.services.quota import QUOTA
from app.services.scan import scan
from app.settings import SETTINGS
from app.sources.own_open import Dropped
from app.ui import state
from app.ui.state import Upload
from app.ui.text import plain


class Given(Protocol):
    """What an uploader hands over."""

    @property
    def name(self) -> str:
        """Name of the file, as the visitor calls it."""

    def getvalue(self) -> bytes:
        """Return its content."""


def taken(file: Given | None) -> Upload | None:
    """Take a file; nothing, and a sentence on the page, where the visitor gave too many."""
    if file is None:
        return None
    upload = Upload.of(file.name, file.getvalue())
    try:
        QUOTA.take(state.visitor(), upload.digest)
    except InputError as error:
        st.error(plain(str(error)))
        return None
    return upload


def dropped(name: str, content: bytes) -> Dropped:
    """Name a file by its content."""
    return Dropped(name, content, hashlib.sha256(content).hexdigest(), limits())


def keep_dropped(widget: str, key: str) -> None:
    """Keep what was dropped into ``widget`` under ``key``; nothing where it was taken out again.

    It outlives the widget, which forgets when the page is left. A file too many, or one that the
    scanner does not like, is told and changes nothing.
    """
    found: Given | None = state.value(widget)
    file = None if found is None else dropped(found.name, found.getvalue())
    if file is not None:
        try:
            QUOTA.take(state.visitor(), file.digest)
            scan(file.content, SETTINGS.scan_command)
        except InputError as error:
            state.tell(str(error))
            return
    state.keep(key, file)

"""A file a visitor gives, counted before anybody reads it."""

from typing import Protocol

import streamlit as st

from app.core.errors import InputError
from app.services.quota import QUOTA
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

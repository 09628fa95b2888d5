"""What a service says instead of data: found, cut short, and without our key in it."""

import html
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

QUOTED = 300
LOOK = 65_536
HEAD = 4_096
HIDDEN = "…"
SENTENCE = re.compile(
    r"<(?:\w+:)?(ExceptionText|ServiceException|text)\b[^>]*>\s*(.*?)\s*</", re.DOTALL
)
BEFORE = re.compile(r"\A(?:\s+|\ufeff|<\?xml.*?\?>|<!--.*?-->)+", re.DOTALL)
TROUBLED = ("ExceptionReport", "Acknowledgement_MarketDocument")


def quoted(body: Path, secrets: Iterable[str] = ()) -> str:
    """Quote the service's own sentence, cut short and harmless; empty where it says none."""
    with body.open("rb") as file:
        text = file.read(LOOK).decode("utf-8", "replace").strip()
    said = ""
    if text.startswith("{"):
        try:
            said = _sentence(json.loads(text))
        except (ValueError, RecursionError):
            said = ""
    elif text.startswith("<"):
        found = SENTENCE.search(text)
        said = found[2].removeprefix("<![CDATA[").removesuffix("]]>") if found else ""
    said = without(html.unescape(said), secrets)
    said = plain(said)
    return f": “{said[:QUOTED]}”" if said else ""


def plain(said: str) -> str:
    """Write a stranger's words on one line, without letters that steer or hide."""
    return " ".join("".join(c if c.isprintable() else " " for c in said).split())


def without(text: str, secrets: Iterable[str]) -> str:
    """Take secrets out of a text, also where they are written as in an address."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        for form in (secret, quote(secret, safe=""), quote_plus(secret)):
            text = text.replace(form, HIDDEN)
    return text


def _sentence(said: Any) -> str:  # noqa: ANN401
    """Find the words of an error in a JSON answer."""
    if isinstance(said, dict):
        for key in ("description", "message", "error_message", "detail", "error"):
            if key in said:
                return _sentence(said[key])
        return ""
    return str(said) if isinstance(said, str | int) else ""


def no_data(body: Path, accept: str, media: str, secrets: Iterable[str] = ()) -> str:
    """Tell a page to log in, an exception or an error that comes as a success; empty for data."""
    with body.open("rb") as file:
        head = BEFORE.sub("", file.read(HEAD).decode("utf-8", "replace"))
    low = head.lower()
    page = low.startswith(("<!doctype html", "<html")) or (
        low.startswith("<") and media.partition(";")[0].strip().lower() == "text/html"
    )
    if page and "html" not in accept:
        return "answered with a web page instead of data"
    troubled = head.startswith("<") and any(word in head for word in TROUBLED)
    if troubled or re.match(r"""\{\s*"error"\s*:""", head):
        return f"refused{quoted(body, secrets)}"
    return ""

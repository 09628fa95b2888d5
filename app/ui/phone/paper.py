"""What a phone is sent: one page without any outside resource, which is a form without a script."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from html import escape
from importlib.resources import files

from app.core.workshop.ballot import LONGEST_WHY, Lever
from app.services.rooms import OPEN, Room, Vote

Words = Callable[[str], str]
Digits = Callable[[float], str]
FIELD = "lever_"


@cache
def _part(name: str) -> str:
    return (files(__package__) / name).read_text("utf-8").strip()


@cache
def headers() -> Mapping[str, str]:
    """Permit what the page itself brings, by digest, and nothing from elsewhere."""
    style, script = (
        f"'sha256-{base64.b64encode(hashlib.sha256(_part(name).encode()).digest()).decode()}'"
        for name in ("style.css", "script.js")
    )
    policy = (
        f"default-src 'none'; style-src {style}; script-src {script}; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


def document(lang: str, title: str, place: str, body: str, said: str = "") -> str:
    """Put a page together; every argument but ``body`` is text."""
    told = {"lang": lang, "title": title, "heading": title, "place": place, "said": said}
    filled = {key: escape(value) for key, value in told.items()}
    parts = {"style": _part("style.css"), "script": _part("script.js"), "body": body}
    return _part("page.html").format(**filled, **parts)


def form(room: Room, vote: Vote | None, token: str, _: Words, digits: Digits) -> str:
    """Write the question as a form; a lever left empty says nothing."""
    mine = vote.values if vote else {}
    fields = "\n".join(_field(lever, mine.get(lever.name), _, digits) for lever in room.levers)
    closed = _("This question is closed. The next one appears here by itself.")
    told = {
        "number": str(room.number),
        "closed": closed,
        "lost": _("The room does not answer; this phone keeps trying."),
        "gone": _("This room has ended. Thank you for coming."),
        "sending": _("Sending …"),
    }
    data = " ".join(f'data-{key}="{escape(value)}"' for key, value in told.items())
    why = escape(vote.why if vote else "")
    ask_why = escape(_("Why? One line, shown to the room without your name; may stay empty."))
    send = escape(_("Send my answer"))
    able = "" if room.status == OPEN else " disabled"
    return f"""<form method="post" action="/room/{room.code}/vote" {data}>
<input type="hidden" name="token" value="{escape(token)}">
{fields}
<label for="why">{ask_why}</label>
<input class="why" id="why" name="why" maxlength="{LONGEST_WHY}" value="{why}" autocomplete="off">
<p></p>
<button{able}>{send}</button>
</form>"""


def waiting(_: Words) -> str:
    """Say that the first question is still to come."""
    words = _("You are in. The first question appears here by itself; keep this page open.")
    return f"<p>{escape(words)}</p>"


def _field(lever: Lever, value: float | None, _: Words, digits: Digits) -> str:
    key = FIELD + lever.name
    unit = f" {_(lever.unit)}" if lever.unit else ""
    span = _("{low} to {high}{unit}, in steps of {step}. On the screen now: {start}.").format(
        low=digits(lever.low),
        high=digits(lever.high),
        unit=unit,
        step=digits(lever.step),
        start=digits(lever.start),
    )
    shown = "" if value is None else f"{value:.10g}"
    limits = f'min="{lever.low:.10g}" max="{lever.high:.10g}" step="{lever.step:.10g}"'
    begin = f"{lever.nearest(lever.start):.10g}" if value is None else shown
    mode = "numeric" if lever.whole else "decimal"
    label, ask = escape(_(lever.label)), escape(_("Your number"))
    return f"""<fieldset><legend>{label}</legend>
<p class="range" id="{key}_range">{escape(span)}</p>
<label for="{key}">{ask}</label>
<input type="number" inputmode="{mode}" id="{key}" name="{key}" data-lever="{lever.name}" {limits}
 value="{shown}" aria-describedby="{key}_range" autocomplete="off">
<input type="range" data-of="{key}" aria-label="{label}" {limits} value="{begin}" hidden>
</fieldset>"""

"""Text from strangers: which encoding it is in, and what does not belong in it."""

import re
import unicodedata

MARKUP = re.compile(r"<[a-z!/]", re.IGNORECASE)
FORMULA = re.compile(r"\A[=+\-@\t\r]")
PLAIN_NUMBER = re.compile(r"\A[+-]?[\d.,\s%]+\Z")
QUOTED = re.compile(r"\A'(?=[=+\-@\t\r])")
CENTRAL = {"HU": "cp1250", "PL": "cp1250", "CZ": "cp1250", "SK": "cp1250", "TR": "cp1254"}
MANY_NULS = 0.3
# C0 and C1 controls, direction overrides, zero-width and private-use characters, half characters.
CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
    "\ud800-\udfff\ue000-\uf8ff\U000f0000-\U0010ffff]"
)


def decode(content: bytes, *, said: str | None = None, country: str = "") -> tuple[str, str]:
    """Decode a file: what was said, its mark, UTF-8, or else the code page of the country.

    Returns the text and the name of the encoding.
    """
    if said:
        return content.decode(said, "replace"), said
    for mark, name in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(name, "replace"), name
    wide = _wide(content[:8192])
    if wide:
        return content.decode(wide, "replace"), wide
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        name = legacy(content, country)
        return content.decode(name, "replace"), name


def legacy(content: bytes, country: str) -> str:
    """Name the one-byte encoding that fits best."""
    high = sum(content.count(bytes([code])) for code in range(0x80, 0x100))
    mac = sum(content.count(bytes([code])) for code in range(0x8A, 0xA0))
    if high and mac > high / 2:
        return "mac-roman"
    return CENTRAL.get(country.upper(), "cp1252")


def clean(text: str) -> tuple[str, bool]:
    """Take characters out that deceive or break; returns the text and whether any was there."""
    plain = CONTROL.sub("", text)
    return unicodedata.normalize("NFC", plain).strip(), plain != text


def has_markup(text: str) -> bool:
    """Tell whether a text holds something like a tag."""
    return MARKUP.search(text) is not None


def begins_like_formula(text: str) -> bool:
    """Tell whether a spreadsheet would run this text."""
    return FORMULA.match(text) is not None and PLAIN_NUMBER.match(text) is None


def unquote(text: str) -> str:
    """Undo the mark with which exports make a formula harmless."""
    return QUOTED.sub("", text)


def _wide(head: bytes) -> str | None:
    half = max(1, len(head) // 2)
    even, odd = head[::2].count(0) / half, head[1::2].count(0) / half
    if odd > MANY_NULS:
        return "utf-16-le"
    return "utf-16-be" if even > MANY_NULS else None

"""Headers of strangers made comparable: accents, case, units and camel case fold away."""

import re
import unicodedata
from dataclasses import dataclass

LETTERS = str.maketrans(
    {
        "\u0131": "i",
        "ø": "o",
        "ł": "l",
        "ß": "ss",
        "æ": "ae",
        "đ": "d",
        "Ø": "o",
        "İ": "i",
        "²": "2",
    }
)
GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "ae", "Ö": "oe", "Ü": "ue"})
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
UNIT_WORDS = {
    "kw": "kW",
    "mw": "MW",
    "w": "W",
    "kva": "kVA",
    "mva": "MVA",
    "a": "A",
    "amp": "A",
    "ampere": "A",
    "kwh": "kWh",
    "wh": "Wh",
    "mwh": "MWh",
    "eur": "EUR",
    "euro": "EUR",
    "keur": "kEUR",
    "pct": "%",
    "percent": "%",
    "percentage": "%",
    "procent": "%",
    "eur_mwh": "EUR/MWh",
    "eur_per_mwh": "EUR/MWh",
    "eur_kwh": "EUR/kWh",
    "eur_per_kwh": "EUR/kWh",
    "ct_kwh": "ct/kWh",
    "m": "m",
    "cm": "cm",
    "kwh_day": "kWh",
    "year": "year",
    "h": "h",
}
DBF_LETTERS = 10
BRACKETS = re.compile(r"[(\[]\s*([^)\]]{1,12}?)\s*[)\]]")
IN_UNIT = re.compile(r"\s+in\s+([A-Za-z%/ ]{1,9})\s*$")


@dataclass(frozen=True, slots=True)
class Header:
    """A header in its folded forms: whole, and without its unit."""

    text: str
    full: frozenset[str]
    bare: frozenset[str]
    unit: str | None

    @property
    def only_unit(self) -> bool:
        """Whether the header is nothing but a unit, such as ``kW``."""
        return self.unit is not None and not any(self.bare)


def fold(text: str) -> str:
    """Fold a header: no accents, lower case, words joined by ``_``."""
    plain = unicodedata.normalize("NFKD", text.translate(LETTERS))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")


def parse_header(text: str) -> Header:
    """Read a header of a stranger."""
    unit, rest = _unit(text)
    full = frozenset({fold(text), fold(text.translate(GERMAN))})
    bare = frozenset({fold(rest), fold(rest.translate(GERMAN))})
    return Header(text, full, bare, unit)


def snake(text: str) -> str:
    """Fold a header, cutting camel case: ``locationId`` is ``location_id``."""
    return fold(CAMEL.sub("_", text))


def cut_short(header: Header, word: str) -> bool:
    """Tell whether a header is ``word`` cut after ten letters, as shapefiles do."""
    return len(header.text) == DBF_LETTERS < len(word) and fold(word[:DBF_LETTERS]) in header.full


def _unit(text: str) -> tuple[str | None, str]:
    """Find the unit a header ends in, and what is left without it."""
    for pattern in (BRACKETS, IN_UNIT):
        found = pattern.search(text)
        unit = "%" if found and found[1].strip() == "%" else None
        unit = unit or (UNIT_WORDS.get(fold(found[1])) if found else None)
        if found and unit:
            return unit, text[: found.start()] + " " + text[found.end() :]
    if text.rstrip().endswith("%"):
        return "%", text.rstrip()[:-1]
    words = fold(text).split("_")
    for length in (3, 2, 1):
        tail = "_".join(words[-length:])
        alone = len(words) == length
        if len(words) >= length and tail in UNIT_WORDS and (len(tail) > 1 or alone):
            return UNIT_WORDS[tail], " ".join(words[:-length])
    return None, text

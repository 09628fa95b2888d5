"""Which clauses belong in this tender, and why each other one does not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from app.core.errors import InputError
from app.core.tender.contradictions import Contradiction, contradictions
from app.core.tender.edits import Edit, Edits, apply
from app.core.tender.library import MODELS, PHASES, Library, Requirement

RAPID_KW = 50.0  # the law's own border between two sets of duties
BONUS, BONUS_ENDS_IN_PHASE = "V2G-01", 2
ROWS_OF = {"ppp": "hybrid"}  # a joint company is asked for what a hybrid is
POWER_KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(  # beside what the list holds
    {
        "planned": (),
        "normal": ("AC", "<50kW"),
        "fast": ("DC", ">=50kW"),
        "both": ("AC", "DC", "<50kW", ">=50kW"),
    }
)
COVERED = ("PARKING_GARAGE", "UNDERGROUND_GARAGE")
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "selected": "fits the operating model and the V2G phase",
        "law_in_force": "the law asks for it on the date of this pack, whatever the phase",
        "applies_from": "the law asks for it from a later day, before the last post is placed",
        "other_model": "not for this operating model",
        "later_phase": "belongs to a later V2G phase",
        "superseded_by_phase": "a bonus makes no sense for what is required",
        "not_yet_law": "the law asks for it only after the placement period",
        "no_matching_site": "no place in the list is of this kind",
        "other_power_class": "not for the power of points that is asked for",
        "dropped": "dropped by a person",
    }
)


@dataclass(frozen=True, slots=True)
class Choice:
    """One clause of the library, whether it is in, why, and for how many places.

    ``requirement`` is as edited; ``note`` is what a reader must be told beside it.
    """

    requirement: Requirement
    selected: bool
    reason: str
    sites_matching: int
    edit: Edit | None = None
    note: str = ""

    @property
    def edited(self) -> bool:
        """Whether a person changed its words or parameters."""
        return self.edit is not None and self.edit.changes_words

    @property
    def signed_off(self) -> str:
        """Who checked it and when; empty where nobody did."""
        if self.edit is None or not self.edit.signed:
            return ""
        return f"checked by {self.edit.checked_by} on {self.edit.checked_on}"

    @property
    def dropped_must(self) -> bool:
        """Whether a person took out what the library calls binding."""
        return self.reason == "dropped" and self.requirement.level == "must"

    @property
    def open_items(self) -> tuple[str, ...]:
        """What a person must still confirm in this clause, or about its being dropped."""
        if self.dropped_must:
            return self._unanswered()
        if not self.selected:
            return ()
        found = [
            f"{self.requirement.id} {each.name}: {each.open_words}"
            for each in self.requirement.parameters
            if each.open_words
        ]
        if self.edit is not None and self.edit.text is not None and not self.edit.signed:
            found.append(f"{self.requirement.id}: reworded, not signed off")
        return tuple(found)

    def _unanswered(self) -> tuple[str, ...]:
        edit, name = self.edit or Edit(), self.requirement.id
        reason = () if edit.drop_reason else (f"{name}: binding, dropped without a reason",)
        return reason if edit.signed else (*reason, f"{name}: binding, dropped without a sign-off")

    @property
    def legal_mark(self) -> str:
        """The words that go with the letter: they are never left out, only signed off."""
        if self.signed_off:
            return self.signed_off
        words = {"B": "secondary source", "C": "check with legal"}
        return words.get(self.requirement.confidence, "")


@dataclass(frozen=True, slots=True)
class Selection:
    """All clauses in the order of the library, chosen for one model, phase and date."""

    model: str
    phase: int
    day: date
    sites: int
    choices: tuple[Choice, ...]
    exclusions: tuple[Contradiction, ...] = ()

    @property
    def included(self) -> tuple[Choice, ...]:
        """The clauses of the annex."""
        return tuple(choice for choice in self.choices if choice.selected)

    @property
    def excluded(self) -> tuple[Choice, ...]:
        """The clauses left out, each with its reason."""
        return tuple(choice for choice in self.choices if not choice.selected)

    @property
    def table(self) -> pd.DataFrame:
        """Every clause as a row, left out or not: what ``requirements.csv`` and the page show."""
        return pd.DataFrame([_row(choice, self.sites) for choice in self.choices])

    @property
    def open_items(self) -> tuple[str, ...]:
        """What a person must still confirm: proposals of ours, empty values, contradictions."""
        found = [item for choice in self.choices for item in choice.open_items]
        return (*found, *self.contradictions)

    @property
    def contradictions(self) -> tuple[str, ...]:
        """Which selected clauses cannot both hold, in words."""
        return contradictions([choice.requirement for choice in self.included], self.exclusions)


def select(  # noqa: PLR0913
    library: Library,
    model: str,
    phase: int,
    *,
    sites: pd.DataFrame,
    pack_date: date,
    edits: Edits | None = None,
    exclusions: tuple[Contradiction, ...] = (),
    power_class: str = "planned",
) -> Selection:
    """Choose the clauses for ``model`` and ``phase``: a pure function of its arguments.

    Parameters
    ----------
    sites
        The location list: ``parking_type``, ``current_type``, ``power_kw_point``. A value that is
        not known counts as fitting: ignorance never drops a duty.
    exclusions
        The table of what cannot both hold; what of it holds is among the open items.
    power_class
        Points the contract is for: "planned" as in the list, else a key of ``POWER_KINDS``.

    Notes
    -----
    O(clauses x sites).
    """
    if model not in MODELS:
        raise InputError(f"no operating model {model!r}; choose from {', '.join(MODELS)}")
    if phase not in range(len(PHASES)):
        raise InputError(f"V2G phase {phase} is not one of 0 to {len(PHASES) - 1}")
    edits = edits or {}
    asked = [apply(each, edits[each.id]) if each.id in edits else each for each in library]
    deadline = placed_by(asked, pack_date)
    choices = []
    for clause in asked:
        matching = int(_fits(clause.applies_to, sites).sum())
        edit = edits.get(clause.id)
        reason = _reason(clause, model, phase, pack_date, deadline)
        if _is_in(reason):
            reason = _kept(clause.applies_to, matching, power_class) or reason
        if _is_in(reason) and edit is not None and edit.drop:
            reason = "dropped"
        note = f"applies from {clause.valid_from}" if reason == "applies_from" else ""
        if reason == "dropped" and edit is not None:
            note = f"dropped by a person: {edit.drop_reason or 'no reason given'}"
        choices.append(Choice(clause, _is_in(reason), reason, matching, edit, note))
    return Selection(model, phase, pack_date, len(sites), tuple(choices), exclusions)


def _row(choice: Choice, sites: int) -> dict[str, str]:
    clause, edit = choice.requirement, choice.edit or Edit()
    return {
        "id": clause.id,
        "topic": clause.topic,
        "level": clause.level,
        "models": ";".join(clause.models),
        "v2g_phase": str(clause.v2g_phase),
        "applies_to": clause.applies_to,
        "parameters": ";".join(f"{each.name}={each.value}" for each in clause.parameters),
        "text": clause.text,
        "source": clause.source,
        "confidence": clause.confidence,
        "verification": clause.verification,
        "lever": clause.lever,
        "selected": _yes(choice.selected),
        "reason": choice.reason,
        "reason_in_words": choice.note or REASONS[choice.reason],
        "sites_matching": f"{choice.sites_matching} of {sites}",
        "edited": _yes(choice.edited),
        "legal_check": _yes(clause.confidence == "C" and not choice.signed_off),
        "mark": choice.legal_mark,
        "checked_by": edit.checked_by,
        "checked_on": edit.checked_on,
        "confirmed": ";".join(edit.confirmed),
        "drop_reason": edit.drop_reason,
        "open": "; ".join(choice.open_items),
    }


def _yes(fact: bool) -> str:  # noqa: FBT001
    return "yes" if fact else "no"


def _is_in(reason: str) -> bool:
    return reason in {"selected", "law_in_force", "applies_from"}


def _reason(clause: Requirement, model: str, phase: int, day: date, deadline: date) -> str:
    if ROWS_OF.get(model, model) not in clause.models:
        return "other_model"
    if clause.valid_from and clause.valid_from <= day:
        return "law_in_force" if clause.v2g_phase > phase else "selected"
    if clause.v2g_phase > phase:
        return "later_phase"
    if clause.id == BONUS and phase >= BONUS_ENDS_IN_PHASE:
        return "superseded_by_phase"
    if clause.valid_from:
        return "applies_from" if clause.valid_from <= deadline else "not_yet_law"
    return "selected"


def _kept(kind: str, matching: int, power_class: str) -> str:
    """Say why a clause for one kind of place or point has nothing to speak of; empty if it has."""
    classed = kind in POWER_KINDS["both"] and power_class != "planned"
    if classed:
        return "" if kind in POWER_KINDS[power_class] else "other_power_class"
    return "" if matching or kind == "all" else "no_matching_site"


def placed_by(library: Sequence[Requirement], day: date) -> date:
    """Say until when posts are placed."""
    years = next((each.value("place_years") for each in library if each.id == "CON-01"), "")
    last = day.year + int(_number(years))
    return date(last, day.month, min(day.day, 28))


def _fits(kind: str, sites: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which places a clause speaks of."""
    if kind in {"all", "AC/DC"}:
        return np.ones(len(sites), bool)
    if kind in {"AC", "DC"}:
        return _one_of(sites["current_type"], (kind,))
    if kind in {">=50kW", "<50kW"}:
        power = pd.to_numeric(sites["power_kw_point"]).to_numpy(dtype=float)
        rapid = power >= RAPID_KW
        return np.asarray((rapid if kind == ">=50kW" else ~rapid) | np.isnan(power))
    if kind == "off-street":
        on_street = _one_of(sites["parking_type"], ("ON_STREET",))
        return ~on_street | _one_of(sites["parking_type"], ())
    return _one_of(sites["parking_type"], ("ON_STREET",) if kind == "on-street" else COVERED)


def _one_of(column: pd.Series, values: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    known = column.notna() & (column != "") & (column != "unknown")
    return np.asarray(column.isin(values) | ~known, dtype=bool)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0

"""What identifies a row: found, or made from name and place so that it stays when rows move."""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from app.core.schema import Kind
from app.sources.headers import cut_short, fold, parse_header, snake
from app.sources.plausible import plausible, synonyms
from app.sources.problems import Findings, rows_text

LOOKS_LIKE_ID = re.compile(r"(?:\A|_)(?:id|nr|code|uuid|ref)\Z")
LONGEST = 200
LARGEST = 2**63
MENDED = ("parking", "chargers", "sessions")  # kinds whose repeated ids are told apart
MERGED = ("parking", "chargers")  # and merged where place and content repeat, too
LETTERS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Ids:
    """Ids per row, which rows stay, and the header they came from (None: made here)."""

    values: Any
    keep: Any
    header: str | None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The rows to be named: text columns by header, shapes in metres, numbers in the file."""

    columns: dict[str, "pd.Series[Any]"]
    names: Any
    shapes: Any
    rows: Any
    content: pd.DataFrame


def id_headers(kind: Kind, headers: Sequence[str], answer: str | None, format_: str) -> list[str]:
    """List the headers that may hold ids, in order of preference."""
    if answer is not None:
        return [answer] if answer in headers else []
    parsed = [parse_header(header) for header in headers]
    words = (kind.id, *synonyms(kind.key).get(kind.id, ()))
    found = [h.text for word in words for h in parsed if word in h.full]
    if format_.startswith("shapefile"):
        found += [h.text for word in words for h in parsed if cut_short(h, word)]
    found += [h.text for h in parsed if LOOKS_LIKE_ID.search(snake(h.text))]
    return list(dict.fromkeys(found))


def known_ids(kind: Kind, headers: Sequence[str]) -> list[str]:
    """List the headers that are a known word for the id of this kind."""
    words = {kind.id, *synonyms(kind.key).get(kind.id, ())}
    return [
        header
        for header in headers
        if words & {fold(header), snake(header)} or cut_short(parse_header(header), kind.id)
    ]


def identify(kind: Kind, candidates: Sequence[str], rows: Rows, findings: Findings) -> Ids:
    """Choose the first candidate that is unique and complete; else mend, or make ids."""
    known = known_ids(kind, candidates) or list(candidates[:1] if len(candidates) == 1 else [])
    for header in candidates:
        values = rows.columns[header]
        if values.notna().all() and values.is_unique:
            if header not in known:
                findings.add("ID-OTHER", column=header)
            _too_big(values, findings)
            also = tuple(other for other in known if other != header)
            return Ids(values.to_numpy(object), np.ones(len(values), bool), header, also)
    usable = [header for header in known if rows.columns[header].notna().any()]
    if not usable:
        return _made(kind, rows, findings)
    best = max(usable, key=lambda header: (rows.columns[header].nunique(), -usable.index(header)))
    return _mended(kind, best, rows, findings)


def _made(kind: Kind, rows: Rows, findings: Findings) -> Ids:
    """Make ids from name and place."""
    findings.add("ID-GENERATED")
    values = np.array([_code(kind.key, key) for key in _keys(rows)], dtype=object)
    return _apart(kind, values, rows, None, findings)


def _mended(kind: Kind, header: str, rows: Rows, findings: Findings) -> Ids:
    """Report repeated and missing ids; merge or tell apart where that does no harm."""
    column = rows.columns[header]
    values = column.to_numpy(object).copy()
    missing = column.isna().to_numpy()
    _too_big(column.dropna(), findings)
    if kind.key not in MENDED:
        if missing.any():
            findings.add("ID-MISSING", column=header, rows=_numbers(rows, missing))
        for value, times in Counter(values[~missing]).items():
            if times > 1:
                same = _numbers(rows, values == value)
                findings.add("ID-DUPLICATE", id=value, n=times, rows=same, column=header)
        return Ids(values, np.ones(len(values), bool), header)
    if missing.any():
        findings.add("ID-GENERATED")
        keys = _keys(rows)
        values[missing] = [_code(kind.key, keys[at]) for at in np.flatnonzero(missing)]
    return _apart(kind, values, rows, header, findings)


def _apart(kind: Kind, values: Any, rows: Rows, header: str | None, findings: Findings) -> Ids:  # noqa: ANN401
    """Merge rows that repeat id, place and content; number the others."""
    keep = np.ones(len(values), bool)
    suffixed: list[int] = []
    groups = pd.Series(range(len(values))).groupby(pd.Series(values), sort=False).indices
    taken = set(groups)
    for value, members in groups.items():
        if len(members) < 2:  # noqa: PLR2004  # one row repeats nothing
            continue
        distinct = _distinct(members, rows, merge=kind.key in MERGED)
        keep[np.setdiff1d(members, distinct)] = False
        number = 1
        for at in distinct[1:]:
            number += 1
            while f"{value}-{number}" in taken:
                number += 1
            values[at] = f"{value}-{number}"
            taken.add(values[at])
            suffixed.append(int(at))
    if not keep.all():
        findings.add("ID-MERGED", n=int((~keep).sum()), rows=_numbers(rows, ~keep))
    if suffixed:
        said = np.zeros(len(values), bool)
        said[suffixed] = True
        findings.add("ID-SUFFIX", n=len(suffixed), rows=_numbers(rows, said))
    return Ids(values, keep, header)


def _distinct(members: Any, rows: Rows, *, merge: bool) -> list[int]:  # noqa: ANN401
    """Return the members that do not repeat an earlier one in place and content."""
    if not merge:
        return [int(at) for at in members]
    content = rows.content.iloc[members]
    alike = pd.util.hash_pandas_object(content, index=False).to_numpy()
    kept: list[int] = []
    for place, at in enumerate(members):
        same = [k for k in kept if alike[list(members).index(k)] == alike[place]]
        if not any(_near(rows, int(at), k) for k in same):
            kept.append(int(at))
    return kept


def _near(rows: Rows, a: int, b: int) -> bool:
    if rows.shapes is None:
        return True
    return bool(shapely.distance(rows.shapes[a], rows.shapes[b]) < plausible()["merge_within_m"])


def _keys(rows: Rows) -> list[str]:
    """Say name and place of every row, or all of its content where there is no place."""
    if rows.shapes is None:
        return ["|".join(map(str, row)) for row in rows.content.itertuples(index=False)]
    centre = shapely.centroid(rows.shapes)
    x, y = shapely.get_x(centre), shapely.get_y(centre)
    names = rows.names if rows.names is not None else [""] * len(x)
    return [f"{name}|{a:.0f}|{b:.0f}" for name, a, b in zip(names, x, y, strict=True)]


def _code(kind: str, key: str) -> str:
    digest = hashlib.sha256(key.encode()).digest()
    return f"{kind}-{base64.b32encode(digest).decode()[:LETTERS].lower()}"


def _too_big(values: "pd.Series[Any]", findings: Findings) -> None:
    for value in values:
        digits = value.lstrip("-").isdigit() and len(value) >= len(str(LARGEST))
        if len(value) > LONGEST or (digits and abs(int(value)) >= LARGEST):
            findings.add("ID-TOOBIG", id=value[:40])


def _numbers(rows: Rows, mask: Any) -> str:  # noqa: ANN401
    return rows_text([int(row) + 1 for row in rows.rows[mask]])

"""In five lines: what a file is, where it lies, what it brings and what it would replace."""

from collections.abc import Iterator

import numpy as np
import streamlit as st

from app.core.layer import Layer
from app.core.schema import KINDS
from app.sources.crs import spoken
from app.sources.intake import Intake
from app.sources.limits import size_text
from app.ui.data_view import counted
from app.ui.intake_desk import Desk
from app.ui.text import _, number, plain, power, whole

KM2 = 1_000_000


def draw(desk: Desk) -> None:
    """Say whether the file can be used, and the facts one line each."""
    found = desk.found
    if found.layer is None:
        st.error(_refused(found), icon=":material/block:")
    else:
        st.success(_headline(found, found.layer), icon=":material/check_circle:")
    st.markdown("\n".join(f"- {line}" for line in _lines(desk)))


def _refused(found: Intake) -> str:
    """Say that it cannot be used; the reasons stand below."""
    if found.questions:
        return _("Not usable yet: answer what is asked below. Nothing was changed.")
    errors = found.of("error")
    if len(errors) == 1:
        return _("Refused for one reason. What was loaded before stays as it is.")
    text = _("Refused for {n} reasons. What was loaded before stays as it is.")
    return text.format(n=whole(len(errors)))


def _headline(found: Intake, layer: Layer) -> str:
    """Count the rows and the things to look at."""
    warnings = len(found.of("warning"))
    look = {0: _("nothing to look at"), 1: _("one thing to look at")}.get(
        warnings, _("{n} things to look at").format(n=whole(warnings))
    )
    km2 = float(layer.map.area.sum()) / KM2
    what = counted(found.kind, found.rows)
    what += f", {number(km2)} km²" if km2 > 0 else ""
    return _("{what} · {look}").format(what=what, look=look)


def _lines(desk: Desk) -> Iterator[str]:
    found = desk.found
    mapping = found.mapping
    size = size_text(len(desk.upload.content))
    yield _("File: {format}, {size}. Rows read: {read}, kept: {kept}.").format(
        format=plain(mapping.format or _("not read to its end")),
        size=size,
        read=whole(mapping.rows_read),
        kept=whole(found.rows),
    )
    if mapping.crs:
        yield _("Where: given in {crs}, {place}.").format(
            crs=plain(spoken(mapping.crs)), place=_place(desk)
        )
    if mapping.headers:
        own = sum(column.header is not None for column in mapping.columns)
        text = _("Columns: {n} of {all} recognised, the others keep their own name.")
        if own == len(mapping.headers):
            text = _("Columns: all {all} recognised.")
        yield text.format(n=whole(own), all=whole(len(mapping.headers)))
    before = desk.project.layers.get(found.kind)
    if found.layer is not None and before is not None:
        yield difference(before, found.layer)


def _place(desk: Desk) -> str:
    outside = any(problem.code == "AREA-PARTLY" for problem in desk.found.problems)
    if desk.found.layer is None or desk.first:
        return _("to be seen on the map") if desk.found.layer else _("not placed yet")
    if outside:
        return _("partly outside {city}: those rows are set aside").format(
            city=plain(desk.project.name)
        )
    return _("in or near {city}").format(city=plain(desk.project.name))


def difference(before: Layer, after: Layer) -> str:
    """Say what accepting would change."""
    key = KINDS[after.kind].id
    old, new = set(before.frame[key]), set(after.frame[key])
    text = _("Replaces {n} rows: {same} ids stay, {gone} go, {fresh} are new.").format(
        n=whole(len(before.frame)),
        same=whole(len(old & new)),
        gone=whole(len(old - new)),
        fresh=whole(len(new - old)),
    )
    if after.kind == "grid":
        sums = [power(_room(layer)) for layer in (before, after)]
        text += " " + _("Known room {a} before, {b} after.").format(a=sums[0], b=sums[1])
    return text


def _room(layer: Layer) -> float:
    """Sum what is left, where a map says it; capacities of two kinds of map do not compare."""
    if "headroom_kw" not in layer.frame or layer.frame["headroom_kw"].isna().all():
        return float("nan")
    return float(np.nansum(layer.frame["headroom_kw"].to_numpy(dtype=float)))

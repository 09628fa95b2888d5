"""What the quarantine changed in a file, before and after, so that nothing happens unseen."""

from collections.abc import Iterator

import pandas as pd
import plotly.graph_objects as go
import shapely
import streamlit as st

from app.core.schema import KINDS
from app.sources.repairs import Repair
from app.ui import tables
from app.ui.intake_desk import Desk
from app.ui.text import _, number, plain, whole

BEFORE, AFTER = "#D55E00", "#0072B2"
Line = tuple[str, str, str, str]
MESSAGES = ("ID-MERGED", "ID-SUFFIX", "ID-GENERATED", "GEO-Z", "TXT-CONTROL", "CRS-MEMBER",
            "GEO-TYPE", "VAL-SERIAL", "VAL-ZONE", "COL-COMPUTED", "AREA-PARTLY")  # fmt: skip


def draw(desk: Desk) -> bool:
    """Show every change; returns whether a person still has to look at one."""
    lines = [*_mended(desk), *_said(desk)]
    if not lines:
        if desk.found.layer is not None:
            st.markdown(_("Nothing was changed on the way in."))
        return False
    words = (_("Row"), _("What"), _("Before"), _("After"))
    title = _("What was changed on the way in ({n})").format(n=whole(len(lines)))
    much = [repair for repair in desk.found.repairs if repair.much]
    with st.expander(title, expanded=bool(much)):
        tables.show(pd.DataFrame(lines, columns=list(words)), key="changes")
        if desk.found.repairs:
            _picture(desk)
    if not much or desk.found.layer is None:
        return False
    return not st.checkbox(
        _("I have looked at every shape whose area changed by more than half ({n})").format(
            n=whole(len(much))
        ),
        key=f"looked_{desk.upload.digest[:16]}",
    )


def _mended(desk: Desk) -> Iterator[Line]:
    for each in desk.found.repairs:
        before, after = (f"{number(round(ha, 1))} ha" for ha in (each.before_ha, each.after_ha))
        yield str(each.row), each.name, before, after


def _said(desk: Desk) -> Iterator[Line]:
    """Read the changes out of what was said about them."""
    units = {column.name: column.unit for column in KINDS[desk.kind].columns}
    for each in desk.found.problems:
        said = dict(each.fields)
        row, column = str(each.row or said.get("rows", "")), each.column or ""
        if each.code == "VAL-NUMBER":
            yield row, column, said["value"], said["number"]
        elif each.code == "COL-UNIT":
            after = f"{said['factor']} {units.get(column, '')}"
            yield _("all"), column, f"1 {said['unit']}", after
        elif each.code == "VAL-PERCENT":
            yield _("all"), column, "100 %", "1"
        elif each.code == "COL-DEFAULT":
            yield "", column, _("no value"), said["value"]
        elif each.code in MESSAGES and each.severity != "error":
            yield row, column, "", each.message


def _picture(desk: Desk) -> None:
    """Draw one mended shape over what it was."""
    repairs = desk.found.repairs
    chosen = st.selectbox(
        _("Look at a mended shape"),
        range(len(repairs)),
        format_func=lambda at: plain(f"{repairs[at].name} · {_('row')} {repairs[at].row}"),
        key=f"repair_{desk.upload.digest[:16]}",
    )
    repair = repairs[chosen or 0]
    words = _("{name}: {before} ha before, dashed; {after} ha after, filled").format(
        name=plain(repair.name),
        before=number(round(repair.before_ha, 1)),
        after=number(round(repair.after_ha, 1)),
    )
    st.plotly_chart(_figure(repair), key="repair_picture", alt=words)
    st.caption(words)


def _figure(repair: Repair) -> go.Figure:
    """Both outlines in one picture, metres east and north of its corner."""
    west, south = shapely.bounds(repair.before)[:2]
    figure = go.Figure()
    look = {"fill": "toself", "line": {"color": AFTER, "width": 1}, "fillcolor": "#9cc7e3"}
    figure.add_scatter(**_outline(repair.after, west, south), name=_("after"), **look)
    dashed = {"color": BEFORE, "width": 2, "dash": "dash"}
    figure.add_scatter(**_outline(repair.before, west, south), name=_("before"), line=dashed)
    figure.update_layout(height=320, margin={"l": 60, "r": 10, "t": 10, "b": 45})
    figure.update_xaxes(title=_("metres to the east"))
    figure.update_yaxes(title=_("metres to the north"), scaleanchor="x")
    return figure


def _outline(shape: object, west: float, south: float) -> dict[str, object]:
    """Return the corners of all rings, a gap between two."""
    x: list[float | None] = []
    y: list[float | None] = []
    for part in shapely.get_parts(shape):
        rings = shapely.get_rings(part) if shapely.get_dimensions(part) == 2 else [part]  # noqa: PLR2004
        for ring in rings:
            points = shapely.get_coordinates(ring)
            x += [*(points[:, 0] - west).tolist(), None]
            y += [*(points[:, 1] - south).tolist(), None]
    return {"x": x, "y": y, "mode": "lines"}

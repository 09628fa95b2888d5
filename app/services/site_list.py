"""Use-case: the list of sites with its statuses as a file that goes out and comes back."""

import csv
import io
from collections.abc import Sequence

import pandas as pd

from app.core.by_hand import FAR_M, LONGEST
from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting.plan import Plan
from app.core.siting.statuses import Site, Step, honour, public_class, suggest, turn
from app.exports import csv_table
from app.exports.cells import unguard
from app.services.by_hand import from_degrees, in_degrees
from app.services.recommend import Prepared

COLUMNS = (
    "candidate_id", "name", "status", "date", "who", "reason", "objections", "points",
    "x", "y", "lat", "lon", "requested", "public_class", "history",
)  # fmt: skip
REQUIRED = ("candidate_id", "status", "date")
CHANGING = ("status", "who", "reason")
STEPS, FIELDS = " > ", " | "
MOST_BYTES, MOST_ROWS = 8 * 1024 * 1024, 20_000
SAME_SPOT_M = 2.0
USUAL_POINTS = 4
TOLD = 20  # faults of a file, said one by one
YES, NO, ASKED = "yes", "", ("yes", "1", "true")


def table(project: Project, sites: Sequence[Site]) -> pd.DataFrame:
    """Give the list as a table: one row per site, its whole history in the last column."""
    rows = []
    for site in sites:
        lat, lon = (
            (None, None)
            if site.x is None or site.y is None
            else in_degrees(project, site.x, site.y)
        )
        rows.append(
            {
                "candidate_id": site.id,
                "name": site.name,
                "status": site.now.status,
                "date": site.now.day,
                "who": site.now.who,
                "reason": site.now.reason,
                "objections": site.objections,
                "points": site.points,
                "x": site.x,
                "y": site.y,
                "lat": lat if lat is None else round(lat, 7),
                "lon": lon if lon is None else round(lon, 7),
                "requested": YES if site.by_request else NO,
                "public_class": public_class(site),
                "history": STEPS.join(
                    FIELDS.join([step.day, step.status, step.who, step.reason])
                    for step in site.history
                ),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def write_list(project: Project, sites: Sequence[Site]) -> bytes:
    """Write the list as CSV."""
    return csv_table.text(table(project, sites)).encode("utf-8-sig")


def begin(scenario: Scenario, plan: Plan, day: str) -> tuple[Site, ...]:
    """Begin a list with what a plan recommends."""
    frame = plan.sites
    columns = ("candidate_id", "name", "x", "y", "points")
    rows = zip(*(frame[name].tolist() for name in columns), strict=True)
    requested = {each.key for each in scenario.added}
    return suggest(
        ((key, _clean(name)[:LONGEST], x, y, int(points)) for key, name, x, y, points in rows),
        day,
        requested,
    )


def hold(scenario: Scenario, sites: Sequence[Site], places: Prepared) -> Scenario:
    """Let a scenario hold to a list; ``places`` are the project's candidates."""
    frame = places.places
    guests = (each for names in frame["merged_from"] for each in str(names).split(";"))
    return honour(scenario, sites, dict.fromkeys([*frame["candidate_id"], *guests]))


def read_list(project: Project, content: bytes, file: str) -> tuple[Site, ...]:
    """Read a list that came back.

    Raises
    ------
    InputError
        One sentence per problem, with file, row (counted from 1 below the header) and column.
    """
    frame = _frame(content, file)
    lost = [name for name in REQUIRED if name not in frame]
    if lost:
        raise InputError(
            f"{file}: no column {', '.join(lost)}; found {', '.join(map(str, frame))[:200]}"
        )
    sites: list[Site] = []
    faults: list[str] = []
    seen: dict[str, int] = {}
    for at, row in enumerate(frame.to_dict("records"), start=1):
        try:
            site = _site(project, {str(name): cell for name, cell in row.items()})
        except InputError as error:
            faults.append(f"{file}, row {at}, column {error}")
            continue
        if site.id in seen:
            faults.append(
                f"{file}, row {at}, column candidate_id {site.id}: it stands in row "
                f"{seen[site.id]} too"
            )
        seen[site.id] = at
        sites.append(site)
    if faults:
        more = [f"{file}: {len(faults) - TOLD} more rows are wrong"] if len(faults) > TOLD else []
        raise InputError("\n".join([*faults[:TOLD], *more]))
    return tuple(sites)


def update(
    project: Project, sites: Sequence[Site], edited: pd.DataFrame, day: str
) -> tuple[Site, ...]:
    """Take over what somebody changed in the table; ``day`` dates what has no other date."""
    before = table(project, sites)
    found, faults = list(sites), []
    for at, (old, new) in enumerate(
        zip(before.to_dict("records"), edited.to_dict("records"), strict=True)
    ):
        try:
            found[at] = _turned(sites[at], {str(k): v for k, v in old.items()}, new, day)
        except InputError as error:
            faults.append(f"row {at + 1} ({sites[at].name}), column {error}")
    if faults:
        raise InputError("\n".join(faults[:TOLD]))
    return tuple(found)


def _turned(site: Site, old: dict[str, object], new: dict[object, object], day: str) -> Site:
    said = {name: _clean(new.get(name) or "") for name in ("status", "date", "who", "reason")}
    x, y = (_number(name, str(new.get(name, ""))) for name in ("x", "y"))
    fresh = (x, y) != (site.x, site.y) or any(said[name] != old[name] for name in CHANGING)
    when = day if fresh and said["date"] == old["date"] else said["date"]
    step = Step(when, said["status"], _plain("who", said["who"]), _plain("reason", said["reason"]))
    objections = _whole("objections", str(new.get("objections", "")), site.objections)
    return turn(site, step, objections=objections, x=x, y=y)


def _frame(content: bytes, file: str) -> pd.DataFrame:
    if len(content) > MOST_BYTES:
        raise InputError(f"{file}: larger than a list of sites can be")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: not a text in UTF-8; save it as CSV UTF-8") from error
    head = text.partition("\n")[0]
    mark = max(",;\t", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True))
    except csv.Error as error:
        raise InputError(f"{file}: not readable as CSV: {error}") from error
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    if not rows:
        raise InputError(f"{file}: empty; it needs columns {', '.join(REQUIRED)}")
    names = [unguard(cell).strip() for cell in rows[0]]
    if len(rows) - 1 > MOST_ROWS:
        raise InputError(f"{file}: {len(rows) - 1} rows, {MOST_ROWS} at most")
    odd = [at for at, row in enumerate(rows[1:], start=1) if len(row) != len(names)]
    if odd or len(set(names)) < len(names):
        where = f"row {odd[0]} has {len(rows[odd[0]])} cells" if odd else "a column stands twice"
        raise InputError(f"{file}: {where}; the header has {len(names)}")
    cells = [[unguard(cell).strip() for cell in row] for row in rows[1:]]
    return pd.DataFrame(cells, columns=names, dtype=object)


def _site(project: Project, row: dict[str, str]) -> Site:
    key = _plain("candidate_id", row["candidate_id"])
    if not key:
        raise InputError("candidate_id: missing")

    def cell(name: str) -> str:
        return _plain(name, row.get(name, ""))

    step = Step(cell("date"), cell("status"), cell("who"), cell("reason"))
    x, y = _spot(project, row)
    past = _history(row.get("history", ""))
    if not past or past[-1] != step:
        past = (*past, step)
    return Site(
        id=key,
        name=cell("name") or key,
        x=x,
        y=y,
        points=_whole("points", row.get("points", ""), USUAL_POINTS),
        history=past,
        objections=_whole("objections", row.get("objections", ""), 0),
        by_request=row.get("requested", "").casefold() in ASKED,
    )


def _history(text: str) -> tuple[Step, ...]:
    steps = []
    for entry in filter(None, text.split(STEPS.strip())):
        parts = [part.strip() for part in entry.split(FIELDS.strip())]
        if len(parts) != 4:  # noqa: PLR2004
            raise InputError(f"history {entry.strip()[:60]!r}: wanted day | status | who | reason")
        steps.append(Step(*parts))
    return tuple(steps)


def _spot(project: Project, row: dict[str, str]) -> tuple[float | None, float | None]:
    x, y, lat, lon = (_number(name, row.get(name, "")) for name in ("x", "y", "lat", "lon"))
    for one, two, names in ((x, y, "x, y"), (lat, lon, "lat, lon")):
        if (one is None) != (two is None):
            raise InputError(f"{names}: one of the two is missing")
    if lat is None or lon is None:
        return x, y
    far = from_degrees(project, lat, lon)
    if x is None or y is None:
        return far
    if max(abs(far[0] - x), abs(far[1] - y)) > SAME_SPOT_M:
        raise InputError("lat, lon: they lie elsewhere than x, y; empty one of the two pairs")
    return x, y


def _number(name: str, text: str) -> float | None:
    if text in {"", "None", "nan"}:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = float("nan")
    if not abs(value) <= FAR_M:
        raise InputError(f"{name} {text[:40]!r}: wanted a number")
    return value


def _whole(name: str, text: str, usual: int) -> int:
    value = _number(name, text)
    if value is None:
        return usual
    if value != int(value):
        raise InputError(f"{name} {text[:40]!r}: wanted a whole number")
    return int(value)


def _plain(name: str, text: str) -> str:
    if len(text) > LONGEST or not text.isprintable() or ">" in text or "|" in text:
        raise InputError(
            f"{name} {text[:40]!r}: wanted one line of {LONGEST} characters, no | or >"
        )
    return text


def _clean(text: object) -> str:
    """Make a line of a name from a map, which may hold anything."""
    return " ".join(
        "".join(c if c.isprintable() and c not in "|>" else " " for c in str(text)).split()
    )

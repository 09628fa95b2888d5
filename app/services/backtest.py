"""Use-case: earlier forecasts of a city beside what happened, our ranges of their day, and ours."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd

from app.core.demand import adoption, backtest, facts, model
from app.core.demand.backtest import Range, Revision, Verdict
from app.core.demand.forecasts import Row
from app.core.engine.arrays import Floats
from app.core.project import Project
from app.core.scenario import Scenario, knobs
from app.core.words import summary
from app.exports import Result
from app.services.estimate import facts_of
from app.services.forecast_files import load_forecasts, place_of
from app.services.parameters import load_parameters, load_sources, numbers_of

SCHEMA = "kerbwatt.backtest/1"
LAST = 2035  # of our own range on the chart, unless a forecast looks further


@dataclass(frozen=True, slots=True, eq=False)
class Ours:
    """Our own range of today.

    Attributes
    ----------
    years : (year,)
    bands : quantity to ``(3, year)``
        P10, P50 and P90.
    """

    years: Floats
    bands: Mapping[str, Floats]

    def at(self, quantity: str, year: float) -> Floats:
        """Return P10, P50 and P90 of a year; NaN outside ours."""
        return np.array(
            [
                np.interp(year, self.years, each, left=np.nan, right=np.nan)
                for each in self.bands[quantity]
            ]
        )


@dataclass(frozen=True, slots=True, eq=False)
class Backtest:
    """Everything the page and the command say."""

    place: str
    rows: tuple[Row, ...]
    ranges: tuple[Range, ...]
    verdicts: tuple[tuple[Verdict, ...], ...]
    revisions: tuple[Revision, ...]
    ours: Ours
    ours_verdicts: tuple[tuple[str, Verdict], ...]

    @property
    def coverage(self) -> tuple[int, int]:
        """Later facts inside the range of their forecast's day, of all that can be judged."""
        return backtest.coverage(each for found in self.verdicts for each in found)


def compare(project: Project, scenario: Scenario, own: Sequence[Row] = ()) -> Backtest:
    """Hold every forecast of a city against later counts and against ours."""
    place = place_of(project)
    published = [row for row in load_forecasts() if row.place in {place, project.country.lower()}]
    rows = [*published, *own]
    rows += _registrations(project, rows)
    width = load_parameters()["backtest_width_year"].value
    drawn = backtest.ranges(rows, place, width)
    today = ours(project, scenario, [row.for_year for row in rows])
    return Backtest(
        place=place,
        rows=tuple(rows),
        ranges=tuple(drawn),
        verdicts=tuple(tuple(backtest.verdicts(each, rows)) for each in drawn),
        revisions=tuple(backtest.revisions(rows, place)),
        ours=today,
        ours_verdicts=tuple(_ours_verdicts(today, rows, place)),
    )


def ours(project: Project, scenario: Scenario, also: Iterable[int]) -> Ours:
    """Draw our range of today, in every second year and in those that forecasts speak of."""
    numbers = numbers_of(scenario)
    first, last = int(numbers["registrations_year"].value), int(knobs()["year"].high)
    years = sorted(
        {*range(first, LAST + 1, 2), LAST, *(year for year in also if first <= year <= last)}
    )
    frame = model.fan(facts_of(project), scenario, numbers, years)
    cars = frame["cars_p50"].to_numpy(float)  # not drawn: its growth is a switch
    edges = ("p10", "p50", "p90")
    ev = np.array([frame[f"ev_private_{each}"].to_numpy(float) for each in edges])
    share = np.divide(ev, cars, out=np.full(ev.shape, np.nan), where=cars > 0)
    points = np.array([frame[f"points_{each}"].to_numpy(float) for each in edges])
    return Ours(np.array(years, dtype=float), {"ev_share": share, "points": points})


def _registrations(project: Project, rows: Iterable[Row]) -> list[Row]:
    """Count the plug-in cars of the map, where they are on it and nobody published their share."""
    layer, numbers = project.layers["districts"], load_parameters()
    year = int(numbers["registrations_year"].value)
    place = place_of(project)
    told = [row for row in rows if row.observed and row.place == place]
    if any(row.quantity == "ev_share" and row.for_year == year for row in told):
        return []
    if not {"cars", "cars_bev", "cars_phev"} <= set(layer.frame):
        return []
    found = facts.read(facts_of(project), numbers)
    share = adoption.base_share(found.plugins, found.cars)
    if not 0 < share < 1:
        return []
    note = f"{found.plugins.sum():,.0f} plug-in cars of {found.cars.sum():,.0f} private cars"
    if not layer.as_of.startswith(str(year)):
        note += f"; the map is of {layer.as_of or 'an unknown day'}, ours starts from it in {year}"
    return [
        Row(
            made_on=f"{year}-01-01",
            for_year=year,
            quantity="ev_share",
            low=None,
            value=share,
            high=None,
            source=layer.origin,
            unit="share",
            scope="",
            observed=True,
            place=place,
            mark="",
            note=note,
        )
    ]


def _ours_verdicts(today: Ours, rows: Iterable[Row], place: str) -> Iterator[tuple[str, Verdict]]:
    """Hold our own range against counts made after the one it starts from."""
    for row in rows:
        if not row.observed or row.place != place or row.quantity not in backtest.DRAWN:
            continue
        low, _, high = (float(each) for each in today.at(row.quantity, row.when))
        if row.value is None or np.isnan(low) or row.when <= today.years[0]:
            continue
        reason = ""
        if row.scope not in {"", "public"}:
            reason = f"{row.counts} are counted, ours are public points"
        side = "" if reason else backtest.against(row.value, low, high)
        yield row.quantity, Verdict(row, low, high, side, reason)


def source_title(row: Row) -> str:
    """Say who a row is from."""
    known = load_sources().get(row.source) if not row.own else None
    return str(known["title"]) if known else row.source


def happened(found: Backtest, row: Row) -> Row | None:
    """Find the count that a forecast can be held against in its own year."""
    where = (row.place, row.for_year)
    counts = (each for each in found.rows if each.observed and (each.place, each.for_year) == where)
    return next((each for each in counts if not backtest.differs(row, each)), None)


def table(found: Backtest) -> pd.DataFrame:
    """List every row with the count of its year and our range of today; what files hold."""
    listed = []
    for row in found.rows:
        fact = None if row.observed else happened(found, row)
        today = [np.nan] * 3
        if row.quantity in backtest.DRAWN and row.place == found.place:
            today = [float(each) for each in found.ours.at(row.quantity, row.for_year)]
        listed.append(
            {name: getattr(row, name) for name in ("made_on", "for_year", "quantity")}
            | {name: getattr(row, name) for name in ("low", "value", "high", "unit", "scope")}
            | {"kind": "observed" if row.observed else "forecast", "place": row.place}
            | {"source": source_title(row), "mark": row.mark, "note": row.note}
            | {"own": row.own, "happened": fact.value if fact else None}
            | dict(zip(("ours_p10", "ours_p50", "ours_p90"), today, strict=True))
        )
    return pd.DataFrame(listed).sort_values(
        ["kind", "quantity", "for_year", "made_on"], kind="stable", ignore_index=True
    )


def judged(found: Backtest) -> pd.DataFrame:
    """List every later count beside the range of an earlier day, with the verdict or the reason."""
    pairs = [
        (each.forecast.made_on, source_title(each.forecast.first), each.forecast.quantity, verdict)
        for each, verdicts in zip(found.ranges, found.verdicts, strict=True)
        for verdict in verdicts
    ]
    pairs += [("today", "Kerbwatt", quantity, verdict) for quantity, verdict in found.ours_verdicts]
    return pd.DataFrame(
        [
            {
                "made_on": made_on,
                "source": source,
                "quantity": quantity,
                "fact": verdict.fact.value,
                "fact_unit": verdict.fact.unit,
                "fact_on": verdict.fact.made_on,
                "p10": verdict.low,
                "p90": verdict.high,
                "verdict": verdict.place or "not comparable",
                "reason": verdict.reason,
            }
            for made_on, source, quantity, verdict in pairs
        ],
        columns=[
            *("made_on", "source", "quantity", "fact", "fact_unit", "fact_on"),
            *("p10", "p90", "verdict", "reason"),
        ],
    )


def lines(found: Backtest) -> pd.DataFrame:
    """List P10, P50 and P90 year by year: of each earlier day, and ours."""
    parts = []
    for each in found.ranges:
        years = np.arange(np.ceil(each.begins), each.years[-1] + 1)
        parts.append(_lines(each.forecast.made_on, each.forecast.quantity, years, each.at(years)))
    for quantity, band in found.ours.bands.items():
        parts.append(_lines("today", quantity, found.ours.years, band))
    return pd.concat(parts, ignore_index=True)


def _lines(made_on: str, quantity: str, years: Floats, band: Floats) -> pd.DataFrame:
    columns = dict(zip(("p10", "p50", "p90"), band, strict=True))
    found = pd.DataFrame({"year": years.astype(int), **columns})
    found.insert(0, "quantity", quantity)
    found.insert(0, "made_on", made_on)
    return found


def notices(found: Backtest) -> list[str]:
    """Say what a reader must know before the figures."""
    width = load_parameters()["backtest_width_year"].value
    rule = (
        f"Where a forecast was published without a range, P10 and P90 leave it by {width:g} a year"
        " ahead, in log odds of a share and in log of a count. That rule is ours and of today."
    )
    cars = "Earlier forecasts speak of cars without saying which; registrations are of private cars"
    return [rule, f"{cars}."] + [
        f"{day}: {why}." for day, why in backtest.breaks(found.rows).items()
    ]


def result(project: Project, scenario: Scenario, found: Backtest, day: str) -> Result:
    """Give the comparison as a file to be, own rows among the others."""
    meta = {
        "city": project.name,
        "scenario": summary(scenario),
        "date": day,
        "sources": "; ".join(dict.fromkeys(source_title(row) for row in found.rows)),
        "status": " ".join(notices(found)),
        "program": f"Kerbwatt {version('kerbwatt')}",
    }
    tables = {"forecasts": table(found), "verdicts": judged(found), "ranges": lines(found)}
    return Result("backtest", "Earlier forecasts and what happened", tables, meta)


def document(project: Project, scenario: Scenario, found: Backtest) -> dict[str, Any]:
    """Return the comparison as plain data: what ``--json`` prints."""
    inside, all_of = found.coverage
    return {
        "schema": SCHEMA,
        "project": project.slug,
        "scenario": summary(scenario),
        "version": version("kerbwatt"),
        "coverage": {"inside": inside, "of": all_of},
        "revisions": [
            {
                "quantity": each.first.quantity,
                "for_year": each.first.for_year,
                "first": {"made_on": each.first.made_on, "value": each.first.value},
                "last": {"made_on": each.last.made_on, "value": each.last.value},
                "ratio": each.ratio,
            }
            for each in found.revisions
        ],
        "rows": _records(table(found)),
        "verdicts": _records(judged(found)),
        "ranges": _records(lines(found)),
        "notices": notices(found),
    }


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(k): v for k, v in row.items()} for row in plain.to_dict("records")]

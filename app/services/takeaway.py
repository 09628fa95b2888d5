"""Use-case: what a room takes home: one page with maps, charts, tables and every assumption."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from app.core.demand.result import Demand
from app.core.impact import OVER, ROOM, TIGHT, Impact
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting.plan import Plan
from app.core.strategies import STRATEGIES
from app.core.words import number_text, sentences
from app.exports.takeaway import Figure, Section, TakeAway, write
from app.exports.takeaway.svg import Pin, area_map, bars, legend, lines
from app.services import results
from app.services.compare import Row
from app.services.parameters import assumptions, load_sources, numbers_of
from app.services.scenario_files import file_name, write_scenario

INTERNAL = ("transformer_id", "cost_eur")
SHOWN = ("rank", "name", "district", "points", "kw", "served_kwh_day")
WEEK_STEPS = 4  # an hour: what a page shows of a week
DECIMALS = {"served_kwh_day": 0, "kw": 1, "cost_eur": 0}
NAMES = {
    "rank": "Rank",
    "name": "Place",
    "district": "District",
    "points": "Points",
    "kw": "Power [kW]",
    "served_kwh_day": "Serves [kWh a day]",
    "transformer_id": "Transformer",
    "cost_eur": "Cost [EUR]",
}


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What a scenario came to, and what it is held against."""

    demand: Demand
    chosen: Impact
    reference: Impact
    plan: Plan | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """Another scenario of a comparison: its name, and the indicators against this one's."""

    name: str
    scenario: Scenario
    rows: Sequence[Row]


def take_away(  # noqa: PLR0913
    project: Project,
    scenario: Scenario,
    answers: Answers,
    day: str,
    *,
    edition: str = "public",
    beside: Sequence[Beside] = (),
) -> bytes:
    """Write the page for a scenario, and for those it was compared with.

    The public edition names no transformer and no cost.
    """
    sections = [
        _difference(scenario, beside),
        *(_compared(each) for each in beside),
        _map(project, answers),
        _week(answers),
        _strained(answers, edition),
        _groups(answers),
        _places(answers, edition),
        _assumptions(scenario),
    ]
    facts = results.about(project, scenario, day, *sorted(project.layers))
    layers = {kind: layer.digest for kind, layer in project.layers.items()}
    found = TakeAway(
        title=f"{project.name}: charging in {scenario.year}",
        headline=_headline(answers),
        about=f"{project.name} · {facts['scenario']} · {edition} edition · {day}",
        cautions=results.cautions(project),
        sections=[each for each in sections if each is not None],
        sources=[
            f"{layer.origin} ({layer.licence}, {layer.as_of[:10] or 'undated'})"
            for _kind, layer in sorted(project.layers.items())
        ],
        scenario=write_scenario(scenario, project=project.slug, layers=layers),
        file_name=file_name(f"{project.slug} {scenario.year}"),
        program=facts["program"],
    )
    return write(found)


def _headline(answers: Answers) -> str:
    chosen, reference = answers.chosen, answers.reference
    name = STRATEGIES[chosen.strategy].title
    peaks = [each.city.get("peak_kw") or np.nan for each in (chosen, reference)]
    city = f"the city peaks at {peaks[0]:,.0f} kW instead of {peaks[1]:,.0f} kW"
    if not chosen.known:
        return f"{name}: {city}. No limit is known, so nobody can say what fits."
    return (
        f"{name}: {chosen.count(OVER):,} of {chosen.known:,} transformers go over their limit in "
        f"the busiest week, against {reference.count(OVER):,} when cars charge at once; {city}."
    )


def _difference(scenario: Scenario, beside: Sequence[Beside]) -> Section:
    if not beside:
        said = sentences(Scenario(), scenario, assumptions())
        return Section("What was changed", ["From the usual scenario to this one:", *said])
    words = []
    for each in beside:
        said = sentences(scenario, each.scenario, assumptions())
        words += [f"From this scenario to “{each.name}”: {' '.join(said)}"]
    return Section("What was compared", words)


def _compared(each: Beside) -> Section:
    table = pd.DataFrame(
        {
            "Indicator": [row.label for row in each.rows],
            "Unit": [row.unit for row in each.rows],
            "This scenario": pd.array([row.before for row in each.rows], "Float64"),
            each.name: pd.array([row.after for row in each.rows], "Float64"),
            "Difference": pd.array([row.difference for row in each.rows], "Float64"),
            "Difference [%]": pd.array([row.percent for row in each.rows], "Float64"),
            "Verdict": [row.verdict for row in each.rows],
        }
    )
    count = {key: sum(row.verdict == key for row in each.rows) for key in ("better", "worse")}
    words = f"“{each.name}” is better in {count['better']} indicators, worse in {count['worse']}."
    return Section(f"Against “{each.name}”", [words], table=table)


def _map(project: Project, answers: Answers) -> Section:
    frame = answers.demand.districts
    shapes = project.layers["districts"].map.geometry
    points = [float(each) for each in frame["points_p50"]]
    most = frame.iloc[int(np.nanargmax(points))]
    plan = answers.plan
    pins = (
        [
            Pin(str(row.rank), f"{row.rank}. {row.name}: {row.points} points", row.x, row.y)
            for row in plan.firm[["rank", "name", "points", "x", "y"]].itertuples(
                index=False, name="Row"
            )
        ]
        if plan is not None
        else []
    )
    said = f"Charge points needed per district; most in {most['name']}, {most['points_p50']:,.0f}."
    if pins:
        said += f" Red marks are the {len(pins):,} recommended places, in order of gain."
    figure = Figure(
        area_map(shapes, list(frame["name"]), points, "points", pins),
        said,
        legend(points, "points"),
    )
    table = pd.DataFrame(
        {
            "District": frame["name"],
            "Electric cars": frame["ev_p50"].round(),
            "kWh a year": frame["kwh_year_p50"].round(),
            "Points, low": frame["points_p10"].round(1),
            "Points": frame["points_p50"].round(1),
            "Points, high": frame["points_p90"].round(1),
        }
    )
    return Section("Where charge points are needed", figure=figure, table=table)


def _week(answers: Answers) -> Section:
    chosen, reference = answers.chosen, answers.reference
    step = slice(None, None, WEEK_STEPS)
    series = {STRATEGIES[each.strategy].title: each.load_kw[step] for each in (chosen, reference)}
    labels = [each.strftime("%a %H:%M") for each in chosen.times[step]]
    peaks = {name: float(np.max(values)) for name, values in series.items()}
    said = "The busiest week: " + "; ".join(f"{n} peaks at {v:,.0f} kW" for n, v in peaks.items())
    figure = Figure(
        lines(labels, series, "kW", ground=chosen.base_kw[step]), f"{said}. Grey: homes, services."
    )
    table = pd.DataFrame({"Hour": labels} | {f"{n} [kW]": v.round() for n, v in series.items()})
    return Section("The busiest week", figure=figure, table=table)


def _strained(answers: Answers, edition: str) -> Section:
    rows = answers.chosen.rows
    counts = {
        "with room": int((rows["state"] == ROOM).sum()),
        "tight": int((rows["state"] == TIGHT).sum()),
        "over their limit": int((rows["state"] == OVER).sum()),
        "limit unknown": int((~rows["state"].isin([ROOM, TIGHT, OVER])).sum()),
    }
    said = "Transformers: " + ", ".join(f"{count:,} {name}" for name, count in counts.items()) + "."
    figure = Figure(bars(list(counts), [float(each) for each in counts.values()], ""), said)
    if edition == "public":
        return Section("What the grid says", figure=figure)
    first = rows.sort_values("kwh_over", ascending=False, kind="stable").head(50)
    table = pd.DataFrame(
        {
            "Transformer": first["name"],
            "State": first["state"],
            "Limit [kW]": first["limit_kw"].round(),
            "Peak [kW]": first["peak_kw"].round(),
            "Hours over": first["hours_over"].round(1),
        }
    )
    return Section("What the grid says", figure=figure, table=table)


def _groups(answers: Answers) -> Section:
    groups = answers.demand.groups
    names = [str(each).replace("_", " ") for each in groups["group"]]
    values = [float(each) / 1000 for each in groups["kwh_year_p50"]]
    top = names[int(np.argmax(values))]
    said = f"Energy a year by who charges; most is charged by {top}."
    return Section("Who charges", figure=Figure(bars(names, values, "MWh a year"), said))


def _places(answers: Answers, edition: str) -> Section | None:
    plan = answers.plan
    if plan is None or not len(plan.firm):
        return None
    names = [*SHOWN, *(INTERNAL if edition == "internal" else ())]
    table = plan.firm[[each for each in names if each in plan.firm]].round(DECIMALS)
    said = [
        f"{plan.totals['points']:,.0f} points at {plan.totals['sites']:,.0f} places serve "
        f"{plan.served_kwh_day / max(plan.demand_kwh_day, 1e-9):.0%} of the demand, at least "
        f"{1 - plan.gap:.1%} of the best possible ({plan.bound_method}). "
        + ("An independent check found no fault." if plan.verifier["ok"] else
           "An independent check refused this plan: do not use it.")
    ]  # fmt: skip
    return Section("Recommended places", said, table=table.rename(columns=NAMES))


def _assumptions(scenario: Scenario) -> Section:
    own = dict(scenario.assumptions)
    sources = load_sources()
    rows = [
        {
            "Number": each.name,
            "Value": number_text(each.value, 6),
            "Low": number_text(each.low, 6),
            "High": number_text(each.high, 6),
            "Unit": each.unit,
            "Source": "set by hand" if name in own else sources[each.source]["title"],
            "Confidence": "C" if name in own else sources[each.source]["confidence"],
        }
        for name, each in sorted(numbers_of(scenario).items())
    ]
    words = (
        "Every number this rests on. A: read at the source or measured; B: secondary source; "
        "C: our own default or set by hand."
    )
    return Section("Assumptions", [words], table=pd.DataFrame(rows))

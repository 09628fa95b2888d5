"""Use-case: ask whether observed counts can say more than the demand model, and what."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from typing import Any

import numpy as np
import pandas as pd
import shapely

from app.core.demand.learn import Judgement, Observed, Rules, judge, per_group, total_kept
from app.core.demand.learners import LEARNERS
from app.core.demand.scores import Figures, Score
from app.core.demand.surroundings import QUANTITIES, expected_a_day, home_of, surroundings
from app.core.engine.arrays import Floats, Longs
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.words import summary
from app.exports import EXPORTS, Result
from app.services.estimate import estimate
from app.services.jobs import Report
from app.services.learn_files import SiteTable, read_sites, refuse_elsewhere
from app.services.own_answers import Kept
from app.services.parameters import load_parameters, numbers_of
from app.services.setting import DRIVERS
from app.sources.own_open import Dropped, Source

SCHEMA = "kerbwatt.learn/1"
MEGABYTE = 1_000_000
KEPT = Kept(16 * MEGABYTE)
USUAL_POINTS = 2.0  # of a Dutch post, where nobody counted
ACCEPTED = (
    "The data say more than the model: {title} explains {model} of the deviance against {simple} "
    "of the simple model ({naive}), in parts of the city it has not seen."
)
REFUSED = (
    "Refused: {title}, the best of {models} models, does not beat the simple model ({naive}): "
    "{model} against {simple} of the deviance explained, in parts of the city it has not seen."
)
UNSURE = (
    "Refused: {title}, the best of {models} models, beats the simple model ({naive}) too seldom: "
    "{model} against {simple} of the deviance explained, in parts of the city it has not seen."
)
BECAUSE = (
    "Asked is a lead of {gain} in {wanted} of the resamples of {blocks} parts of the city, cut in "
    "{cuts} ways, and any lead in {parts} of the parts: it is there in {sure} and {led}. Random "
    "folds, which know the neighbours of every place, would say {random}."
)
INVENTED = "Synthetic example: these counts were drawn by Kerbwatt and say nothing about any city."
Write = Callable[[float], str]
Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True, eq=False)
class LearnQuestion:
    """What a visitor asks: which counts, of which city, under which assumptions."""

    project: Project
    scenario: Scenario
    source: Dropped

    @property
    def key(self) -> str:
        """Name the question by its content; models are fitted anew from data, never stored."""
        asked = self.scenario.only(*DRIVERS)
        what = (version("kerbwatt"), self.project.digest, asked, self.source.digest)
        return sha256(repr((*what, self.source.name)).encode()).hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class LearnAnswer:
    """What came out.

    Attributes
    ----------
    districts : (district,)
        ``district_id, name, places, factor, demand_factor, status``; factor is the model's, NaN
        without a place or when refused; demand_factor keeps the total and is 1 there.
    """

    project: Project
    scenario: Scenario
    file: str
    quantity: str
    places: int
    synthetic: bool
    judgement: Judgement
    districts: pd.DataFrame
    notices: tuple[str, ...]


def known(question: LearnQuestion) -> LearnAnswer | None:
    """Return the answer where it was found out before."""
    found: LearnAnswer | None = KEPT.get(question.key)
    return found


def answer(question: LearnQuestion, report: Report) -> LearnAnswer:
    """Learn and judge, each question once."""
    found = known(question)
    if found is None:
        report(0.0, "reading the places")
        found = learn(question.project, question.scenario, question.source, report)
        KEPT.put(question.key, found, MEGABYTE // 4)
    return found


def learn(
    project: Project, scenario: Scenario, source: Source, report: Report | None = None
) -> LearnAnswer:
    """Read observed places and judge what can be learned from them."""
    return learn_table(project, scenario, read_sites(source), report)


def learn_table(
    project: Project, scenario: Scenario, table: SiteTable, report: Report | None = None
) -> LearnAnswer:
    """Describe observed places by the city's maps, and judge every model."""
    observed, home, notices = gather(project, scenario, table)
    rules = Rules.of(load_parameters())
    tell = (lambda share: report(share, "learning and judging")) if report else lambda _: None
    found = judge(observed, rules, seed=scenario.seed, tell=tell)
    asked = estimate(project, scenario).districts
    return LearnAnswer(
        project,
        scenario,
        table.file,
        table.quantity,
        len(observed.ids),
        table.synthetic,
        found,
        factors_of(asked, table.quantity, found, home),
        (*([INVENTED] if table.synthetic else []), *table.notices, *notices, *found.notices),
    )


def gather(
    project: Project, scenario: Scenario, table: SiteTable
) -> tuple[Observed, Longs, list[str]]:
    """Put counts, maps and the structural estimate together, with the district of each place.

    Places outside all districts are left out and told.
    """
    spots = table.spots(project)
    home = home_of(project, spots)
    inside = home >= 0
    refuse_elsewhere(project, table, int(inside.sum()))
    frame, spots, home = table.frame[inside], spots[inside], home[inside]
    numbers = numbers_of(scenario)
    maps = surroundings(
        project,
        spots,
        home,
        near_m=numbers["learn_near_m"].value,
        places_m=numbers["learn_places_m"].value,
    )
    own = table.features[inside].reset_index(drop=True)
    points, said = _points(frame)
    every = pd.concat([maps.drop(columns=[n for n in own if n in maps]), own], axis=1)
    districts = estimate(project, scenario).districts
    observed = Observed(
        ids=tuple(frame["site_id"].astype(str)),
        x_m=shapely.get_x(spots),
        y_m=shapely.get_y(spots),
        count=frame["count"].to_numpy(np.float64),
        exposure=frame["days"].to_numpy(np.float64) * points,
        structural=expected_a_day(
            project,
            districts,
            table.quantity,
            home,
            points,
            numbers["homes_per_cluster"].value,
        ),
        names=tuple(every.columns.astype(str)),
        features=every.to_numpy(np.float64),
    )
    lost = int((~inside).sum())
    outside = f"{lost} places lie in no district of {project.name} and were left out."
    return observed, home, [*said, *([outside] if lost else [])]


def _points(frame: pd.DataFrame) -> tuple[Floats, list[str]]:
    points = frame["points"].to_numpy(np.float64)
    blank = np.isnan(points)
    usual = USUAL_POINTS if blank.all() else float(np.median(points[~blank]))
    said = f"At {int(blank.sum())} places the points are not said: {usual:g} were assumed."
    return np.where(blank, usual, points), [said] if blank.any() else []


def factors_of(
    districts: pd.DataFrame, quantity: str, found: Judgement, home: Longs
) -> pd.DataFrame:
    """Say the factor of every district: the mean of its places, at a level that keeps the total."""
    places = np.bincount(home, minlength=len(districts))
    factor = np.full(len(districts), np.nan)
    if found.factor is not None:
        shrink = load_parameters()["learn_shrink"].value
        factor = per_group(found.factor, home, len(districts), shrink)
    amount = districts[QUANTITIES[quantity]].to_numpy(np.float64)
    status = np.where(np.isnan(factor), "unknown", "estimated")
    return pd.DataFrame(
        {
            "district_id": districts["district_id"],
            "name": districts["name"],
            "places": places,
            "factor": factor,
            "demand_factor": total_kept(factor, amount),
            "status": status,
        }
    )


def verdict(
    found: Judgement,
    translate: Translate = lambda words: words,
    write: Write = lambda value: f"{value:.2f}",
) -> str:
    """Say in one sentence whether the data may change anything."""
    words = UNSURE if found.best.gain >= found.rules.gain else REFUSED
    return translate(ACCEPTED if found.accepted else words).format(
        title=translate(found.best.title),
        models=len(LEARNERS),
        naive=translate(found.simple.title).lower(),
        model=write(found.best.blocks.explained),
        simple=write(found.simple.blocks.explained),
    )


def because(
    found: Judgement,
    translate: Translate = lambda words: words,
    write: Write = lambda value: f"{value:.2f}",
    percent: Write = lambda share: f"{share:.0%}",
) -> str:
    """Say what was asked, what came, and what random folds would have said."""
    return translate(BECAUSE).format(
        gain=write(found.rules.gain),
        wanted=percent(found.rules.sure),
        blocks=found.rules.blocks,
        cuts=found.rules.cuts,
        sure=percent(found.best.sure),
        parts=percent(found.rules.parts),
        led=percent(found.best.parts),
        random=write(found.best.random.explained),
    )


def document(found: LearnAnswer) -> dict[str, Any]:
    """Return the answer as plain data: what ``--json`` prints."""
    judged = found.judgement
    rows = found.districts.replace({np.nan: None}).to_dict("records")
    return {
        "schema": SCHEMA,
        "project": found.project.slug,
        "file": found.file,
        "quantity": found.quantity,
        "places": found.places,
        "synthetic": found.synthetic,
        "features": list(judged.features),
        "simple": judged.simple.key,
        "accepted": judged.accepted,
        "verdict": verdict(judged),
        "because": because(judged),
        "best": judged.best.key,
        "rules": {
            "gain": judged.rules.gain,
            "sure": judged.rules.sure,
            "parts": judged.rules.parts,
            "blocks": judged.rules.blocks,
            "cuts": judged.rules.cuts,
            "resamples": judged.rules.resamples,
        },
        "models": [_model(score) for score in judged.scores],
        "variance_over_mean": judged.scatter.ratio,
        "alpha": judged.scatter.alpha,
        "districts": rows if judged.accepted else [],
        "seed": judged.seed,
        "version": version("kerbwatt"),
        "notices": list(found.notices),
    }


def _model(score: Score) -> dict[str, Any]:
    figures = {"blocks": _figures(score.blocks), "random": _figures(score.random)}
    lead = {"gain": score.gain, "gain_p10": score.gain_low, "gain_p90": score.gain_high}
    return {"model": score.key, **figures, **lead, "sure": score.sure, "parts": score.parts}


def _figures(found: Figures) -> dict[str, float]:
    return {
        "explained": found.explained,
        "p10": found.low,
        "p90": found.high,
        "rmse": found.rmse,
        "rank": found.rank,
    }


def _status(found: LearnAnswer) -> str:
    said = "estimated" if found.judgement.accepted else "refused: every factor is 1"
    return f"{said}. {INVENTED}" if found.synthetic else said


def written(found: LearnAnswer) -> bytes:
    """Write the factor of every district as CSV, ready to be joined to a map of districts."""
    meta = {
        "city": found.project.name,
        "scenario": summary(found.scenario),
        "sources": f"{found.file}; {found.project.layers['districts'].origin}",
        "status": _status(found),
        "program": f"Kerbwatt {version('kerbwatt')}",
        "note": verdict(found.judgement),
    }
    tables = {"districts": found.districts}
    return EXPORTS["csv"].write(Result("learn", "What the data say of districts", tables, meta))

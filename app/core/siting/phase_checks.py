"""Every year of a plan in years, before the independent judge."""

from collections.abc import Sequence
from dataclasses import replace

from app.core.engine.arrays import Ints, Longs
from app.core.siting.allocate import allocate
from app.core.siting.answer import claim_of
from app.core.siting.greedy import Draft
from app.core.siting.instance import build_instance
from app.core.siting.phasing import Phases, Year
from app.core.siting.solve import no_deadline, prove
from app.core.siting.verify import Verdict, verify


def check_years(
    years: Sequence[Year], plan: Phases, near: tuple[Longs, Ints]
) -> tuple[Verdict, ...]:
    """Check what stands by the end of each year, against that year's question.

    Money is all that was there until then; that each year keeps its own is in the figures.
    """
    found, purse = [], 0.0
    for each, points in zip(years, plan.points, strict=True):
        purse += each.problem.terms.budget_eur
        terms = replace(each.problem.terms, budget_eur=purse)
        problem = replace(each.problem, terms=terms)
        instance = build_instance(problem, each.reach, near)
        shared = allocate(instance, points)
        draft = Draft(points, shared.value, 0.0, per_point=False)
        solution = prove(instance, draft, shared, iterations=1, expired=no_deadline)
        found.append(verify(problem, claim_of(problem, instance, solution)))
    return tuple(found)

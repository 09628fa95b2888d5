"""Which measures close a shortage of grid capacity, one after the other."""

from dataclasses import dataclass
from fractions import Fraction

from app.core.cases.base import Answer, Case, Cell, Picture, Table, not_applicable, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input
from app.core.cases.rows import rows_of
from app.core.errors import InputError

MOST = 12  # measures whose orders can all be weighed in an instant


Measures = tuple[tuple[str, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Year:
    """A shortage and what is done about it; ``year`` is empty where there is one alone."""

    year: str
    gap: Fraction
    measures: Measures

    @property
    def removed(self) -> list[Fraction]:
        """What each measure takes off in its turn [MW]."""
        left, found = self.gap, []
        for _, mw in self.measures:
            found.append(min(mw, left))
            left -= found[-1]
        return found

    @property
    def results(self) -> dict[str, object]:
        """Figures by their JSON names: what is too much is surplus, never negative shortage."""
        left, rows = self.gap, []
        for (name, mw), taken in zip(self.measures, self.removed, strict=True):
            left -= taken
            rows.append({"name": name, "mw": mw, "left_mw": left})
        total = sum((mw for _, mw in self.measures), Fraction(0))
        fair = shapley(self.gap, [mw for _, mw in self.measures])
        return {
            "gap_mw": self.gap,
            "measures": rows,
            "sum_mw": total,
            "shapley_mw": {
                name: share for (name, _), share in zip(self.measures, fair, strict=True)
            },
            "residual_mw": left,
            "surplus_mw": max(total - self.gap, Fraction(0)),
        }


def solve(given: Given) -> Answer:
    """Take the measures off the gap in their order, in one year or in many."""
    years = read_years(given)
    last = years[-1]
    if len(last.measures) > MOST:
        found = len(last.measures)
        raise InputError(f"--measure: {found} measures; at most {MOST} can be shared fairly")
    if not any(each.gap for each in years):
        return not_applicable("there is no gap", gap_mw=0.0, measures=[], residual_mw=0.0)
    results = last.results
    if last.year:
        results["years"] = [{"year": int(each.year), **each.results} for each in years]
    words = (
        "The measures take {total} MW off a gap of {gap} MW; {left} MW stay."
        if results["residual_mw"]
        else "The measures take {total} MW off a gap of {gap} MW: it is closed, {over} MW to spare."
    )
    figures = {"total": "sum_mw", "gap": "gap_mw", "left": "residual_mw", "over": "surplus_mw"}
    sentence = said(words, **{name: results[key] for name, key in figures.items()})
    return Answer(results, sentence, _table(years), _picture(years))


def read_years(given: Given) -> list[Year]:
    """Read a row per year from the file, or take the one shortage that was typed."""
    file = given.file("series")
    if file is None:
        return [Year("", given.exact("gap_mw"), given.parts("measure"))]
    rows = rows_of(file, ("year", "gap_mw"), {})
    names = [name for name in rows[0].cells if name not in {"year", "gap_mw"}]
    return [
        Year(
            str(row.whole_in("year")),
            row.number_in("gap_mw"),
            tuple((name, row.number_in(name, Fraction(0))) for name in names),
        )
        for row in rows
    ]


def _table(years: list[Year]) -> Table:
    if len(years) > 1:
        names = tuple(f"{name} [MW]" for name, _ in years[0].measures)
        rows: list[tuple[Cell, ...]] = [
            (each.year, float(each.gap), *map(float, each.removed), _left(each)) for each in years
        ]
        return Table(("Year", "Gap [MW]", *names, "MW left"), tuple(rows))
    only = years[0]
    fair = shapley(only.gap, [mw for _, mw in only.measures])
    left, lines = only.gap, []
    for (name, mw), taken, share in zip(only.measures, only.removed, fair, strict=True):
        left -= taken
        lines.append((name, float(mw), float(left), float(share)))
    columns = ("Measure", "MW in full", "MW left", "Fair share, any order [MW]")
    return Table(columns, tuple(lines) or (("none", 0.0, float(only.gap), 0.0),))


def _picture(years: list[Year]) -> Picture:
    names = [name for name, _ in years[0].measures]
    taken = [[*map(float, each.removed), _left(each)] for each in years]
    if len(years) == 1:
        return Picture("bars", (*names, "left"), {"MW": taken[0]}, "MW")
    parts = {name: [row[at] for row in taken] for at, name in enumerate([*names, "left"])}
    return Picture("stacked", tuple(each.year for each in years), parts, "MW")


def _left(each: Year) -> float:
    return float(each.gap - sum(each.removed, Fraction(0)))


def shapley(gap: Fraction, measures: list[Fraction]) -> list[Fraction]:
    """Share what is removed of the gap so that no order matters; the shares sum to the whole.

    Exact: every measure earns what it adds, averaged over all orders. O(2^n x n).
    """
    from math import comb  # noqa: PLC0415  # one use

    count = len(measures)
    found = [Fraction(0)] * count
    for chosen in range(1 << count):
        before = sum((m for i, m in enumerate(measures) if chosen >> i & 1), Fraction(0))
        size = chosen.bit_count()
        for each in range(count):
            if not chosen >> each & 1:
                adds = min(before + measures[each], gap) - min(before, gap)
                found[each] += adds / (count * comb(count - 1, size))
    return found


CASE = Case(
    key="wedge",
    title="Closing a shortage of power",
    question="How much of a shortage do measures take away, and what stays?",
    setting="public",
    city="Utrecht",
    inputs=(
        Input("gap_mw", "Shortage expected", "MW", "250", 0, 1000, "scale_events", "A"),
        Input(
            "measure",
            "Measures, in the order they are taken",
            "MW",
            ("smart=90", "pause=60", "v2g=7.7"),
            kind="parts",
            help="name=MW, once for each measure",
        ),
        Input(
            "series",
            "Gap and measures by year",
            "",
            None,
            kind="file",
            help="CSV: year, gap_mw, and a column of MW for each measure",
        ),
    ),
    solve=solve,
    limits=(
        "Megawatts are added at one hour; measures on the same cars overlap more than this.",
        "What each measure removes is an own number until the engine has simulated it.",
    ),
    order=10,
)

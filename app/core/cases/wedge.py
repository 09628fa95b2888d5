"""Which measures close a shortage of grid capacity, one after the other."""

from fractions import Fraction

from app.core.cases.base import Answer, Case, Picture, Table, not_applicable, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input
from app.core.errors import InputError

MOST = 12  # measures whose orders can all be weighed in an instant


def solve(given: Given) -> Answer:
    """Take the measures off the gap in their order; what is too much is named."""
    gap, measures = given.exact("gap_mw"), given.parts("measure")
    if len(measures) > MOST:
        raise InputError(
            f"--measure: {len(measures)} measures; at most {MOST} can be shared fairly"
        )
    if not gap:
        return not_applicable("there is no gap", gap_mw=gap, measures=[], residual_mw=0.0)
    left, rows = gap, []
    fair = shapley(gap, [mw for _, mw in measures])
    for name, mw in measures:
        left = max(left - mw, Fraction(0))
        rows.append({"name": name, "mw": mw, "left_mw": left})
    total = sum((mw for _, mw in measures), Fraction(0))
    residual, surplus = max(gap - total, Fraction(0)), max(total - gap, Fraction(0))
    results = {
        "gap_mw": gap,
        "measures": rows,
        "sum_mw": total,
        "shapley_mw": {name: share for (name, _), share in zip(measures, fair, strict=True)},
        "residual_mw": residual,
        "surplus_mw": surplus,
    }
    table = Table(
        ("Measure", "MW removed", "MW left", "Fair share, any order [MW]"),
        tuple(
            (name, float(mw), float(row["left_mw"]), float(share))  # type: ignore[arg-type]
            for (name, mw), row, share in zip(measures, rows, fair, strict=True)
        ),
    )
    names = (*(name for name, _ in measures), "left")
    bars = [float(share) for share in fair] + [float(residual)]
    words = (
        "The measures take {total} MW off a gap of {gap} MW; {left} MW stay."
        if residual
        else "The measures take {total} MW off a gap of {gap} MW: it is closed, {over} MW to spare."
    )
    sentence = said(words, total=total, gap=gap, left=residual, over=surplus)
    return Answer(results, sentence, table, Picture("bars", names, {"MW": bars}, "MW"))


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
    ),
    solve=solve,
    limits=(
        "Megawatts are added at one hour; measures on the same cars overlap more than this.",
        "What each measure removes is an own number until the engine has simulated it.",
    ),
    order=10,
)

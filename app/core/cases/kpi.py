"""What an operator is paid or loses by its figures, within a cap."""

from fractions import Fraction

from app.core.cases.base import Answer, Case, Picture, Table, not_applicable, said
from app.core.cases.given import Given
from app.core.cases.inputs import Input
from app.core.errors import InputError

FULL = Fraction(1)


def solve(given: Given) -> Answer:
    """Pay each figure by how far it lies from its target, up to the caps."""
    measured, targets = dict(given.parts("measured")), given.parts("target")
    missing = [name for name, _ in targets if name not in measured]
    if missing:
        raise InputError(
            f"--measured: {', '.join(missing)} is missing; every target wants a figure"
        )
    total = given.exact("contract_eur_year")
    if not total or not targets:
        return not_applicable("there is nothing to pay by", payment_eur=0.0)
    span = given.exact("span")
    if not span:
        raise InputError("--span: must be above 0")
    most = {"bonus": total * given.exact("bonus_cap"), "malus": total * given.exact("malus_cap")}
    rows, score = [], Fraction(0)
    for name, wanted in targets:
        away = (measured[name] - wanted) / span
        part = max(-FULL, min(FULL, away)) / len(targets)
        rows.append((name, float(wanted), float(measured[name]), float(_paid(part, most))))
        score += part
    payment = _paid(score, most)
    results = {
        "payment_eur": payment,
        "score": score,
        "cap_eur": most,
        "figures": [{"name": n, "target": t, "measured": m} for n, t, m, _ in rows],
    }
    words = (
        "The operator earns a bonus of {eur} EUR a year; the cap is {cap} EUR."
        if payment >= 0
        else "The operator loses {eur} EUR a year; the cap is {cap} EUR."
    )
    cap = most["bonus"] if payment >= 0 else most["malus"]
    sentence = said(words, eur=abs(payment), cap=cap)
    columns = ("Figure", "Target", "Measured", "If it stood alone [EUR a year]")
    names = ("Payment", "Bonus at most", "Malus at most")
    bars = [float(abs(payment)), float(most["bonus"]), float(most["malus"])]
    picture = Picture("bars", names, {"EUR": bars}, "EUR a year")
    return Answer(results, sentence, Table(columns, tuple(rows)), picture)


def _paid(score: Fraction, most: dict[str, Fraction]) -> Fraction:
    """Pay a score of -1 to 1; both caps hold by construction."""
    return score * (most["bonus"] if score >= 0 else most["malus"])


CASE = Case(
    key="kpi",
    title="Pay by performance",
    question="What does an operator earn or lose by its figures?",
    setting="public",
    city="Stockholm",
    inputs=(
        Input("contract_eur_year", "Value of the contract", "EUR a year", "200000", 10_000, 5e6),
        Input(
            "target",
            "Targets",
            "",
            ("uptime=0.98", "charged_in_full=0.95"),
            kind="parts",
            help="name=share, more is better",
        ),
        Input(
            "measured",
            "Measured",
            "",
            ("uptime=0.985", "charged_in_full=0.93"),
            kind="parts",
            help="name=share, one for each target",
        ),
        Input("span", "Away from the target for the full cap", "", "0.05", 0.01, 0.2, kind="share"),
        Input("bonus_cap", "Bonus at most, of the contract", "", "0.03", 0, 0.1, kind="share"),
        Input("malus_cap", "Malus at most, of the contract", "", "0.05", 0, 0.2, kind="share"),
    ),
    solve=solve,
    limits=(
        "Every figure weighs the same, and more is better: write a rate of faults as its rest.",
        "Who measures, and what happens when nobody did, is a matter of the contract.",
    ),
    order=37,
)

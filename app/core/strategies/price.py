"""Charge when power is cheapest: what a tariff by the hour asks for."""

from app.core.strategies.base import Strategy, compiled

STRATEGY = Strategy(
    key="price",
    title="Cheapest hours",
    short="in the cheapest hours",
    help=(
        "Each car takes the cheapest quarter hours of its stay and looks at no other car, so "
        "all may come at the same hour. For a city the prices are an illustrative week."
    ),
    options=("min_current_a", "share_can_resume", "opt_out", "round_trip", "taper", "seed"),
    needs=("prices",),
    run=compiled("price", "price"),
    source="brinkel2024",
    order=40,
)

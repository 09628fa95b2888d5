"""Slow every point down in the hours a capacity contract names."""

from app.core.strategies.base import Strategy, compiled

STRATEGY = Strategy(
    key="traffic_light",
    title="Traffic light (capacity contract)",
    short="under the traffic light",
    help=(
        "Charge as soon as possible under the limit of the hour's colour. "
        "It does not look at the grid, and held cars return together when the window ends."
    ),
    options=("min_current_a", "share_can_resume", "opt_out", "round_trip", "taper", "seed"),
    needs=("contract",),
    run=compiled("direct", "traffic_light"),
    source="kerbwatt",
    order=30,
)

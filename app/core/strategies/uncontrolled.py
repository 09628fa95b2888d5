"""Charge at full power from the moment of plugging in: the reference case."""

from app.core.strategies.base import Strategy, compiled

STRATEGY = Strategy(
    key="uncontrolled",
    title="Uncontrolled",
    short="uncontrolled",
    help="Every car charges at full power from the moment it is plugged in.",
    options=(
        "round_trip",
        "taper",
    ),
    needs=(),
    run=compiled("direct", "uncontrolled"),
    source="definition",
    order=10,
)

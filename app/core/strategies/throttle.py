"""Slow cars down, down to the lowest current a car accepts, but never stop them."""

from app.core.strategies.base import Strategy, compiled

STRATEGY = Strategy(
    key="throttle",
    title="Slow down (no pauses)",
    short="slowed down",
    help=(
        "Each car charges from arrival without a break, as evenly as the grid likes, "
        "never below the lowest current it accepts."
    ),
    options=("min_current_a", "opt_out", "sweeps", "round_trip", "taper", "seed"),
    needs=(),
    run=compiled("plan", "throttle"),
    source="brinkel2024",
    order=20,
)

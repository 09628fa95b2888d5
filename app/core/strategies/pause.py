"""Stop cars and let them go on: the quarter hours of least load get the energy."""

from app.core.strategies.base import Strategy, compiled

STRATEGY = Strategy(
    key="pause",
    title="Pauses",
    short="with pauses",
    help=(
        "Cars that resume after a break charge in the quarter hours of least load, "
        "at no current or at least the lowest one; the others are only slowed down."
    ),
    options=(
        "min_current_a",
        "share_can_resume",
        "opt_out",
        "sweeps",
        "round_trip",
        "taper",
        "seed",
    ),
    needs=(),
    run=compiled("plan", "pause"),
    source="brinkel2024",
    order=50,
)

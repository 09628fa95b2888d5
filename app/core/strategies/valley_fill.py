"""Fill the valleys of the load as evenly as can be: what no contract without V2G can beat."""

from app.core.strategies.base import Strategy, compiled

STRATEGY = Strategy(
    key="valley_fill",
    title="Valley filling (best possible)",
    short="with perfect valley filling",
    help=(
        "Every car can pause and take any current, and all know what comes. The best possible "
        "without giving energy back: a yardstick, not a contract."
    ),
    options=("opt_out", "sweeps", "round_trip", "taper", "seed"),
    needs=(),
    run=compiled("plan", "valley_fill"),
    source="kerbwatt",
    order=55,
)

"""Traffic light with an orderly return: held cars start one after the other."""

from app.core.strategies.base import Strategy, compiled

STRATEGY = Strategy(
    key="staggered",
    title="Traffic light, staggered return",
    short="with a staggered return",
    help=(
        "As the traffic light, but held cars do not come back together: those in the greatest "
        "hurry first, the others over the time that makes the lowest peak."
    ),
    options=(
        "min_current_a",
        "share_can_resume",
        "opt_out",
        "release_min",
        "round_trip",
        "taper",
        "seed",
    ),
    needs=("contract",),
    run=compiled("staggered", "staggered"),
    source="kerbwatt",
    order=60,
)

"""Let batteries work all day to flatten the load: shows what constant cycling would cost."""

from app.core.strategies.base import Strategy, compiled

STRATEGY = Strategy(
    key="v2g_flatten",
    title="V2G all day (wear)",
    short="with V2G all day",
    help=(
        "Batteries charge in every valley and give back at every peak, overload or not. It "
        "shows how much cycling that would cost; it is not the way to the lowest peak."
    ),
    options=(
        "min_current_a",
        "share_can_resume",
        "opt_out",
        "v2g_share",
        "soc_floor",
        "round_trip",
        "sweeps",
        "taper",
        "seed",
    ),
    needs=(),
    run=compiled("congestion", "v2g_flatten"),
    source="kerbwatt",
    order=80,
    begins="pause",
)

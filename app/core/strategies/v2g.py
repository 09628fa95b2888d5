"""Let batteries give energy back where a transformer would be overloaded."""

from app.core.strategies.base import Strategy, compiled

STRATEGY = Strategy(
    key="v2g",
    title="V2G with pauses",
    short="with V2G",
    help=(
        "Cars pause as above; those that can also give energy back do so only against an "
        "overload, and every car leaves with the energy it came for."
    ),
    options=(
        "min_current_a",
        "share_can_resume",
        "opt_out",
        "v2g_share",
        "soc_floor",
        "round_trip",
        "theta_kw",
        "sweeps",
        "taper",
        "seed",
    ),
    needs=("limits",),
    run=compiled("congestion", "v2g"),
    source="kerbwatt",
    order=70,
    begins="pause",
)

"""What the page of own sessions says in words."""

from typing import Any

import pandas as pd

from app.services.own_answers import OwnAnswer
from app.ui import impact_view
from app.ui.text import _, energy, plain, power, whole

MOMENT = "%a %d %b %H:%M"
SOME_KWH = 0.5  # less than that missing is not worth a sentence


def moment(text: str) -> str:
    """Write a moment of a document the way people say it."""
    return f"{pd.Timestamp(text):{MOMENT}}"


def welcome() -> str:
    """Say what this page is for, before there are sessions."""
    return _(
        "Load the charging sessions of your own streets and see what every strategy makes of "
        "them; or try the example, a winter week of 363 sessions on 3 transformers."
    )


def sentence(found: OwnAnswer) -> str:
    """Say what the strategy changes, in one sentence with numbers."""
    chosen, usual = found.kpis, found.usual
    short = impact_view.short(chosen["strategy"])
    known = [row for row in chosen["transformers"] if row["limit_kw"] is not None]
    words = {
        "Strategy": short[:1].upper() + short[1:],
        "peak": power(chosen["peak_kw"]),
        "time": moment(chosen["peak_time"]),
        "before": power(usual["peak_kw"]),
        "time_before": moment(usual["peak_time"]),
        "over": whole(_over(chosen)),
        "over_before": whole(_over(usual)),
        "known": whole(len(known)),
        "sessions": whole(chosen["sessions"]),
    }
    alone = chosen["strategy"] == usual["strategy"]
    if alone:
        text = _("{Strategy}, your {sessions} sessions peak at {peak} on {time}")
    else:
        text = _(
            "{Strategy}, your {sessions} sessions peak at {peak} on {time} instead of {before} on "
            "{time_before} when cars charge at once"
        )
    if not known:
        text += _("; no limit is known, so nobody can say whether it fits.")
    elif alone:
        text += _("; {over} of {known} transformers go over their limit.")
    else:
        text += _("; {over} of {known} transformers go over their limit, against {over_before}.")
    return text.format(**words) + " " + _energy_sentence(found)


def _energy_sentence(found: OwnAnswer) -> str:
    missing = found.kpis["energy_unserved_kwh"]
    total = energy(found.kpis["energy_delivered_kwh"])
    if missing < SOME_KWH:
        return _("All {total} are delivered.").format(total=total)
    text = _("{missing} are not delivered before departure, {total} are.")
    return text.format(missing=energy(missing), total=total)


def _over(kpis: dict[str, Any]) -> int:
    return sum((row["hours_over"] or 0) > 0 for row in kpis["transformers"])


def load_sentence(found: OwnAnswer, row: int) -> str:
    """Say the peaks of one transformer in words."""
    chosen, usual = (each["transformers"][row] for each in (found.kpis, found.usual))
    limit = chosen["limit_kw"]
    return _(
        "{name}: {peak} at {time} ({strategy}), {before} at {time_before} when cars charge at "
        "once, {base} without charging; limit {limit}."
    ).format(
        name=plain(str(chosen["transformer_id"])),
        peak=power(chosen["peak_kw"]),
        time=moment(chosen["peak_time"]),
        strategy=impact_view.title(found.kpis["strategy"]),
        before=power(usual["peak_kw"]),
        time_before=moment(usual["peak_time"]),
        base=power(chosen["base_peak_kw"]),
        limit=_("unknown") if limit is None else power(limit),
    )


def explanation() -> str:
    """Tell how the figures come about."""
    return _(
        "Times are rounded to quarter hours. Each strategy shares the power of the sessions on "
        "every transformer, on top of its base load, as `kerbwatt simulate --sessions` does: the "
        "same program, so the same figures to the last digit. Without a base load it is 0 kW and "
        "whole days around the sessions are simulated. What cannot be used is refused with its "
        "row; what is assumed, cut or left out is listed. Times without an offset are read as "
        "local time of the city that is open. Files are read for your visit and never stored."
    )

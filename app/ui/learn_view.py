"""Whether the data say more than the model: verdict, picture, table, factors per district."""

from functools import partial

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from app.core.demand.learn import Rules
from app.core.demand.scores import Score
from app.exports import file_name
from app.services import learn
from app.services.learn import LearnAnswer
from app.services.parameters import load_parameters
from app.ui import tables
from app.ui.charts import GREY, broken, tidy
from app.ui.text import _, number, percent, plain, today, whole

BLUE, ORANGE, BAR = "#0072B2", "#D55E00", "#D1495B"  # the bar is seen on light and on dark
CLEAR = 0.05  # a factor this far from 1 is called higher or lower
UNITS = {
    "sessions": "sessions per point and day",
    "kwh": "kWh per point and day",
    "occupied_hours": "occupied hours per point and day",
}


def two(value: float) -> str:
    """Write a share of deviance with two decimals, and never a minus before nothing."""
    return number(round(value, 2) + 0.0, 2)


def welcome() -> str:
    """Say what the page is for while there is no file."""
    rules = Rules.of(load_parameters())
    return _(
        "Load what was counted at {n} places or more: this page says whether it tells more than "
        "the demand model, and refuses to use it when it does not."
    ).format(n=rules.places)


def sentence(found: LearnAnswer) -> str:
    """Say the verdict."""
    return learn.verdict(found.judgement, _, two)


def start() -> None:
    """Say what is needed."""
    st.markdown(
        _(
            "A table of places is enough: *site_id, lon, lat, sessions, days*. Instead of "
            "*sessions* it may count *kwh* or *occupied_hours*; *points* says how many charge "
            "points stand there. Every other column of numbers becomes a feature. Density, "
            "parking, places and charge points nearby, and what the demand model expects, are "
            "added from the maps of this city."
        )
    )


def models(found: LearnAnswer) -> None:
    """Draw and list how much every model explains."""
    judged = found.judgement
    why = learn.because(judged, _, two, percent)
    st.markdown(why)
    st.plotly_chart(picture(found), key="learn_picture", alt=f"{sentence(found)} {why}")
    st.caption(
        _(
            "Share of the Poisson deviance explained; 0 is the same rate everywhere, 1 is perfect. "
            "Bars are P10 to P90 over {n} resamples of {blocks} parts of the city, cut in {cuts} "
            "ways. Dashed: the simple model and the lead of {gain} that is asked."
        ).format(
            n=whole(judged.rules.resamples),
            blocks=judged.rules.blocks,
            cuts=judged.rules.cuts,
            gain=two(judged.rules.gain),
        )
    )
    tables.show(table(found), key="learn_models")
    st.caption(scatter(found))


def picture(found: LearnAnswer) -> go.Figure:
    """Draw deviance explained on parts of the city left out, and on random folds."""
    scores = found.judgement.scores
    figure = go.Figure()
    left_out, flattering = [s.blocks for s in scores], [s.random for s in scores]
    for title, symbol, colour, shift, told in (
        (_("Parts of the city left out"), "circle", BLUE, -0.13, left_out),
        (_("Random folds: these flatter"), "diamond-open", ORANGE, 0.13, flattering),
    ):
        middle = np.array([each.explained for each in told])
        figure.add_scatter(
            x=middle,
            y=np.arange(len(scores)) + shift,
            mode="markers",
            name=title,
            marker={"symbol": symbol, "color": colour, "size": 11},
            error_x={
                "array": np.maximum([each.high for each in told] - middle, 0),
                "arrayminus": np.maximum(middle - [each.low for each in told], 0),
                "symmetric": False,
                "color": colour,
                "thickness": 1.3,
            },
            customdata=[_(score.title) for score in scores],
            hovertemplate="%{customdata}: %{x:.2f}<extra>" + title + "</extra>",
        )
    bar = found.judgement.simple.blocks.explained + found.judgement.rules.gain
    figure.add_vline(
        x=bar,
        line={"color": BAR, "dash": "dash", "width": 1.5},
        annotation_text=_("to be reached"),
        annotation_position="bottom right",
    )
    figure.add_vline(x=0, line={"color": GREY, "width": 1})
    figure = tidy(figure, _("Deviance explained"), "", height=130 + 62 * len(scores))
    return figure.update_yaxes(
        tickvals=list(range(len(scores))),
        ticktext=[broken(_(score.title)) for score in scores],
        range=[len(scores) - 0.5, -0.5],
        automargin=True,
        rangemode="normal",
    )


def table(found: LearnAnswer) -> pd.DataFrame:
    """List every figure of every model."""
    scores = found.judgement.scores
    unit = _(UNITS[found.quantity])
    naive = found.judgement.simple.key

    def column(read: str, digits: int = 3) -> list[float]:
        kind, name = read.split(".")
        return [round(getattr(getattr(s, kind), name), digits) + 0.0 for s in scores]

    return pd.DataFrame(
        {
            _("Model"): [_(score.title) for score in scores],
            _("Explained, parts left out"): column("blocks.explained"),
            _("Explained, random folds"): column("random.explained"),
            _("Lead"): [_lead(s, naive) for s in scores],
            _("Lead is enough in"): ["" if s.key == naive else percent(s.sure) for s in scores],
            _("Leads in parts"): ["" if s.key == naive else percent(s.parts) for s in scores],
            _("RMSE [{unit}]").format(unit=unit): column("blocks.rmse"),
            _("RMSE, random folds"): column("random.rmse"),
            _("Rank correlation"): column("blocks.rank", 2),
            _("Rank correlation, random folds"): column("random.rank", 2),
        }
    )


def _lead(score: Score, naive: str) -> str:
    if score.key == naive:
        return _("to be beaten")
    return f"{two(score.gain)} ({two(score.gain_low)} … {two(score.gain_high)})"


def scatter(found: LearnAnswer) -> str:
    """Say how far the counts scatter."""
    told = found.judgement.scatter
    words = _("Counts scatter: their variance is {ratio} times what was expected of them.").format(
        ratio=number(told.ratio)
    )
    if told.alpha is None:
        return words
    if not told.alpha:
        return words + " " + _("A Poisson interval would do.")
    more = _(
        "A Poisson interval (1 time) would be too narrow; negative binomial, with an "
        "over-dispersion of {alpha}: variance = mean + {alpha} × mean²."
    )
    return words + " " + more.format(alpha=number(told.alpha, 2))


def districts(found: LearnAnswer) -> None:
    """Show the factor of every district, or say that there is none."""
    st.header(_("What it changes per district"))
    if not found.judgement.accepted:
        st.info(
            _(
                "Nothing: the model is refused, so the demand of every district stays as the "
                "demand model says (factor 1)."
            ),
            icon=":material/block:",
        )
        return
    frame = found.districts.sort_values("demand_factor", ascending=False)
    high, low = frame.iloc[0], frame.iloc[-1]
    more = int((frame["demand_factor"] > 1 + CLEAR).sum())
    less = int((frame["demand_factor"] < 1 - CLEAR).sum())
    st.markdown(
        _(
            "The data put {more} districts higher and {less} lower than the demand model, by more "
            "than 5 percent: most in {high} (× {most}), least in {low} (× {least}). The total of "
            "the city stays. Districts with few places are drawn towards 1, those "
            "without any keep it."
        ).format(
            more=more,
            less=less,
            high=plain(str(high["name"])),
            most=number(high["demand_factor"], 2),
            low=plain(str(low["name"])),
            least=number(low["demand_factor"], 2),
        )
    )
    shown = pd.DataFrame(
        {
            _("District"): frame["name"],
            _("Factor on demand"): frame["demand_factor"].round(3),
            _("Observed places"): frame["places"],
            _("status"): [_(status) for status in frame["status"]],
        }
    )
    tables.show(shown, key="learn_districts", height=380)
    st.caption(
        _(
            "To plan with these factors, give your map of districts the column demand_factor of "
            "the CSV: the Demand page then uses it, keeps the city's total, and says so."
        )
    )


def downloads(found: LearnAnswer) -> None:
    """Offer the factors, made when asked for."""
    st.download_button(
        _("Factor per district (CSV)"),
        data=partial(learn.written, found),
        file_name=file_name(found.project.slug, "learn", today(), ".csv"),
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="download_learn",
    )


def synthetic(found: LearnAnswer) -> None:
    """Warn that an example is invented."""
    if found.synthetic:
        st.warning(_(learn.INVENTED), icon=":material/science:")


def explanation() -> str:
    """Tell how it is judged."""
    return _(
        "Three models (Poisson regression, gradient boosting, random forest) learn a factor on "
        "what the demand model expects of a charge point, from density, parking, places and "
        "charge points nearby and from your own columns. The city is cut into ten parts, in five "
        "ways; each part is foretold by a model that has not seen it, and held against the simple "
        "model: the structural estimate or the same rate everywhere, whichever explains more. "
        "Random folds are shown beside it because they flatter: a place knows its neighbours. On "
        "399 places in Hamburg random folds said 0.23 where parts left out said 0.01. Models are "
        "learned anew from the data each time; none is stored."
    )

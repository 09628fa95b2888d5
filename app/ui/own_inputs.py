"""What a visitor gives and chooses on the page of own sessions."""

from collections.abc import Mapping
from dataclasses import fields
from functools import partial
from types import MappingProxyType
from typing import Any

import streamlit as st

from app.core.engine.result import Options
from app.core.strategies import STRATEGIES, Strategy
from app.services.contracts import load_contracts
from app.services.own_answers import OwnQuestion
from app.services.own_examples import EXAMPLES, example, template
from app.services.own_files import OwnPaths
from app.services.own_options import AUTO, MAY_BE_AUTO, RANGES
from app.services.tapers import load_tapers
from app.sources.limits import size_text
from app.sources.own_open import Dropped
from app.ui import impact_view, state
from app.ui.text import _, plain
from app.ui.uploads import dropped, keep_dropped

STRATEGY, CONTRACT, TAPER = "own_strategy", "own_contract", "taper"
NONE, OWN, SET = "none", "own file", "set"
SHARE, SHARE_STEP = 1.0, 0.05
EXACT = 2**53 - 1  # a browser counts no further
SIMPLE = "pause"  # needs nothing but sessions
TABLES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "sessions": ("Charging sessions", "who plugs in when, for how long and for how much"),
        "base": ("Base load", "what the transformers carry without charging"),
        "limits": ("Limits", "what each transformer can carry"),
        "prices": ("Prices", "what power costs, hour by hour; carbon where it is known"),
        "contract": ("Own capacity contract", "which limit holds at which hour"),
    }
)
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "min_current_a": "Lowest charging current [A]",
        "share_can_resume": "Cars that resume after a pause [share]",
        "v2g_share": "Cars that can give power back [share]",
        "opt_out": "Drivers who opt out [share]",
        "soc_floor": "Battery kept for the driver [share]",
        "round_trip": "Energy back per energy taken [share]",
        "theta_kw": "Threshold of V2G [kW]",
        "release_min": "Minutes over which held cars return",
        "taper": "Slower when nearly full",
        "sweeps": "Rounds in which cars answer to each other",
        "seed": "Seed of the draws",
    }
)


def file_key(table: str) -> str:
    """Name what is kept of a table."""
    return f"own_file_{table}"


def given(table: str) -> Dropped | None:
    """Return the file a visitor gave as this table."""
    found: Dropped | None = state.value(file_key(table))
    return found


def uploads() -> None:
    """Take the files: sessions at once, the rest where it is known."""
    _upload("sessions")
    more = [table for table in TABLES if table != "sessions"]
    count = sum(given(table) is not None for table in more)
    title = _("Add what is known: base load, limits, prices, contract ({n} given)").format(n=count)
    with st.expander(title, icon=":material/add_chart:", key="own_more"):
        for pair in (more[:2], more[2:]):
            for column, table in zip(st.columns(2), pair, strict=True):
                with column:
                    _upload(table)


def _upload(table: str) -> None:
    title, what = TABLES[table]
    types = ["csv", "toml"] if table == "contract" else ["csv", "txt", "tsv", "parquet"]
    st.file_uploader(
        _("{title}: {what}").format(title=_(title), what=_(what)),
        type=types,
        key=f"own_upload_{table}",
        on_change=_take,
        args=(table,),
        help=_("CSV or Parquet, at most 100 MB. It is read here and never stored."),
    )
    found = given(table)
    with st.container(horizontal=True, vertical_alignment="center"):
        if found is not None:
            size = size_text(len(found.content))
            st.caption(f":material/check: {plain(found.name)}, {size}")
            st.button(
                _("Put away"),
                on_click=state.keep,
                args=(file_key(table), None),
                key=f"own_drop_{table}",
                type="tertiary",
            )
        st.download_button(
            _("Template"),
            data=partial(template, table),
            file_name=f"kerbwatt-template-{table}.csv",
            mime="text/csv",
            on_click="ignore",
            icon=":material/download:",
            key=f"own_template_{table}",
            type="tertiary",
        )


def _take(table: str) -> None:
    before = given(table)
    keep_dropped(f"own_upload_{table}", file_key(table))
    if table == "sessions" and given(table) not in {None, before}:
        _part_from_example()


def _part_from_example() -> None:
    """Put the rest of the example away: its base load is not that of one's own sessions."""
    for table in EXAMPLES:
        kept = given(table)
        if kept is not None and table != "sessions" and kept.content == example(table):
            state.keep(file_key(table), None)


def take_example() -> None:
    """Put the example week on the table."""
    for table in EXAMPLES:
        state.keep(file_key(table), dropped(f"example-{table}.csv", example(table)))


def put_away() -> None:
    """Start again with an empty table."""
    for table in TABLES:
        state.keep(file_key(table), None)


def choose_strategy() -> Strategy:
    """Choose what is tried on the sessions; the levers of the city do not act here."""
    keys = list(STRATEGIES)
    key = st.selectbox(
        _("Strategy"),
        keys,
        index=keys.index(_first_strategy()),
        format_func=impact_view.title,
        key=STRATEGY,
        persist_state="session",
    )
    chosen = STRATEGIES[key]
    st.caption(_(chosen.help))
    return chosen


def _first_strategy() -> str:
    """Begin with the city's strategy where the files allow it, else with pauses."""
    usual = state.scenario().strategy
    there = {"limits": given("limits"), "prices": given("prices"), "contract": True}
    return usual if all(there.get(need) for need in STRATEGIES[usual].needs) else SIMPLE


def choose_contract(strategy: Strategy) -> str | Dropped | None:
    """Choose a contract: one of ours, one's own, or none where the strategy needs none."""
    needed = "contract" in strategy.needs
    presets, own = load_contracts(), given("contract")
    keys = [*([] if needed else [NONE]), *([OWN] if own is not None else []), *presets]
    first = OWN if own is not None else state.scenario().contract if needed else NONE
    titles = {NONE: _("None"), OWN: _("Your own file")}
    key = st.selectbox(
        _("Capacity contract"),
        keys,
        index=keys.index(first),
        format_func=lambda k: titles.get(k) or presets[k].title,
        key=f"{CONTRACT}_{needed}_{own is not None}",
        persist_state="session",
    )
    return {NONE: None, OWN: own}.get(key, key)


def choose_options(strategy: Strategy) -> tuple[str, ...]:
    """Draw the options this strategy listens to; those that differ from the usual, as pairs."""
    usual = _usual()
    changed = len(_pairs(strategy.options, usual))
    title = _("Options of this strategy ({n} changed)").format(n=changed)
    with st.expander(title, icon=":material/tune:", key="own_options"):
        st.caption(
            _(
                "Defaults are those of the command line. The levers beside the page act on the "
                "city, not on your own sessions."
            )
        )
        for column_at, name in enumerate(strategy.options):
            if column_at % 3 == 0:
                columns = st.columns(3)
            with columns[column_at % 3]:
                _option(name, usual[name])
    return _pairs(strategy.options, usual)


def all_pairs() -> tuple[str, ...]:
    """Return what was changed for any strategy: the table of all of them uses every choice."""
    usual = _usual()
    return _pairs(tuple(usual), usual)


def _usual() -> dict[str, Any]:
    """Return what each option is where nobody says anything; a curve by its name."""
    found = {each.name: each.default for each in fields(Options)}
    return found | {TAPER: str(found[TAPER])}


def _pairs(names: tuple[str, ...], usual: Mapping[str, Any]) -> tuple[str, ...]:
    said = {name: _said(name, usual[name]) for name in names}
    return tuple(f"{name}={value}" for name, value in said.items() if value != usual[name])


def _said(name: str, usual: object) -> Any:  # noqa: ANN401  # a number or a word
    """Return what the widget of an option holds; the usual where it was never drawn."""
    mode = state.value(_key(name, "mode"), None)
    if mode is not None and mode != SET:
        return AUTO if mode == AUTO else usual
    value = state.value(_key(name), None)
    return usual if value is None else value


def _key(name: str, part: str = "value") -> str:
    return f"own_{part}_{name}"


def _option(name: str, usual: Any) -> None:  # noqa: ANN401  # a number or a word
    label = _(WORDS.get(name, name))
    if name == TAPER:
        st.selectbox(label, list(load_tapers()), key=_key(name), persist_state="session")
    elif name not in MAY_BE_AUTO:
        _number(name, label, usual)
    elif _mode(name, label, usual) == SET:
        _number(name, _("The number"), 0.0)


def _mode(name: str, label: str, usual: object) -> str:
    """Choose between the usual, the lowest peak, and a number."""
    words = {NONE: _("The limit"), AUTO: _("Lowest peak"), SET: _("A number")}
    keys = [AUTO, SET] if usual == AUTO else [NONE, AUTO, SET]
    chosen: str = st.selectbox(
        label, keys, format_func=words.__getitem__, key=_key(name, "mode"), persist_state="session"
    )
    return chosen


def _number(name: str, label: str, usual: float) -> None:
    low, high = RANGES[name]
    kind = type(usual)
    st.number_input(
        label,
        min_value=kind(max(low, -EXACT)),
        max_value=kind(min(high, EXACT)),
        value=usual,
        step=kind(1) if high > SHARE else SHARE_STEP,
        key=_key(name),
        persist_state="session",
    )


def question(zone: str) -> OwnQuestion | None:
    """Draw the choices and put the question together; None while there are no sessions."""
    sessions = given("sessions")
    if sessions is None:
        return None
    left, right = st.columns(2)
    with left:
        strategy = choose_strategy()
    with right:
        contract = choose_contract(strategy)
    pairs = choose_options(strategy)
    files = OwnPaths(sessions, given("base"), given("limits"), given("prices"))
    return OwnQuestion(files, zone, strategy.key, pairs, contract)

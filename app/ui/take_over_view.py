"""Let a plan from a longer run stand for the one found in an instant."""

import streamlit as st

from app.core.siting.plan import Plan
from app.ui import state
from app.ui.text import _, verbatim


def offer(run: str, question: str, found: Plan, *, label: str, better: bool = True) -> None:
    """Offer to use a plan, or the first plan again; say what the independent check found.

    ``run`` is the long run it came from: its answer to another ``question`` is not offered, nor is
    a plan the check refuses, nor one that is no ``better``.
    """
    asked = str(state.value(f"asked_{run}", ""))
    current = asked == question or asked.startswith(f"{question}|")
    now = state.better_plan(question)
    used = now is not None and now.digest == found.digest
    st.caption(check(found))
    with st.container(horizontal=True):
        taken = st.button(
            label,
            disabled=used or not (better and current and found.verifier["ok"]),
            icon=":material/check:",
            key=f"use_{run}",
        )
        dropped = st.button(
            _("Use the first plan again"),
            disabled=now is None,
            icon=":material/undo:",
            key=f"drop_{run}",
        )
    if taken or dropped:
        state.take_over(question, found if taken else None)
        st.rerun()  # the whole page: a run's answer is drawn by itself
    if used:
        st.caption(
            ":material/check_circle: "
            + _("This plan now stands on this page, in its files and in the tender.")
        )


def check(found: Plan) -> str:
    """Say how many conditions hold, and which do not."""
    checks = [*found.verifier["checks"], *found.verifier.get("conditional", {}).get("checks", [])]
    good = sum(bool(each["ok"]) for each in checks)
    if found.verifier["ok"]:
        words = _("Independent check: {good} of {all} conditions hold.")
        return ":material/verified: " + words.format(good=good, all=len(checks))
    broken = "; ".join(str(each["detail"]) for each in checks if not each["ok"])
    words = _("The independent check refuses this plan: {why}. It cannot be used.")
    return ":material/error: " + words.format(why=verbatim(broken))

"""The hours of the capacity contract: where they lie in a week, and what peaks in and after them.

A strategy that only moves the peak behind the contract's hours shows it here.
"""

from collections.abc import Mapping

from app.core.impact import Impact
from app.core.project import Project
from app.core.scenario import Scenario
from app.services.own_contract import contract_bands
from app.services.simulate import contract_of
from app.ui import cached, charts
from app.ui.text import _, delivered, plain, power


def stripes(project: Project, scenario: Scenario) -> list[charts.Stripe]:
    """Find the hours of the contract in the week that is drawn."""
    clock, counted = cached.week_clock(project, scenario)
    times = clock.index()
    bands = contract_bands(contract_of(scenario), clock)
    cut = [(max(a, counted.start), min(b, counted.stop), colour) for a, b, colour in bands]
    return [charts.Stripe(times[a], b - a, colour) for a, b, colour in cut if a < b]


def sentence(answers: Mapping[str, Impact], scenario: Scenario, title: Mapping[str, str]) -> str:
    """Say the city's peak in the contract's hours and outside, and how charging returns after."""
    name = plain(contract_of(scenario).title)
    if all(each.city.get("window_peak_kw") is None for each in answers.values()):
        return _("The contract “{name}” has no fixed hours to look at.").format(name=name)
    text = _(
        "{strategy}: the city peaks at {inside} in them and at {outside} outside; charging alone "
        "reaches {ev_in} in them and {ev_after} in the four hours after, with {served} of the "
        "energy served"
    )
    said = [
        text.format(
            strategy=title[key],
            inside=power(each.city.get("window_peak_kw")),
            outside=power(each.city.get("outside_peak_kw")),
            ev_in=power(each.city.get("rebound_in_kw")),
            ev_after=power(each.city.get("rebound_after_kw")),
            served=delivered(each.city.get("served_share")),
        )
        for key, each in answers.items()
    ]
    return _("Striped: the hours of “{name}”. {each}.").format(name=name, each="; ".join(said))

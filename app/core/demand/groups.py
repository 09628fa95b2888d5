"""Who charges at public points, and the depots that charge at their own."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Group:
    """A user group; ``pattern`` names its arrival and stay tables (private, public, workplace)."""

    key: str
    title: str
    pattern: str


GROUPS = (
    Group("resident_private", "Residents, private cars", "public"),
    Group("resident_company", "Residents, company cars", "public"),
    Group("visitor", "Visitors", "public"),
    Group("commuter", "Commuters", "workplace"),
    Group("shared", "Shared cars", "public"),
    Group("taxi", "Taxis", "public"),
    Group("van", "Vans", "public"),
)
LOGISTICS = Group("logistics", "Logistics, at depots", "public")
"""Charges at its own depots: nothing at public points, but the grid carries it."""

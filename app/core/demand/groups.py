"""Who charges at public points."""

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

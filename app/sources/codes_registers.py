"""What the intake says of registers of charge points and of capacity maps."""

from collections.abc import Mapping
from types import MappingProxyType

from app.sources.template import AGAIN, Template

REGISTERS: Mapping[str, Template] = MappingProxyType(
    {
        "DATEX-STATUS": Template(
            "error",
            "This publication holds the states of charge points, not their places.",
            "Send the table publication (the static data).",
        ),
        "OCPI-STATUS": Template(
            "error", "The service answered with status {status} instead of data: “{said}”.", AGAIN
        ),
        "REG-COUNT": Template(
            "warning",
            "{n} of {total} stations list another number of points than they say (rows {rows}).",
        ),
        "REG-PLACE": Template(
            "warning", "{n} of {total} locations have no place, or stand at 0, 0 (rows {rows})."
        ),
        "REG-POINTS": Template(
            "warning",
            "{n} of {total} locations have no charge point that stands there now (rows {rows}).",
        ),
        "REG-GONE": Template(
            "warning",
            "{n} of {total} locations list points that are planned or removed (rows {rows}).",
            "They are not counted where the register says which.",
        ),
        "REG-POWER": Template(
            "warning",
            "{n} of {total} locations do not say their power, or say zero (rows {rows}).",
        ),
        "REG-HIGH": Template(
            "warning", "{n} of {total} locations say a power that cannot be (rows {rows})."
        ),
        "REG-STATE": Template(
            "warning", "{n} of {total} locations report no state, or an unknown one (rows {rows})."
        ),
        "REG-STALE": Template(
            "warning",
            "{n} of {total} locations were last heard of over {days} days before the newest "
            "(rows {rows}).",
        ),
        "REG-TWICE": Template(
            "warning",
            "{n} of {total} locations stand on the very same spot as another (rows {rows}).",
            "One post may be listed twice.",
        ),
        "REG-EVSE": Template(
            "warning",
            "{n} of {total} locations list a charge point that another lists, too: {again} of "
            "{points} points are counted more than once (rows {rows}).",
            "Count each once (`points_once`).",
        ),
        "REG-ONCE": Template(
            "notice", "{n} listed points are left out: each counts at the location last heard of."
        ),
        "REG-ID": Template(
            "warning", "{n} of {total} locations repeat the id of another (rows {rows})."
        ),
        "REG-REPEATED": Template(
            "notice", "{n} locations came more than once; one of each is kept."
        ),
        "REG-MOMENT": Template(
            "notice", "The states are those of one moment, {when}: they say nothing of use."
        ),
        "CAP-VERSION": Template(
            "error",
            "The capacity map follows version {found} of its model; version {major} can be read.",
            "Ask for version {major}, or for a newer Kerbwatt.",
        ),
        "CAP-UNSAID": Template(
            "warning", "The capacity map does not say which model it follows (it says {found})."
        ),
        "CAP-NEWER": Template(
            "warning", "The capacity map follows version {found}, newer than the one known here."
        ),
        "CAP-MODEL": Template("warning", "Not as the capacity map's model has it: {where} {what}."),
        "CAP-DATES": Template("warning", "The file is valid from {start}, after its end on {end}."),
        "CAP-QUOTED": Template(
            "notice",
            "{n} areas do not say what was quoted: all they carry counts as room (rows {rows}).",
        ),
        "CAP-JOINED": Template("notice", "{n} of {total} rows were put on the map by {how}."),
        "CAP-NOWHERE": Template(
            "warning",
            "{n} of {total} rows have no place on the map and stand in the table only: {names} "
            "(rows {rows}).",
            "Load districts by postcode first, or give a second map of stations or postcodes.",
        ),
        "CAP-ASIDE": Template("notice", "{n} postcodes are not those of {area}; set aside."),
        "CAP-SHARED": Template(
            "notice", "{n} districts are fed by several areas, in equal shares: {names}."
        ),
    }
)

"""Several cities buy together: what is common, every difference by city, and exact sums."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise

import pandas as pd

from app.core.errors import InputError
from app.core.tender.common_value import PARAMETER, RULES, Stricter, common_value
from app.core.tender.sealed import SealedPack

FEWEST, MOST = 2, 30
FIELDS = (
    *("topic", "level", "models", "v2g_phase", "applies_to", "text", "source", "confidence"),
    *("verification", "lever", "selected", "legal_check"),
)
DEVIATIONS = ("city", "id", "field", "value", "common", "rule")
SUMS = {"points": "n_charge_points", "kw": "station_kw"}  # of the list
LOT_SUMS = {"kwh_year_p50": "kwh_year_p50"}  # of the lots
ABSENT = "absent"  # a clause that a city's library does not have
Clauses = Mapping[str, Mapping[str, str]]  # clause to field to value


@dataclass(frozen=True, slots=True, eq=False)
class Pooled:
    """A joint tender. Treat the tables as read-only; every cell is text.

    Attributes
    ----------
    rule
        How values in common were chosen: the strictest, or the majority's.
    cities
        ``city, sites, points, kw, kwh_year_p50`` and what names the pack of each.
    sites, lots
        The cities' own rows under each other, ``city`` first.
    requirements
        ``id`` and the value in common of every field.
    deviations
        ``city, id, field, value, common, rule``: all that a city asks for otherwise.
    """

    rule: str
    cities: pd.DataFrame
    sites: pd.DataFrame
    lots: pd.DataFrame
    requirements: pd.DataFrame
    deviations: pd.DataFrame

    @property
    def names(self) -> list[str]:
        """The cities, in the order of the alphabet."""
        return list(self.cities["city"])

    @property
    def common(self) -> pd.DataFrame:
        """The clauses that all cities ask for: the annex."""
        return self.requirements[self.requirements["selected"] == "yes"]

    @property
    def totals(self) -> Mapping[str, Decimal | None]:
        """Places, points, kW and kWh a year: the exact sum, or None where a city does not know."""
        return {name: exact_sum(self.cities[name]) for name in ("sites", *SUMS, *LOT_SUMS)}


def pool(packs: Sequence[SealedPack], rule: str, stricter: Stricter) -> Pooled:
    """Put public packs of 2 to 30 cities together.

    Raises
    ------
    InputError
        A pack is not public, two are of one city, or they were made by different versions.
    """
    _check(packs, rule)
    ordered = sorted(packs, key=lambda pack: pack.project)
    for one, two in pairwise(ordered):
        _check_pair(one, two)
    return _joined(
        rule,
        pd.concat([_facts(pack) for pack in ordered], ignore_index=True),
        pd.concat([_own(pack, "sites") for pack in ordered], ignore_index=True),
        pd.concat([_own(pack, "lots") for pack in ordered], ignore_index=True),
        ({pack.project: _clauses(pack.tables["requirements"]) for pack in ordered}, stricter),
    )


def _check(packs: Sequence[SealedPack], rule: str) -> None:
    if rule not in RULES:
        raise InputError(f"no rule {rule!r}; choose from {', '.join(RULES)}")
    if not FEWEST <= len(packs) <= MOST:
        raise InputError(f"{len(packs)} packs: {FEWEST} to {MOST} cities can buy together")
    for pack in packs:
        if not pack.public:
            raise InputError(f"{pack.name} is an internal edition: pool the public ones only")
        lacking = [f"{name}.csv" for name in ("lots", "requirements") if name not in pack.tables]
        if lacking:
            raise InputError(f"{pack.name}: there is no {', '.join(lacking)} in this pack")


def _check_pair(one: SealedPack, two: SealedPack) -> None:
    """Refuse two packs of one city, and packs whose tables do not fit under each other."""
    if one.project == two.project:
        raise InputError(f"{one.name} and {two.name} are both of {one.project}")
    for name in ("sites", "lots"):
        if list(one.tables[name]) != list(two.tables[name]):
            raise InputError(
                f"{one.name} and {two.name} have other columns in {name}.csv: make both with "
                "the same version"
            )


def leave(pooled: Pooled, city: str, stricter: Stricter) -> Pooled:
    """Take a city out: what is left is what the others would have made without it."""
    if city not in pooled.names:
        raise InputError(f"no city {city!r}; there are {', '.join(pooled.names)}")
    if len(pooled.names) == FEWEST:
        raise InputError(f"without {city} one city is left: that is no joint tender")
    rest = [name for name in pooled.names if name != city]
    tables = (pooled.cities, pooled.sites, pooled.lots)
    facts, sites, lots = (table[table["city"] != city].reset_index(drop=True) for table in tables)
    return _joined(
        pooled.rule,
        facts,
        sites,
        lots,
        ({name: clauses_of(pooled, name) for name in rest}, stricter),
    )


def clauses_of(pooled: Pooled, city: str) -> Clauses:
    """Return what one city asks for: what is common, but for what it asks for otherwise."""
    found: dict[str, dict[str, str]] = {}
    for row in pooled.requirements.to_dict("records"):
        told = {str(name): str(value) for name, value in row.items() if name != "parameters"}
        found[told.pop("id")] = told | _parameters(str(row["parameters"]))
    own = pooled.deviations[pooled.deviations["city"] == city]
    for each in own.to_dict("records"):
        if each["value"] == ABSENT and each["field"] == "selected":
            found.pop(each["id"])
        else:
            found[each["id"]][each["field"]] = each["value"]
    return {
        clause: {k: v for k, v in told.items() if v or not k.startswith(PARAMETER)}
        for clause, told in found.items()
    }


def exact_sum(column: pd.Series) -> Decimal | None:
    """Add numbers written as text without rounding; None where one is not known."""
    try:
        return sum((Decimal(str(each)) for each in column), Decimal(0))
    except InvalidOperation:
        return None


def _joined(
    rule: str,
    facts: pd.DataFrame,
    sites: pd.DataFrame,
    lots: pd.DataFrame,
    asked: tuple[Mapping[str, Clauses], Stricter],
) -> Pooled:
    by_city, stricter = asked
    rows, deviations = [], []
    for clause in sorted({name for clauses in by_city.values() for name in clauses}):
        having = {city: told[clause] for city, told in by_city.items() if clause in told}
        values, how = _in_common(clause, having, rule, stricter)
        if len(having) < len(by_city):
            values["selected"], how["selected"] = "no", "all"
        rows.append(_row(clause, values))
        for city in by_city:
            if city not in having:
                deviations.append((city, clause, "selected", ABSENT, "no", "all"))
                continue
            deviations += [
                (city, clause, field, having[city].get(field, ""), common, how[field])
                for field, common in values.items()
                if having[city].get(field, "") != common
            ]
    columns = ["id", *FIELDS, "parameters"]
    return Pooled(
        rule,
        facts,
        sites,
        lots,
        pd.DataFrame(rows, columns=columns, dtype=str),
        pd.DataFrame(deviations, columns=list(DEVIATIONS), dtype=str),
    )


def _in_common(
    clause: str, having: Mapping[str, Mapping[str, str]], rule: str, stricter: Stricter
) -> tuple[dict[str, str], dict[str, str]]:
    """Choose every field of a clause; words of cities that ask for it count before others'."""
    asking = [told for told in having.values() if told.get("selected") == "yes"]
    values, how = {}, {}
    for field in sorted({name for told in having.values() for name in told}):
        voices = list(having.values()) if field == "selected" or not asking else asking
        told = [each.get(field, "") for each in voices]
        values[field], how[field] = common_value(clause, field, told, rule, stricter)
    return values, how


def _row(clause: str, values: Mapping[str, str]) -> dict[str, str]:
    own = {
        name.removeprefix(PARAMETER): value
        for name, value in sorted(values.items())
        if name.startswith(PARAMETER) and value
    }
    text = ";".join(f"{name}={value}" for name, value in own.items())
    return {"id": clause, **{name: values.get(name, "") for name in FIELDS}, "parameters": text}


def _clauses(table: pd.DataFrame) -> Clauses:
    found = {}
    for row in table.to_dict("records"):
        told = {name: str(row.get(name, "")) for name in FIELDS}
        found[str(row["id"])] = told | _parameters(str(row.get("parameters", "")))
    return found


def _parameters(text: str) -> dict[str, str]:
    """Read parameters; one without a value is as good as none."""
    pairs = (each.partition("=")[::2] for each in text.split(";"))
    return {f"{PARAMETER}{name}": value for name, value in pairs if value}


def _own(pack: SealedPack, name: str) -> pd.DataFrame:
    """Return a city's rows with its name before them and before their numbers."""
    table = pack.tables[name].copy()
    city = pack.project.upper()
    for column in {"location_id", "lot_code"} & {*table}:
        bare = ~table[column].str.startswith(f"{city}-")
        table[column] = table[column].where(~bare, city + "-" + table[column])
    table.insert(0, "city", pack.project)
    return table


def _facts(pack: SealedPack) -> pd.DataFrame:
    sites, lots = pack.sites, pack.tables["lots"]
    sums = {name: exact_sum(sites[column]) for name, column in SUMS.items()}
    sums |= {name: exact_sum(lots[column]) for name, column in LOT_SUMS.items()}
    told = {name: "unknown" if value is None else str(value) for name, value in sums.items()}
    facts = {name: str(pack.manifest[name]) for name in ("model", "v2g_phase", "date", "revision")}
    row = {"city": pack.project, "sites": str(len(sites)), **told, **facts}
    return pd.DataFrame([row | {"pack_digest": str(pack.manifest["pack_digest"])}])

"""Cities together: the common annex, every difference, exact sums, and a way out."""

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from app.core.errors import InputError
from app.core.tender.common_value import common_value
from app.core.tender.pool import FIELDS, Pooled, clauses_of, leave, pool
from app.core.tender.sealed import SealedPack

NO_SHRINK = (Phase.explicit, Phase.reuse, Phase.generate)  # tables shrink for minutes
STRICTER = {("LOC-01", "max_walk_m"): "lower", ("KPI-01", "uptime_pct"): "higher"}
USUAL = dict.fromkeys(FIELDS, "") | {"level": "must", "selected": "yes", "legal_check": "no"}


def _clause(name: str, parameters: str = "", **more: str) -> dict[str, str]:
    return (
        {"id": name, "parameters": parameters, "text": f"Text of {name}"}
        | {key: value for key, value in USUAL.items() if key != "text"}
        | more
    )


def _pack(
    city: str, clauses: list[dict[str, str]], points: tuple[int, ...] = (2,), kwh: str = "100.5"
) -> SealedPack:
    rows = [
        {"location_id": f"{city.upper()}-{at:04d}", "lot_code": "1", "n_charge_points": str(each)}
        | {"station_kw": f"{each * 11.1:.1f}"}
        for at, each in enumerate(points, 1)
    ]
    told = {"project": city, "edition": "public", "model": "concession", "v2g_phase": 2}
    told |= {"date": "2027-01-15", "revision": 1, "pack_digest": city * 4}
    tables = {
        "sites": pd.DataFrame(rows, dtype=str),
        "lots": pd.DataFrame([{"lot_code": "1", "kwh_year_p50": kwh}], dtype=str),
        "requirements": pd.DataFrame(clauses, columns=["id", *FIELDS, "parameters"], dtype=str),
    }
    return SealedPack(f"{city}.zip", told, tables)


def _same(one: Pooled, two: Pooled) -> bool:
    names = ("cities", "sites", "lots", "requirements", "deviations")
    return all(getattr(one, name).equals(getattr(two, name)) for name in names)


def test_by_hand_two_cities() -> None:
    a = _pack("alfa", [_clause("LOC-01", "max_walk_m=300"), _clause("SOC-02")], (2, 4))
    b = _pack("beta", [_clause("LOC-01", "max_walk_m=250", level="should")], (6,), "0.25")
    found = pool([b, a], "strictest", STRICTER)
    assert found.names == ["alfa", "beta"]
    assert found.common["id"].tolist() == ["LOC-01"]
    row = found.common.iloc[0]
    assert (row["level"], row["parameters"]) == ("must", "max_walk_m=250")
    told = [tuple(row) for row in found.deviations.itertuples(index=False)]
    assert told == [
        ("alfa", "LOC-01", "parameter max_walk_m", "300", "250", "strictest"),
        ("beta", "LOC-01", "level", "should", "must", "strictest"),
        ("alfa", "SOC-02", "selected", "yes", "no", "all"),
        ("beta", "SOC-02", "selected", "absent", "no", "all"),
    ]
    assert found.totals == {
        "sites": 3,
        "points": 12,
        "kw": Decimal("133.2"),  # 22.2 + 44.4 + 66.6; as floats it would be 133.20000000000002
        "kwh_year_p50": Decimal("100.75"),
    }
    assert found.sites["location_id"].tolist() == ["ALFA-0001", "ALFA-0002", "BETA-0001"]
    assert found.lots["lot_code"].tolist() == ["ALFA-1", "BETA-1"]


def test_what_one_city_does_not_know_nobody_knows_of_the_sum() -> None:
    found = pool([_pack("alfa", []), _pack("beta", [], kwh="")], "majority", {})
    assert found.totals["kwh_year_p50"] is None
    assert found.totals["points"] == 4
    assert found.cities["kwh_year_p50"].tolist() == ["100.5", "unknown"]


@pytest.mark.parametrize(
    ("field", "values", "rule", "wanted"),
    [
        ("parameter uptime_pct", ["97", "98", "97"], "strictest", ("98", "strictest")),
        ("parameter uptime_pct", ["97", "98", "97"], "majority", ("97", "majority")),
        ("parameter uptime_pct", ["97", "98"], "majority", ("98", "tie")),
        ("parameter uptime_pct", ["97", "often", "97"], "strictest", ("97", "majority")),
        ("parameter colour", ["red", "blue", "red"], "strictest", ("red", "majority")),
        ("text", ["b", "a"], "strictest", ("a", "tie")),
        ("level", ["award", "should", "award"], "strictest", ("should", "strictest")),
        ("selected", ["yes", "no", "yes"], "majority", ("no", "all")),
        ("legal_check", ["no", "yes", "no"], "majority", ("yes", "any")),
        ("text", ["a", "a"], "strictest", ("a", "same")),
    ],
)
def test_the_common_value_and_how_it_was_found(
    field: str, values: list[str], rule: str, wanted: tuple[str, str]
) -> None:
    assert common_value("KPI-01", field, values, rule, STRICTER) == wanted


def test_packs_that_do_not_belong_together_are_refused() -> None:
    a, b = _pack("alfa", []), _pack("beta", [])
    inside = SealedPack("in.zip", a.manifest | {"edition": "internal"}, a.tables)
    other = SealedPack("o.zip", b.manifest, b.tables | {"lots": b.tables["lots"].assign(new="")})
    bare = SealedPack("bare.zip", b.manifest, {"sites": b.sites})
    for packs, words in (
        ([a], "1 packs: 2 to 30"),
        ([inside, b], r"in\.zip is an internal edition"),
        ([a, b, _pack("alfa", [])], "are both of alfa"),
        ([a, other], r"other columns in lots\.csv"),
        ([a, bare], r"no lots\.csv, requirements\.csv"),
    ):
        with pytest.raises(InputError, match=words):
            pool(packs, "strictest", {})
    with pytest.raises(InputError, match="no rule 'best'"):
        pool([a, b], "best", {})
    joint = pool([a, b], "strictest", {})
    with pytest.raises(InputError, match="no city 'gamma'"):
        leave(joint, "gamma", {})
    with pytest.raises(InputError, match="one city is left"):
        leave(joint, "alfa", {})


@st.composite
def _cities(draw: st.DrawFn) -> list[SealedPack]:
    found = []
    for city in ("alfa", "beta", "gamma", "delta")[: draw(st.integers(3, 4))]:
        clauses = []
        for name in ("LOC-01", "KPI-01", "SOC-02"):
            if draw(st.booleans()):
                walk = draw(
                    st.sampled_from(["", "max_walk_m=", "max_walk_m=300", "max_walk_m=9;a=x"])
                )
                clauses.append(
                    _clause(
                        name,
                        walk,
                        level=draw(st.sampled_from(["must", "should", "award"])),
                        text=draw(st.sampled_from(["", "A", "B"])),
                        selected=draw(st.sampled_from(["yes", "no"])),
                    )
                )
        points = tuple(draw(st.lists(st.integers(1, 9), min_size=1, max_size=3)))
        found.append(_pack(city, clauses, points, draw(st.sampled_from(["", "0.1", "7"]))))
    return found


@settings(deadline=None, max_examples=15, phases=NO_SHRINK)
@given(packs=_cities(), rule=st.sampled_from(["strictest", "majority"]), data=st.data())
def test_a_city_that_leaves_was_never_there(
    packs: list[SealedPack], rule: str, data: st.DataObject
) -> None:
    joint = pool(packs, rule, STRICTER)
    gone = data.draw(st.sampled_from(packs))
    rest = [pack for pack in packs if pack is not gone]
    assert _same(leave(joint, gone.project, STRICTER), pool(rest, rule, STRICTER))
    assert _same(joint, pool(packs[::-1], rule, STRICTER))
    for pack in packs:  # nothing is lost: common and deviations give every city its own back
        assert set(clauses_of(joint, pack.project)) == set(pack.tables["requirements"]["id"])
        for row in pack.tables["requirements"].to_dict("records"):
            told = clauses_of(joint, pack.project)[row["id"]]
            assert {name: told[name] for name in FIELDS} == {name: row[name] for name in FIELDS}
    points = [int(pack.sites["n_charge_points"].astype(int).sum()) for pack in packs]
    assert joint.totals["points"] == sum(points)

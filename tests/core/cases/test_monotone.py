"""What must hold of every case whatever is typed: exact sums, caps, and the right direction."""

from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from typing import Any

from hypothesis import given as whatever
from hypothesis import settings
from hypothesis import strategies as st

from app.core.cases import CASES
from app.core.cases.base import Answer
from app.core.cases.building import dispatch, series
from app.core.cases.depot import split
from app.core.cases.ferry import run, timetable
from app.core.cases.given import Given, read
from app.core.cases.swap import day
from app.core.cases.wedge import shapley

QUICK = settings(max_examples=60, deadline=None)
KW = st.decimals(0, 500, places=1)
SHARE = st.decimals(0, 1, places=2)
PART = st.decimals("0.5", 1, places=2)
FEW = st.integers(0, 60)


def asked(key: str, **typed: Any) -> Given:  # noqa: ANN401
    said = {n: v if isinstance(v, tuple) else str(v) for n, v in typed.items()}
    return read(CASES[key].inputs, said)


def answer(key: str, **typed: Any) -> Answer:  # noqa: ANN401
    return CASES[key].solve(asked(key, **typed))


def results(key: str, **typed: Any) -> Any:  # noqa: ANN401
    return answer(key, **typed).results


@QUICK
@whatever(st.decimals("0.1", 400, places=1), st.lists(KW, max_size=5))
def test_what_is_removed_and_what_stays_is_the_gap(gap: Decimal, mws: list[Decimal]) -> None:
    parts = tuple(f"m{n}={mw}" for n, mw in enumerate(mws)) or ("m=0",)
    found = results("wedge", gap_mw=gap, measure=parts)
    removed = sum(found["shapley_mw"].values())
    assert removed + found["residual_mw"] == Fraction(gap)
    assert min(found["residual_mw"], found["surplus_mw"]) == 0
    assert found["sum_mw"] + found["residual_mw"] - found["surplus_mw"] == Fraction(gap)


@QUICK
@whatever(st.integers(1, 30), st.lists(st.integers(0, 20), min_size=1, max_size=4))
def test_a_fair_share_is_the_mean_over_all_orders(gap: int, mws: list[int]) -> None:
    fair = shapley(Fraction(gap), [Fraction(mw) for mw in mws])
    orders = list(permutations(range(len(mws))))
    for each in range(len(mws)):
        adds = []
        for order in orders:
            before = sum(mws[n] for n in order[: order.index(each)])
            adds.append(min(before + mws[each], gap) - min(before, gap))
        assert fair[each] == Fraction(sum(adds), len(orders))


@QUICK
@whatever(KW, st.decimals("0.1", 1, places=2))
def test_low_power_fits_at_least_as_many(room: Decimal, coincidence: Decimal) -> None:
    options = results("low-power", headroom_kw=room, coincidence=coincidence)["options"]
    points = [each["points"] for each in options]
    served = [each["served_share"] for each in options]
    assert points == sorted(points, reverse=True)
    assert served == sorted(served)
    assert all(
        each["kw"] * n * Fraction(coincidence) <= Fraction(room)
        for each, n in zip(options, points, strict=True)
    )


@QUICK
@whatever(FEW, FEW, KW, st.integers(0, 30))
def test_packs_are_conserved_and_the_grid_is_kept(
    packs: int, more: int, grid: Decimal, wanted: int
) -> None:
    one = asked("swap", packs=packs, grid_kw=grid, swaps_per_h=wanted, efficiency="0.9")
    for hour in day(one):
        assert hour["full"] + hour["filling"] == packs
        assert 0 <= hour["full"] <= packs
        assert hour["grid_kw"] <= one.real("grid_kw") + 1e-6
    if not packs:
        assert sum(hour["served"] for hour in day(one)) == 0
    few = results("swap", packs=packs, grid_kw=grid)["sustainable_swaps_per_h"]
    assert few <= results("swap", packs=packs + more, grid_kw=grid)["sustainable_swaps_per_h"]


@QUICK
@whatever(KW, KW)
def test_no_kilowatt_is_sold_and_used(there: Decimal, own: Decimal) -> None:
    found = results("flex", available_p10_mw=there, own_use_mw=own)
    assert found["offered_mw"] + found["own_use_mw"] == Fraction(there)
    assert 0 <= found["offered_mw"] <= Fraction(there)


@QUICK
@whatever(FEW, st.decimals("0.1", 80, places=1), SHARE, SHARE)
def test_one_more_car_never_lowers_hours(
    cars: int, load: Decimal, present: Decimal, away: Decimal
) -> None:
    said = {"load_kw": load, "present": present, "day_share": away}
    few, more = (results("relief", cars=n, **said) for n in (cars, cars + 1))
    assert few["hours"] <= more["hours"]
    pairs = zip(few["survival_hours"], more["survival_hours"], strict=True)
    assert all(a <= b for a, b in pairs)
    assert few["worst_hours"] == min(few["survival_hours"])
    needed = few.get("cars_needed")
    if needed:
        assert results("relief", cars=needed, **said)["available_kw"] >= Fraction(load)
        assert results("relief", cars=needed - 1, **said)["available_kw"] < Fraction(load)


@QUICK
@whatever(FEW, KW, st.integers(1, 12), PART)
def test_the_depot_takes_as_many_as_fit_and_not_one_more(
    buses: int,
    room: Decimal,
    window: int,
    efficiency: Decimal,
) -> None:
    found = answer("depot", buses=buses, headroom_kw=room, window_h=window, efficiency=efficiency)
    if found.status == "not_applicable":
        return
    electric = found.results["electric_buses"]
    energy = Fraction(room) * window * Fraction(efficiency)
    assert electric * 250 <= energy
    if found.results["limited_by"] == "grid":
        assert (electric + 1) * 250 > energy
    assert found.results["naive_buses"] <= electric
    assert electric + sum(found.results["rest"].values()) == buses
    assert max(found.hours_kw) <= float(room) + 1e-9


@QUICK
@whatever(st.integers(0, 200), st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_largest_remainders_keep_the_sum(count: int, weights: list[int]) -> None:
    shares = tuple((f"s{n}", Fraction(w, sum(weights))) for n, w in enumerate(weights))
    found = split(count, shares)
    assert sum(found.values()) == count
    assert all(abs(found[name] - count * share) < 1 for name, share in shares)


@QUICK
@whatever(SHARE, SHARE, SHARE)
def test_more_users_give_more_and_none_give_nothing(
    one: Decimal, two: Decimal, soc: Decimal
) -> None:
    low, high = (results("acceptance", participation=p, min_soc=soc) for p in sorted((one, two)))
    assert low["kw"] <= high["kw"]
    assert low["kwh"] <= high["kwh"]
    for kind in ("kw", "kwh"):
        assert low["band"][kind]["low"] <= low[kind] <= low["band"][kind]["high"]
    assert results("acceptance", participation=0, min_soc=soc)["kw"] == 0
    assert results("acceptance", participation=one, min_soc=1)["kwh"] == 0


@QUICK
@whatever(st.integers(1, 3000), st.integers(0, 300), SHARE)
def test_a_share_of_parking_is_exact(spaces: int, existing: int, share: Decimal) -> None:
    said = {"spaces": spaces, "existing": existing, "share": share}
    up, down, half = (
        results("parking-share", rounding=r, **said) for r in ("ceil", "floor", "round")
    )
    wanted = Fraction(share) * spaces
    assert down["required"] <= wanted <= up["required"] < wanted + 1
    assert abs(half["required"] - wanted) <= Fraction(1, 2)
    assert up["missing"] == max(0, up["required"] - existing)


@QUICK
@whatever(
    st.lists(st.integers(0, 90), min_size=4, max_size=4), st.integers(0, 3), st.integers(0, 40)
)
def test_a_longer_step_never_brings_points_earlier(weeks: list[int], step: int, more: int) -> None:
    names = [f"{each}_weeks" for each in ("tender", "permit", "grid", "build")]
    before = dict(zip(names, weeks, strict=True))
    after = before | {names[step]: weeks[step] + more}
    assert results("lead-time", **before)["weeks"] <= results("lead-time", **after)["weeks"]
    if sum(weeks):
        slow = max(("permit", "grid"), key=lambda n: before[f"{n}_weeks"])
        assert (
            not before[f"{slow}_weeks"] or slow in results("lead-time", **before)["critical_path"]
        )


@QUICK
@whatever(KW, KW, KW, KW, PART, st.integers(0, 5))
def test_a_building_balances_and_keeps_its_connection(  # noqa: PLR0913, PLR0917  # one each
    load: Decimal,
    connection: Decimal,
    sun: Decimal,
    battery: Decimal,
    efficiency: Decimal,
    cars: int,
) -> None:
    said = {
        "load_kw": load, "connection_kw": connection, "battery_kwh": battery, "hours": "7.5",
        "efficiency": efficiency, "v2g_points": cars,
    }  # fmt: skip
    one = asked("building", pv_kw=sun, **said)
    for step in dispatch(one, series(one)):
        energy_in = step.sun - step.export + step.grid + step.out
        assert abs(step.load - step.unserved - energy_in) < 1e-6
        assert step.grid <= one.real("connection_kw") + 1e-9
        assert step.unserved >= -1e-9
        assert step.stored >= -1e-9
    with_sun, without = answer("building", pv_kw=sun, **said), answer("building", pv_kw=0, **said)
    if without.status != "not_applicable":
        more, less = (each.results["self_sufficiency"] for each in (with_sun, without))
        assert more >= less - 1e-9
    short = with_sun.results["unserved_kwh"] > 0
    assert short == (with_sun.status == "unserved")


@QUICK
@whatever(KW, KW, KW)
def test_a_building_without_storage_is_its_baseline_bit_by_bit(
    load: Decimal, sun: Decimal, most: Decimal
) -> None:
    one = asked(
        "building", load_kw=load, pv_kw=sun, connection_kw=most, battery_kwh=0, battery_kw=0
    )
    for step in dispatch(one, series(one)):
        assert step.grid == max(0.0, min(step.load - step.sun, one.real("connection_kw")))


@QUICK
@whatever(st.integers(0, 10**6), st.integers(1, 9000), st.integers(0, 9000))
def test_a_budget_is_never_overspent(budget: int, unit: int, grant: int) -> None:
    found = results("budget", budget_eur=budget, unit_eur=unit, grant_eur_point=grant)
    if found["points"] is None:
        assert grant >= unit
        return
    assert found["points"] * (unit - grant) <= budget < (found["points"] + 1) * (unit - grant)
    assert found["spent_eur"] + found["left_eur"] == budget


@QUICK
@whatever(FEW, st.decimals(0, 10, places=1), st.decimals(0, 5, places=1), SHARE)
def test_more_bookings_never_raise_v2g(
    cars: int, bookings: Decimal, more: Decimal, soc: Decimal
) -> None:
    said = {"cars": cars + 1, "min_soc": soc}
    calm = results("shared-cars", bookings_day=bookings, **said)
    busy = results("shared-cars", bookings_day=bookings + more, **said)
    assert busy["v2g_kwh_day"] <= calm["v2g_kwh_day"]
    assert calm["v2g_mw"] <= calm["ceiling_mw"] == Fraction(11 * (cars + 1), 1000)
    assert calm["soc_after_v2g"] >= Fraction(soc)


@QUICK
@whatever(st.integers(0, 4), st.integers(0, 400))
def test_more_removable_units_never_cover_less(units: int, battery: int) -> None:
    few, more = (results("removable", units=n, battery_kwh=battery) for n in (units, units + 1))
    assert few["coverage"] <= more["coverage"]
    assert few["cost_eur"] == few["moves"] * 3000
    assert units or few["coverage"] == 0
    for month in range(1, 13):
        assert sum(each["month"] == month for each in few["plan"]) <= units


@settings(max_examples=12, deadline=None)
@whatever(st.integers(1, 8), st.integers(50, 400), st.integers(200, 600), PART)
def test_the_ferry_battery_is_the_least(
    calls: int, kwh: int, grid: int, efficiency: Decimal
) -> None:
    said = {"calls_day": calls, "kwh_call": kwh, "grid_kw": grid, "efficiency": efficiency}
    found = results("ferry", **said)
    assert abs(found["balance_kwh"]) < 1e-6
    assert found["grid_peak_kw"] <= grid + 1e-6
    needed = found["battery_kwh_needed"]
    assert found["calls_served"] == calls
    if needed:
        one = asked("ferry", **said)
        assert not all(run(one, timetable(one), needed - 1.0)[0])
        less = answer("ferry", battery_kwh=needed - 1, **said)
        assert less.status == "battery_short"


def test_a_ferry_beyond_its_connection_is_told_so() -> None:
    found = answer("ferry", calls_day=40, kwh_call=1000, grid_kw=100)
    assert found.status == "grid_short"
    assert found.results["battery_kwh_needed"] is None


def test_a_fifth_prepared_place_is_refused_and_a_taken_place_stays_taken() -> None:
    found = answer("licence", prepared=3, ask_prepared=3, ask_reserved=0)
    assert [each["granted"] for each in found.results["applications"]] == [True, False, False]
    assert "at most 4" in found.reason
    short = answer("licence", row_spaces=3)
    assert short.results["granted"] == 0


@QUICK
@whatever(SHARE, SHARE, SHARE)
def test_pay_keeps_its_caps_and_never_falls_with_a_figure(
    uptime: Decimal, better: Decimal, full: Decimal
) -> None:
    low, high = sorted((uptime, better))
    before, after = (
        results("kpi", measured=(f"uptime={n}", f"charged_in_full={full}")) for n in (low, high)
    )
    assert before["payment_eur"] <= after["payment_eur"]
    for found in (before, after):
        assert -found["cap_eur"]["malus"] <= found["payment_eur"] <= found["cap_eur"]["bonus"]


def test_a_switch_nobody_looked_up_opens_nothing() -> None:
    found = results("regulation")
    assert found["allowed"] == 0
    assert found["unassigned"]
    assert {each["state"] for each in found["uses"]} == {"unknown"}
    some = results("regulation", allow_v2g_grid="yes", allow_v2b="no", owner="Legal", by_date="x")
    states = [each["state"] for each in some["uses"]]
    assert states == ["allowed", "unknown", "forbidden", "forbidden"]
    assert "feeding a building" in some["uses"][2]["reason"]
    twice = results("regulation", allow_v2g_grid="yes", double_charging="yes")["uses"][1]
    once = results("regulation", allow_v2g_grid="yes", double_charging="no")["uses"][1]
    assert (twice["state"], once["state"]) == ("forbidden", "allowed")
    assert not some["unassigned"]


def test_unknown_is_not_yes_and_an_old_row_shows_its_age() -> None:
    found = {each["model"]: each for each in results("market", today="2026-11-28")["models"]}
    assert {name: each["state"] for name, each in found.items()} == {
        "Model A": "unknown",
        "Model B": "can",
        "Model C": "unknown",
    }
    assert found["Model C"]["age"] == "26 months: ask again"
    assert found["Model A"]["age"] == "8 months"
    ac = {each["model"]: each["state"] for each in results("market", required="ac_v2g")["models"]}
    assert ac == {"Model A": "can", "Model B": "cannot", "Model C": "unknown"}


def test_what_nobody_owns_and_what_two_claim_is_listed() -> None:
    found = results("alignment")
    assert found["unassigned"] == [{"measure": "charge points", "site": "Station Square"}]
    both = {"site": "Market Street", "bay": "1", "measures": ["charge points", "shared cars"]}
    assert found["conflicts"] == [both], "two bays of one site are no conflict"


def test_equal_inputs_give_equal_columns_of_ac_and_dc() -> None:
    found = results("acdc", ac_premium_eur=900, dc_premium_eur=900, ac_kw=11, dc_kw=11)
    words = {"inverter", "certificate", "duty"}
    ac, dc = ({k: v for k, v in found[side].items() if k not in words} for side in ("ac", "dc"))
    assert ac == dc
    assert ac["cars_share"] is None, "unknown is not yes"


def test_an_unmeasured_figure_keeps_every_gate_above_shut() -> None:
    found = results("roadmap")
    assert [each["state"] for each in found["rungs"]][:3] == ["open", "unknown", "closed"]
    told = results("roadmap", pause_share="0.95", makers=3, ready_share="0.2")
    assert (told["reached"], told["next"]) == (3, "ready")

"""A list of sites goes out and comes back, with its ids and its history."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import InputError
from app.core.project import Project
from app.core.scenario import Scenario
from app.core.siting.plan import Plan
from app.core.siting.statuses import Site, Step, turn
from app.services import site_list
from app.services.estimate import estimate
from app.services.plan import plan_project
from app.services.projects import load_project
from app.services.recommend import places_of

SCENARIO = Scenario(budget_eur=500_000)
HEAD = "candidate_id,status,date,who,reason,x,y,objections\n"
WORD = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P"], exclude_characters="|>"), max_size=12
)
KEY = WORD.filter(bool)


@pytest.fixture(scope="module")
def town() -> Project:
    return load_project("sampletown")


@pytest.fixture(scope="module")
def plan(town: Project) -> Plan:
    return plan_project(town, SCENARIO)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.builds(
            Site,
            KEY,
            KEY,
            st.floats(130_000, 140_000),
            st.floats(450_000, 460_000),
            st.integers(1, 40),
            st.lists(
                st.builds(Step, st.just("2027-01-15"), st.just("published"), WORD, WORD),
                min_size=1,
                max_size=3,
                unique=True,
            ).map(tuple),
            st.integers(0, 99),
            st.booleans(),
        ),
        unique_by=lambda each: each.id,
        max_size=4,
    )
)
def test_what_goes_out_comes_back(town: Project, sites: list[Site]) -> None:
    content = site_list.write_list(town, sites)
    assert list(site_list.read_list(town, content, "list.csv")) == sites


def test_a_plan_becomes_a_list_and_the_next_plan_holds_to_it(town: Project, plan: Plan) -> None:
    sites = list(site_list.begin(SCENARIO, plan, "2027-01-15"))
    assert [site.id for site in sites] == plan.sites["candidate_id"].tolist()
    last, first = len(plan.firm) - 1, sites[0]
    sites[last] = turn(sites[last], Step("2027-02-01", "decided", "council"))
    sites[1] = turn(sites[1], Step("2027-02-01", "dropped", "AB", "a root"))
    x, y = first.x or 0.0, first.y or 0.0
    sites[0] = turn(first, Step("2027-02-02", "moved", "AB", "a gate"), x=x + 25.0, y=y)
    read = site_list.read_list(town, site_list.write_list(town, sites), "list.csv")
    assert list(read) == sites
    asked = site_list.hold(SCENARIO, read, places_of(town, estimate(town, SCENARIO), SCENARIO))
    after = plan_project(town, asked.but(budget_eur=200_000))
    assert sites[last].id in set(after.firm["candidate_id"])
    assert sites[1].id not in set(after.sites["candidate_id"])
    assert not asked.added
    there = plan_project(town, asked).sites.set_index("candidate_id")
    assert first.id not in there.index or there.loc[first.id, "x"] == x + 25.0


def test_sites_of_an_old_map_keep_their_ids(town: Project, plan: Plan) -> None:
    spot = plan.firm.iloc[0]
    content = f"{HEAD}old-7,decided,2027-01-15,council,,{spot['x']},{spot['y']},2\n".encode()
    read = site_list.read_list(town, content, "list.csv")
    places = places_of(town, estimate(town, SCENARIO), SCENARIO)
    after = plan_project(town, site_list.hold(SCENARIO, read, places))
    assert "old-7" in set(after.firm["candidate_id"])
    assert spot["candidate_id"] not in set(after.sites["candidate_id"])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("c1,built,2027-01-15,,,,,", "row 2, column status 'built': wanted one of suggested"),
        ("c1,decided,15-1-2027,,,,,", "row 2, column date '15-1-2027': wanted a day"),
        ("c1,dropped,2027-01-15,,,,,", "row 2, column reason: a site that is dropped needs one"),
        ("c1,moved,2027-01-15,,why,,,", "row 2, column x, y: a site that moved needs"),
        ("c1,moved,2027-01-15,,why,1,,", "row 2, column x, y: one of the two is missing"),
        ("c1,decided,2027-01-15,,,one,2,", "row 2, column x 'one': wanted a number"),
        ("c1,decided,2027-01-15,,,,,-1", "row 2, column objections -1: wanted 0"),
        ("c1,decided,2027-01-15,,,,,1.5", "row 2, column objections '1.5': wanted a whole"),
        ("c1,decided,2027-01-15,a|b,,,,", "row 2, column who 'a|b'"),
        (",decided,2027-01-15,,,,,", "row 2, column candidate_id: missing"),
        ("c0,decided,2027-01-15,,,,,", "row 2, column candidate_id c0: it stands in row 1 too"),
        ("c1,decided", "row 2 has 2 cells"),
    ],
)
def test_bad_rows_are_told_by_row_and_column(town: Project, row: str, said: str) -> None:
    content = f"{HEAD}c0,suggested,2027-01-15,,,,,\n{row}\n".encode()
    with pytest.raises(InputError) as told:
        site_list.read_list(town, content, "list.csv")
    assert said in str(told.value)
    assert "list.csv" in str(told.value)
    assert len(str(told.value).splitlines()) == 1


def test_every_bad_row_is_told(town: Project) -> None:
    rows = "".join(f"c{at},built,2027-01-15,,,,,\n" for at in range(30))
    with pytest.raises(InputError) as told:
        site_list.read_list(town, (HEAD + rows).encode(), "list.csv")
    assert str(told.value).splitlines()[-1] == "list.csv: 10 more rows are wrong"


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"a,b\n1,2\n", b'candidate_id,status,date\n"x\n']
)
def test_what_is_no_list_is_refused(town: Project, content: bytes) -> None:
    with pytest.raises(InputError, match=r"list\.csv"):
        site_list.read_list(town, content, "list.csv")


def test_a_spreadsheet_with_semicolons_and_decimal_commas_is_read(town: Project) -> None:
    content = b"\xef\xbb\xbfcandidate_id;status;date;x;y\r\nc1;decided;2027-01-15;1,5;2,5\r\n"
    (site,) = site_list.read_list(town, content, "list.csv")
    assert (site.x, site.y) == (1.5, 2.5)


def test_two_places_in_one_row_must_agree(town: Project) -> None:
    head = "candidate_id,status,date,x,y,lat,lon\n"
    row = "c1,moved,2027-01-15,137000,456000,52.5,5.3\n"
    with pytest.raises(InputError, match=r"column (reason|lat, lon)"):
        site_list.read_list(town, (head + row).encode(), "list.csv")


def test_edits_in_the_table_become_history(town: Project, plan: Plan) -> None:
    sites = site_list.begin(SCENARIO, plan, "2027-01-15")
    edited = site_list.table(town, sites)
    edited.loc[0, ["status", "who", "objections"]] = ["published", "AB", 4]
    after = site_list.update(town, sites, edited, "2027-03-01")
    assert after[0].history[-1] == Step("2027-03-01", "published", "AB", "")
    assert after[0].objections == 4
    assert after[1:] == sites[1:]
    edited.loc[3, "x"] += 10.0
    with pytest.raises(InputError, match=r"row 4 .*column x, y: .*needs status moved"):
        site_list.update(town, sites, edited, "2027-03-01")
    edited.loc[3, ["status", "reason"]] = ["moved", "a gate"]
    moved = site_list.update(town, sites, edited, "2027-03-01")[3]
    assert (moved.id, moved.now.status, moved.x) == (sites[3].id, "moved", edited.loc[3, "x"])
    again = site_list.table(town, [moved])
    again.loc[0, "y"] += 5.0
    (there,) = site_list.update(town, [moved], again, "2027-04-01")
    assert [step.day for step in there.history] == ["2027-01-15", "2027-03-01", "2027-04-01"]
    edited.loc[2, "status"] = "dropped"
    with pytest.raises(InputError, match=r"row 3 .*column reason"):
        site_list.update(town, sites, edited, "2027-03-01")

"""The room on a phone: counts are exact, strangers get nothing, and nothing said is repeated."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.core.errors import InputError
from app.core.scenario import Scenario, knobs
from app.core.workshop.ballot import ballot, checked, lever_of
from app.core.workshop.spread import LEAST_SHOWN, spread
from app.services import rooms, workshop
from app.services.rooms import Room, Rooms
from app.ui.phone import ROUTES, routes

LEVERS = ("v2g_share", "budget_eur", "share_can_resume")
EVIL = "<img src=x onerror=alert(1)>"


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Say what the time is."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def halls(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Rooms:
    found = Rooms(clock)
    found.allowed = True
    monkeypatch.setattr(routes, "ROOMS", found)
    monkeypatch.setattr(rooms, "ADDRESS_VOTES_S", 10_000)
    return found


@pytest.fixture
def room(halls: Rooms) -> Room:
    found = halls.open("Utrecht")
    found.ask("How far?", LEVERS, Scenario())
    return found


@pytest.fixture
def app() -> Starlette:
    return Starlette(routes=ROUTES)


@pytest.fixture
def phone(app: Starlette, room: Room) -> Iterator[TestClient]:
    """One phone that opened the page."""
    with TestClient(app) as client:
        assert client.get(f"/room/{room.code}").status_code == 200
        yield client


def token(phone: TestClient, room: Room) -> str:
    found = re.search(r'name="token" value="([0-9a-f]+)"', phone.get(f"/room/{room.code}").text)
    assert found is not None
    return found[1]


def send(phone: TestClient, room: Room, values: object, why: object = "") -> tuple[int, str]:
    answer = phone.post(
        f"/room/{room.code}/vote",
        json={"values": values, "why": why},
        headers={"X-Room-Token": token(phone, room)},
    )
    return answer.status_code, answer.json()["sentence"]


def test_a_phone_gets_one_small_page_that_needs_nothing_else(phone: TestClient, room: Room) -> None:
    shown = phone.get(f"/room/{room.code}")
    assert len(shown.content) < 30_000
    assert "How far?" in shown.text
    assert not re.findall(r"(?:src|href)=", shown.text)
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    cookie = phone.get(f"/room/{room.code}").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert room.token not in shown.text


def test_the_last_answer_counts_and_survives_a_reload(
    phone: TestClient, room: Room, clock: Clock
) -> None:
    assert send(phone, room, {"v2g_share": 30}, "my son has one")[0] == 200
    clock.now += 2
    assert send(phone, room, {"v2g_share": 42.5})[0] == 200
    assert [dict(vote.values) for vote in room.votes.values()] == [{"v2g_share": 42.5}]
    assert 'value="42.5"' in phone.get(f"/room/{room.code}").text


def test_a_plain_form_does_as_well(phone: TestClient, room: Room) -> None:
    form = {"token": token(phone, room), "lever_v2g_share": "30", "lever_budget_eur": "", "why": ""}
    answer = phone.post(f"/room/{room.code}/vote", data=form)
    assert answer.status_code == 200  # after the redirect
    assert "your answer counts" in answer.text
    assert [dict(vote.values) for vote in room.votes.values()] == [{"v2g_share": 30.0}]


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"v2g_share": 101}, 422),
        ({"v2g_share": 31.7}, 422),
        ({"v2g_share": True}, 422),
        ({"v2g_share": float("1e308")}, 422),
        ({"v2g_share": EVIL}, 422),
        ({"v2g_share": [1]}, 422),
        ({EVIL: 1}, 422),
        ({"seed": 1}, 422),
        ({}, 422),
        ("no", 422),
        ({"v2g_share": "9" * 3000}, 413),
    ],
)
def test_nonsense_is_refused_in_a_sentence_that_repeats_none_of_it(
    phone: TestClient, room: Room, values: object, status: int
) -> None:
    found, sentence = send(phone, room, values)
    assert found == status
    assert sentence.endswith(".")
    assert "<" not in sentence
    assert not room.votes


def test_html_in_a_reason_stays_text(phone: TestClient, room: Room) -> None:
    assert send(phone, room, {"v2g_share": 30}, EVIL)[0] == 200
    assert EVIL not in phone.get(f"/room/{room.code}").text
    room.question = EVIL
    assert EVIL not in phone.get(f"/room/{room.code}").text


def test_what_another_site_sends_is_refused(phone: TestClient, room: Room) -> None:
    body = {"values": {"v2g_share": 30}, "why": ""}
    address, key = f"/room/{room.code}/vote", token(phone, room)
    foreign = {"X-Room-Token": key, "Origin": "https://elsewhere.example"}
    assert phone.post(address, json=body, headers=foreign).status_code == 403
    assert phone.post(address, json=body).status_code == 403
    assert phone.post(address, json=body, headers={"X-Room-Token": "0" * 64}).status_code == 403
    kind = {"X-Room-Token": key, "Content-Type": "text/plain"}
    assert phone.post(address, content=b"{}", headers=kind).status_code == 415
    phone.cookies.clear()
    assert phone.post(address, json=body, headers={"X-Room-Token": key}).status_code == 403
    assert not room.votes


def test_closed_full_hasty_and_ended(
    phone: TestClient, room: Room, halls: Rooms, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert send(phone, room, {"v2g_share": 30})[0] == 200
    assert send(phone, room, {"v2g_share": 35})[0] == 429
    room.set_status(rooms.CLOSED)
    clock.now += 2
    assert send(phone, room, {"v2g_share": 35})[0] == 409
    monkeypatch.setattr(rooms, "MOST_PEOPLE", 1)
    with TestClient(phone.app) as other:
        assert other.get(f"/room/{room.code}").status_code == 503
    clock.now = room.ends_at + 1
    ended = phone.get(f"/room/{room.code}")
    guessed = phone.get("/room/222222")
    assert (ended.status_code, ended.content) == (404, guessed.content)
    assert not room.votes
    assert halls.end(room) == []


def test_unchanged_state_costs_nothing(phone: TestClient, room: Room, clock: Clock) -> None:
    address = f"/room/{room.code}/state"
    first = phone.get(address)
    tag = {"If-None-Match": first.headers["etag"]}
    assert (phone.get(address, headers=tag).status_code, first.json()["status"]) == (304, "open")
    clock.now += 2
    send(phone, room, {"v2g_share": 30})
    assert phone.get(address, headers=tag).json()["mine"] == {"v2g_share": 30.0}


def test_rooms_are_off_until_allowed(phone: TestClient, room: Room, halls: Rooms) -> None:
    halls.allowed = False
    for path in ("", "/state"):
        assert phone.get(f"/room/{room.code}{path}").status_code == 404
    assert phone.post(f"/room/{room.code}/vote", json={}).status_code == 404
    with pytest.raises(InputError, match="--room"):
        halls.open("Utrecht")


def test_guessing_codes_ends_in_nothing(
    app: Starlette, phone: TestClient, room: Room, clock: Clock
) -> None:
    for number in range(rooms.WRONG_CODES_MINUTE):
        assert phone.get(f"/room/X{number:05}").status_code == 404
    assert phone.get(f"/room/{room.code}").status_code == 200  # who is in stays in
    with TestClient(app) as thief:
        assert thief.get(f"/room/{room.code}").status_code == 404
        clock.now += 61
        assert thief.get(f"/room/{room.code}").status_code == 200


def test_the_code_gives_no_control(halls: Rooms, room: Room) -> None:
    with pytest.raises(rooms.NoRoomError):
        halls.run(room.code)
    assert halls.run(room.token) is room
    others = [halls.open("Utrecht") for _ in range(rooms.MOST_ROOMS - 1)]
    with pytest.raises(InputError, match="5 rooms"):
        halls.open("Utrecht")
    assert len({each.code for each in others} | {room.code}) == rooms.MOST_ROOMS


def test_two_hundred_phones_at_once_are_counted_exactly(
    app: Starlette, room: Room, clock: Clock
) -> None:
    import httpx2  # noqa: PLC0415

    step = knobs()["v2g_share"].step * 100
    rng = np.random.default_rng(7)
    wanted = {}

    async def one(number: int) -> None:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://room") as client:
            shown = await client.get(f"/room/{room.code}")
            found = re.search(r'name="token" value="([0-9a-f]+)"', shown.text)
            assert found is not None
            for value in rng.integers(0, 41, 3):
                clock.now += 2
                answer = await client.post(
                    f"/room/{room.code}/vote",
                    json={"values": {"v2g_share": float(value) * step}, "why": ""},
                    headers={"X-Room-Token": found[1]},
                )
                assert answer.status_code == 200
                wanted[number] = float(value) * step
                await asyncio.sleep(0)

    async def all_of_them() -> None:
        await asyncio.gather(*(one(number) for number in range(200)))

    with ThreadPoolExecutor(1) as pool:  # another test of this run may own a loop already
        pool.submit(lambda: asyncio.run(all_of_them())).result()
    found = room.outcome()
    assert found.joined == found.spreads["v2g_share"].touched == 200
    assert found.spreads["v2g_share"].values == pytest.approx(sorted(wanted.values()))
    assert found.spreads["budget_eur"].touched == 0


@given(st.lists(st.floats(-1e6, 1e6), max_size=40))
def test_the_spread_is_numpys_and_silent_about_few(answers: list[float]) -> None:
    found = spread(answers)
    assert found.touched == len(answers)
    if len(answers) < LEAST_SHOWN:
        assert (found.median, found.mean, found.values) == (None, None, ())
        return
    assert found.median == pytest.approx(np.median(answers))
    assert found.mean == pytest.approx(np.mean(answers))
    assert (found.p10, found.p90) == pytest.approx(tuple(np.quantile(answers, (0.1, 0.9))))
    assert (found.low, found.high) == (min(answers), max(answers))


@given(st.sampled_from(sorted(knobs())), st.floats(-1e9, 1e9))
def test_what_is_applied_is_always_a_scenario(name: str, value: float) -> None:
    lever = lever_of(name, Scenario())
    Scenario().but(**{name: lever.setting(value)})
    near = lever.nearest(value)
    assert checked([lever], {name: near}) == {name: pytest.approx(near)}


def test_the_median_becomes_an_ordinary_scenario(room: Room) -> None:
    for number in range(7):
        room.join(str(number))
        room.vote(
            str(number), {"v2g_share": 10 * number} | ({"budget_eur": 0} if number < 4 else {})
        )
    scenario, name = workshop.chosen(room.outcome(), room.code, Scenario(), "median")
    assert scenario == Scenario(v2g_share=0.3)
    assert name == f"Room {room.code}, question 1, median of 7"
    table = workshop.aggregates(room.code, room.outcomes()).set_index("lever")
    assert table.loc["v2g_share", "median"] == 30
    assert table.loc["budget_eur", "touched"] == 4
    assert table.loc["budget_eur", ["lowest", "median", "highest"]].isna().all()
    assert "too few" in workshop.note(room.outcome())


def test_the_next_question_keeps_only_sums(room: Room) -> None:
    for number in count():
        room.vote(str(number), {"v2g_share": 30}, f"reason {number}")
        if number < LEAST_SHOWN - 1:
            assert room.reasons() == []  # so few would tell who said it
        if number == LEAST_SHOWN:
            break
    assert len(room.reasons()) == LEAST_SHOWN + 1
    room.ask("And then?", ["year"], Scenario())
    assert not room.votes
    assert not room.reasons()
    assert [each.number for each in room.outcomes()] == [1, 2]
    assert "reason" not in workshop.aggregates(room.code, room.outcomes()).to_csv()


@pytest.mark.parametrize("names", [[], ["year", "year"], ["strategy"], ["year"] * 4, [EVIL]])
def test_a_question_has_one_to_three_levers(names: list[str]) -> None:
    with pytest.raises(InputError):
        ballot(names, Scenario())

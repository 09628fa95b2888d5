"""Use-case: people join a live room on their phones, move levers, and the facilitator applies it.

Rooms live in the memory of this process and nowhere else: a server that stops forgets them, and
with them every single answer.
"""

import hashlib
import hmac
import secrets
import socket
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import RLock
from urllib.parse import urlsplit

from app.core.errors import InputError
from app.core.scenario import Scenario
from app.core.workshop.ballot import Lever, ballot, checked, line
from app.core.workshop.spread import Spread, spread
from app.settings import SETTINGS

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 6
HOURS = 8.0
MOST_ROOMS, MOST_PEOPLE = 5, 200
LONGEST_QUESTION = 200
VOTES_S, VOTES_MINUTE = 1.0, 60
ADDRESS_VOTES_S = 20
WRONG_CODES_MINUTE = 30
OPEN, CLOSED = "open", "closed"

Clock = Callable[[], float]


class NoRoomError(Exception):
    """No such room, or no longer: the two are told apart by nobody outside."""


class RefusedError(Exception):
    """An answer that is not taken now; says why in one sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        """Keep the HTTP status beside the sentence."""
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class Vote:
    """What one person said last."""

    values: Mapping[str, float]
    why: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question and what it came to, without who said what."""

    number: int
    question: str
    joined: int
    levers: tuple[Lever, ...]
    spreads: Mapping[str, Spread]


@dataclass(slots=True, eq=False)
class Room:
    """A room. Whoever holds ``token`` runs it; the code alone gives no control."""

    code: str
    token: str
    place: str
    clock: Clock
    ends_at: float
    question: str = ""
    levers: tuple[Lever, ...] = ()
    number: int = 0
    status: str = CLOSED
    hidden: bool = False
    revision: int = 0
    votes: dict[str, Vote] = field(default_factory=dict)
    joined: dict[str, deque[float]] = field(default_factory=dict)
    past: list[Outcome] = field(default_factory=list)
    lock: RLock = field(default_factory=RLock)

    def join(self, participant: str) -> None:
        """Let somebody in, once; raises RefusedError where the room is full."""
        with self.lock:
            if participant not in self.joined and len(self.joined) >= MOST_PEOPLE:
                raise RefusedError(503, f"This room is full: {MOST_PEOPLE} people are in.")
            self.joined.setdefault(participant, deque(maxlen=VOTES_MINUTE))

    def vote(self, participant: str, said: Mapping[str, object], why: object = "") -> None:
        """Take an answer; the last one of each person counts."""
        with self.lock:
            self.join(participant)
            self._in_time(participant)
            if self.status != OPEN:
                raise RefusedError(409, "This question is closed.")
            self.votes[participant] = Vote(checked(self.levers, said), line(why))
            self.revision += 1

    def _in_time(self, participant: str) -> None:
        now, times = self.clock(), self.joined[participant]
        if times and now - times[-1] < VOTES_S:
            raise RefusedError(429, "One answer a second, please.")
        if len(times) == VOTES_MINUTE and now - times[0] < 60:  # noqa: PLR2004
            raise RefusedError(429, f"{VOTES_MINUTE} answers a minute are enough.")
        times.append(now)

    def ask(self, question: str, names: Sequence[str], scenario: Scenario) -> None:
        """Put the next question; the answers to the one before leave only their sums."""
        levers, asked = ballot(names, scenario), line(question, LONGEST_QUESTION)
        with self.lock:
            self._file()
            self.question = asked
            self.levers, self.number = levers, self.number + 1
            self.votes, self.status = {}, OPEN
            self.revision += 1

    def set_status(self, status: str) -> None:
        """Open or close the question."""
        with self.lock:
            self.status = status
            self.revision += 1

    def turn_hidden(self) -> None:
        """Hide the answers until the question is closed, so that nobody follows the others."""
        with self.lock:
            self.hidden = not self.hidden
            self.revision += 1

    def clear(self) -> None:
        """Forget all answers to this question."""
        with self.lock:
            self.votes = {}
            self.revision += 1

    @property
    def shown(self) -> bool:
        """Whether the facilitator's screen may show what was said."""
        return not (self.hidden and self.status == OPEN)

    def outcome(self) -> Outcome:
        """Say what the present question came to so far."""
        with self.lock:
            votes = list(self.votes.values())
            spreads = {
                lever.name: spread(
                    [vote.values[lever.name] for vote in votes if lever.name in vote.values]
                )
                for lever in self.levers
            }
            return Outcome(self.number, self.question, len(self.joined), self.levers, spreads)

    def reasons(self) -> list[str]:
        """List why people said so, in no order that tells who: empty with fewer than five."""
        with self.lock:
            found = sorted(vote.why for vote in self.votes.values() if vote.why)
            return found if any(each.values for each in self.outcome().spreads.values()) else []

    def outcomes(self) -> list[Outcome]:
        """List every question that was answered, this one last."""
        with self.lock:
            return [*self.past, *([self.outcome()] if self.number else [])]

    def _file(self) -> None:
        if self.number:
            self.past.append(self.outcome())

    def state(self, participant: str) -> dict[str, object]:
        """Say what a phone shows: the question, and this person's own last answer."""
        with self.lock:
            mine = self.votes.get(participant)
            return {
                "revision": f"{self.number}.{self.status}.{hash_of(mine)}",
                "status": self.status,
                "number": self.number,
                "mine": dict(mine.values) if mine else {},
                "why": mine.why if mine else "",
            }


def hash_of(vote: Vote | None) -> str:
    """Name an answer by its content, so that a phone knows whether anything is new."""
    told = "" if vote is None else f"{sorted(vote.values.items())}|{vote.why}"
    return hashlib.sha256(told.encode()).hexdigest()[:12]


class Rooms:
    """All rooms of this server. Off until the operator allows them."""

    def __init__(self, clock: Clock = time.monotonic) -> None:
        """Start without rooms."""
        self.allowed = False
        self.port = 8501
        self._clock = clock
        self._rooms: dict[str, Room] = {}
        self._lock = RLock()
        self._wrong: dict[str, deque[float]] = {}
        self._busy: dict[str, deque[float]] = {}

    def open(self, place: str, *, hours: float = HOURS) -> Room:
        """Open a room; raises InputError where rooms are off or enough are open."""
        if not self.allowed:
            raise InputError("This server was started without rooms: kerbwatt serve --room")
        with self._lock:
            self._sweep()
            if len(self._rooms) >= MOST_ROOMS:
                raise InputError(f"{MOST_ROOMS} rooms are open already: end one first")
            code = _code()
            while code in self._rooms:
                code = _code()
            room = Room(
                code, secrets.token_hex(16), place, self._clock, self._clock() + hours * 3600
            )
            self._rooms[code] = room
            return room

    def find(self, code: str) -> Room:
        """Return a room by its code; raises NoRoomError."""
        with self._lock:
            self._sweep()
            room = self._rooms.get(code.upper()) if self.allowed else None
        if room is None:
            raise NoRoomError
        return room

    def run(self, token: str) -> Room:
        """Return the room whose facilitator holds ``token``; raises NoRoomError."""
        with self._lock:
            self._sweep()
            for room in self._rooms.values():
                if hmac.compare_digest(room.token.encode(), token.strip().encode()):
                    return room
        raise NoRoomError

    def end(self, room: Room) -> list[Outcome]:
        """End a room: every single answer is forgotten, what they came to is returned."""
        with self._lock:
            self._rooms.pop(room.code, None)
        with room.lock:
            found = room.outcomes()
            room.votes, room.joined, room.past = {}, {}, []
            room.number, room.status = 0, CLOSED
        return found

    def guessed(self, address: str) -> None:
        """Note a wrong code from an address."""
        with self._lock:
            self._recent(self._wrong, address, 60.0).append(self._clock())

    def guesses_too_much(self, address: str) -> bool:
        """Whether so many wrong codes came from there that no more are looked up."""
        with self._lock:
            return len(self._recent(self._wrong, address, 60.0)) >= WRONG_CODES_MINUTE

    def heard(self, address: str) -> None:
        """Count an answer from an address, which a whole room may share; raises RefusedError."""
        with self._lock:
            times = self._recent(self._busy, address, 1.0)
            if len(times) >= ADDRESS_VOTES_S:
                raise RefusedError(429, "Too many answers at once; try again in a second.")
            times.append(self._clock())

    def _recent(self, book: dict[str, deque[float]], address: str, span_s: float) -> deque[float]:
        now = self._clock()
        for each in [k for k, v in book.items() if not v or now - v[-1] > span_s]:
            del book[each]
        times = book.setdefault(address, deque())
        while times and now - times[0] > span_s:
            times.popleft()
        return times

    def _sweep(self) -> None:
        late = [room for room in self._rooms.values() if room.ends_at < self._clock()]
        for room in late:
            self.end(room)


ROOMS = Rooms()


def _code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def addresses() -> list[str]:
    """List this machine's addresses in its networks, the likeliest first; nothing is sent."""
    found: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # of the range for documents: routed, never reached
        found.append(probe.getsockname()[0])
    with suppress(OSError):
        told = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
        found += [str(each[4][0]) for each in told]
    return list(dict.fromkeys(each for each in found if not each.startswith("127.")))


def public_names() -> list[str]:
    """List the names that phones may use: of the public address, else of the networks."""
    if SETTINGS.public_url:
        return [urlsplit(SETTINGS.public_url).hostname or ""]
    return addresses()


def join_addresses(room: Room) -> list[str]:
    """List the addresses under which phones find a room, the likeliest first."""
    if SETTINGS.public_url:
        return [f"{SETTINGS.public_url.rstrip('/')}/room/{room.code}"]
    names = addresses() or ["127.0.0.1"]
    return [f"http://{name}:{ROOMS.port}/room/{room.code}" for name in names]

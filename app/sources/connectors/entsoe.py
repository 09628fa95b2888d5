"""Day-ahead prices of the European transmission operators, on a regular grid in UTC."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from app.sources.connectors.base import Connector, Fetched, Request, below, host
from app.sources.connectors.tables import write_rows
from app.sources.web_parts import SourceError

SLOT_S, HOUR = 900, 4  # everything is laid on quarter-hours; an hour is four of them
SLOTS = {"PT15M": 1, "PT30M": 2, "PT60M": 4, "PT1H": 4}
DAY_AHEAD, BLOCKS, PRICES = "A01", "A03", "A44"
DAYS = 365  # the most one question may ask for
MOMENT = "%Y%m%d%H%M"


@dataclass(frozen=True, slots=True)
class Price:
    """A price of one quarter-hour: how long its interval was, and which revision said it."""

    slots: int
    revision: int
    eur_per_mwh: float

    def beats(self, other: "Price | None") -> bool:
        """Whether it counts instead: the finer interval first, then the newer revision."""
        if other is None:
            return True
        return (-self.slots, self.revision) >= (-other.slots, other.revision)


def fetch(request: Request) -> Fetched:
    """Ask for the last year, and lay all series of the answer over each other."""
    today = datetime.fromtimestamp(request.client.now(), UTC).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    begin = today - timedelta(days=min(DAYS, int(request.wanted("days", DAYS))))
    area = str(request.wanted("area"))
    asked = {"documentType": PRICES, "in_Domain": area, "out_Domain": area}
    asked |= {"periodStart": begin.strftime(MOMENT), "periodEnd": today.strftime(MOMENT)}
    reply = request.get(
        below(request, "", asked),
        "application/xml, text/xml",
        secret_params={"securityToken": request.secret()},
    )
    try:
        root = fromstring(reply.body.read_bytes(), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise SourceError(f"{host(request)} answered with XML that cannot be read") from error
    prices = read(root)
    if not prices:
        raise SourceError(f"{host(request)} has no day-ahead prices of {area} for this time")
    return _written(request, prices)


def read(root: Any) -> dict[int, Price]:  # noqa: ANN401
    """Lay the series of a document over each other, quarter-hour by quarter-hour."""
    found: dict[int, Price] = {}
    usual = _whole(_text(root, "revisionNumber"))
    for series in _all(root, "TimeSeries"):
        if _text(series, "contract_MarketAgreement.type") not in {"", DAY_AHEAD}:
            continue
        currency = _text(series, "currency_Unit.name")
        if currency not in {"", "EUR"}:
            raise SourceError(f"the prices are in {currency[:10]}; only EUR can be read")
        revision = _whole(_text(series, "revisionNumber")) or usual
        fill = _text(series, "curveType") == BLOCKS
        for period in _all(series, "Period"):
            for slot, price in _period(period, revision, fill=fill):
                if price.beats(found.get(slot)):
                    found[slot] = price
    return found


def _period(period: Any, revision: int, *, fill: bool) -> Iterator[tuple[int, Price]]:  # noqa: ANN401
    """Yield the prices of a period; of blocks, each holds until the next or the end."""
    interval = next(_all(period, "timeInterval"), period)
    begin, end = _slot(_text(interval, "start")), _slot(_text(interval, "end"))
    width = SLOTS.get(_text(period, "resolution"), 0)
    if not width or (end - begin) % width:
        raise SourceError(f"prices every {_text(period, 'resolution')[:10]} cannot be read")
    count = (end - begin) // width
    told = {}
    for each in _all(period, "Point"):
        position = _whole(_text(each, "position"))
        if not 1 <= position <= count:
            raise SourceError("a price stands outside of its own period")
        told[position] = _number(_text(each, "price.amount"))
    last: float | None = None
    for position in range(1, count + 1):
        price = told.get(position, last if fill else None)
        last = price
        if price is None:
            continue
        first = begin + (position - 1) * width
        yield from ((first + n, Price(width, revision, price)) for n in range(width))


def _written(request: Request, prices: dict[int, Price]) -> Fetched:
    """Write hours where nothing is finer, else quarter-hours."""
    first, last = min(prices), max(prices)
    hourly = all(price.slots == HOUR for price in prices.values()) and first % HOUR == 0
    step = HOUR if hourly else 1
    grid = range(first, last + 1, step)
    rows = [
        {
            "time": datetime.fromtimestamp(slot * SLOT_S, UTC).isoformat(),
            "eur_per_mwh": prices[slot].eur_per_mwh,
        }
        for slot in grid
        if slot in prices
    ]
    body = request.folder / "prices.csv"
    write_rows(rows, body)
    gaps = len(grid) - len(rows)
    warnings = (f"{gaps:,} intervals have no price; nothing was filled in.",) if gaps else ()
    request.report(len(rows), len(grid))
    return Fetched(
        body,
        f"{request.preset.id}.csv",
        rows=len(rows),
        as_of=rows[-1]["time"][:10],  # type: ignore[index]  # text, as written above
        warnings=warnings,
    )


def _all(part: Any, name: str) -> Iterator[Any]:  # noqa: ANN401
    """Yield the parts of a name, whatever the namespace of the edition."""
    return (each for each in part if str(each.tag).rpartition("}")[2] == name)


def _text(part: Any, name: str) -> str:  # noqa: ANN401
    return next(((each.text or "").strip() for each in _all(part, name)), "")


def _slot(text: str) -> int:
    try:
        seconds = datetime.fromisoformat(text).astimezone(UTC).timestamp()
    except ValueError as error:
        raise SourceError(f"{text[:30]!r} is no moment") from error
    return round(seconds) // SLOT_S


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise SourceError(f"{text[:30]!r} is no price") from error


CONNECTOR = Connector("entsoe", "ENTSO-E", fetch, 80)

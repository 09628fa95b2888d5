"""Files damaged at random are read or refused in words: no crash, no silence.

Cheap formats only, with a fixed seed; the reading process is tried in ``test_child.py``.
"""

import io
import random
import zipfile

import pytest

from app.services.templates import example_file
from app.sources.answers import Answers
from app.sources.codes import TEMPLATES
from app.sources.intake import take_in
from app.sources.limits import Limits

CASES = 90
NUMBERS = (b"\x00\x00\x00\x00", b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff", b"1e999", b"NaN", b"[]")


def zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x.csv", content)
    return out.getvalue()


SEEDS = {
    "x.geojson": example_file("districts", "geojson"),
    "x.csv": example_file("grid", "csv"),
    "x.zip": zipped(example_file("grid", "csv")),
}


def damaged(content: bytes, dice: random.Random) -> bytes:
    """Flip, insert, remove, repeat, replace a number, or cut off."""
    made = bytearray(content)
    for _ in range(dice.choice((1, 1, 2, 6))):
        at, length = dice.randrange(len(made) or 1), dice.randrange(1, 16)
        way = dice.randrange(6)
        if way == 0:
            made[at : at + 1] = bytes([dice.randrange(256)])
        elif way == 1:
            made[at:at] = dice.randbytes(length)
        elif way == 2:
            del made[at : at + length]
        elif way == 3:
            made[at:at] = made[at : at + length]
        elif way == 4:
            number = dice.choice(NUMBERS)
            made[at : at + len(number)] = number
        elif dice.random() < 0.2:
            del made[at:]
    return bytes(made)


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_a_damaged_file_is_read_or_refused_in_words(name: str) -> None:
    dice = random.Random(2030)  # noqa: S311  # damage, no secret
    kind = "districts" if name == "x.geojson" else "grid"
    for _ in range(CASES if name != "x.geojson" else CASES // 3):
        content = damaged(SEEDS[name], dice)
        found = take_in(
            io.BytesIO(content),
            kind=kind,
            area=None,
            answers=Answers(),
            limits=Limits(),
            name=name,
        )
        assert found.accepted or found.of("error")
        assert all(problem.code in TEMPLATES for problem in found.problems)

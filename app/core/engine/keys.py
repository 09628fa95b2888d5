"""Draws without a stream: each depends on names and the seed alone, never on what else is drawn.

A draw is a hash. So a further district, a longer horizon or another order of rows leaves every
other draw bit-identical, and two scenarios differ by their levers only.

References
----------
The mixer is SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators",
OOPSLA 2014, doi 10.1145/2660193.2660195. Bytes are folded by FNV-1a before it.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
from numba import njit, uint64

from app.core.engine.arrays import Floats, Keys, Longs

FNV_START = np.uint64(0xCBF29CE484222325)
FNV_PRIME = np.uint64(0x100000001B3)
GOLDEN = np.uint64(0x9E3779B97F4A7C15)
MIX_A = np.uint64(0xBF58476D1CE4E5B9)
MIX_B = np.uint64(0x94D049BB133111EB)
TO_UNIT = 1.0 / 2**53


@njit(cache=True, nogil=True, inline="always")
def mix(key: np.uint64) -> np.uint64:
    """Scatter a 64-bit number over all 64-bit numbers."""
    key = key + GOLDEN
    key = (key ^ (key >> uint64(30))) * MIX_A
    key = (key ^ (key >> uint64(27))) * MIX_B
    return key ^ (key >> uint64(31))


@njit(cache=True, nogil=True, inline="always")
def unit(key: np.uint64) -> float:
    """Turn a scattered number into a share from 0 to below 1."""
    return float(key >> uint64(11)) * TO_UNIT


@njit(cache=True, nogil=True)
def _fold(text: npt.NDArray[np.uint8], offset: Longs, found: Keys) -> None:
    for i in range(found.size):
        key = FNV_START
        for at in range(offset[i], offset[i + 1]):
            key = (key ^ uint64(text[at])) * FNV_PRIME
        found[i] = mix(key)


@njit(cache=True, nogil=True)
def _units(keys: Keys, salt: np.uint64, found: Floats) -> None:
    for i in range(keys.size):
        found[i] = unit(mix(keys[i] ^ salt))


def text_keys(names: Iterable[str]) -> Keys:
    """Name each text by a number that is the same on every machine. O(characters)."""
    encoded = [str(name).encode() for name in names]
    offset = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum([len(each) for each in encoded], out=offset[1:])
    found = np.empty(len(encoded), np.uint64)
    _fold(np.frombuffer(b"".join(encoded) or b"\0", np.uint8), offset, found)
    return found


def text_key(name: str) -> int:
    """Name one text by a number."""
    return int(text_keys((name,))[0])


def shares(keys: Keys, salt: str, seed: int) -> Floats:
    """Draw one share from 0 to below 1 per key; independent for each ``salt`` and ``seed``."""
    found = np.empty(keys.size)
    salted = np.uint64(text_key(f"{salt}|{seed}"))
    _units(np.ascontiguousarray(keys, np.uint64), salted, found)
    return found

"""Compile the inner loops once and let other threads run meanwhile."""

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

Kernel = TypeVar("Kernel", bound=Callable[..., object])


def kernel(function: Kernel) -> Kernel:
    """Compile a function; kept on disk, without the interpreter's lock.

    Never ``parallel``: several visitors run at once, and that threading layer is not safe there.
    """
    build = njit(nogil=True, cache=True, boundscheck=False, error_model="numpy")
    return cast("Kernel", build(function))

"""Inner loop of the base load."""

import numpy as np

from app.core.engine.arrays import Floats, Keys
from app.core.engine.compiled import kernel
from app.core.engine.keys import mix

LOW16 = np.uint64(0xFFFF)
BITS16 = np.uint64(16)
MIDDLE = 2.0 * 0xFFFF  # mean of four draws of 16 bits
SPREAD = np.sqrt(3.0) / 2**16  # to standard deviation 1: each has variance 2**32 / 12


@kernel
def noisy_base(
    shape: Floats,
    peak_kw: Floats,
    row_keys: Keys,
    first: int,
    noise: float,
    base_kw: Floats,
) -> None:
    """Scatter each row around the shape, never above its peak. O(row x step).

    The noise is the sum of four even draws out of one hash: near enough to normal, and bounded
    at 3.5 standard deviations.
    """
    for row in range(peak_kw.size):
        for t in range(shape.size):
            key = mix(row_keys[row] ^ mix(np.uint64(first + t)))
            drawn = np.int64(0)
            for _ in range(4):
                drawn += np.int64(key & LOW16)
                key >>= BITS16
            scattered = shape[t] * (1.0 + noise * SPREAD * (drawn - MIDDLE))
            base_kw[row, t] = peak_kw[row] * min(scattered, 1.0)

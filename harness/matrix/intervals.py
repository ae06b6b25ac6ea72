"""How sure a share can be after so many tries."""

from __future__ import annotations

from math import sqrt

Z_95 = 1.959964
"""Of the normal distribution, for an interval that holds the true share 95 times in 100."""


def wilson(good: float, of: int) -> tuple[float, float]:
    """The 95 % interval (low, high) of a share of which `good` of `of` tries were seen.

    Wilson's: it stays within 0 and 1 and says something useful of few tries, and of 5 out of 5.
    Without a try nothing is known: (0, 1).
    """
    if of == 0:
        return 0.0, 1.0
    share, z2 = good / of, Z_95 * Z_95
    middle = share + z2 / (2 * of)
    reach = Z_95 * sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    scale = 1 + z2 / of
    # At the ends the formula gives exactly 0 and 1, but for rounding.
    low = (middle - reach) / scale if good else 0.0
    high = (middle + reach) / scale if good < of else 1.0
    return low, high

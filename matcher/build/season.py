"""Bringing the seasons of all places into line, so that summer compares with summer.

The rule is the plain one: south of the equator everything moves by six months, north of it nothing moves.

The other rule that was weighed reads the shift from the data: from the yearly wave of temperature where the warmest
and coldest month are 5 C or more apart, else from that of rain. It lost, measured on 25,311 places (one a half-degree
cell), 22 % of them with a range under 5 C:

- By two rain maps (ITU, ERA5) the phase rule gives shifts two or more months apart at 5.6 % of the places of small
  range, 7.0 % if it may turn by any month; the hemisphere rule cannot disagree with itself.
- Neighbours within 0.75 deg, one of them of small range, lose .055 of the correlation of their rain to the phase
  rule (.120 with any month), for 4.0 % (8.5 %) of them more than .5; to the hemisphere rule .006, and for .5 %.
- In the monsoon lands between 7 and 14 N (the Sahel, southern India) the rains cool the summer, the temperature peaks
  in spring, and the phase rule moves their July rain into January.

So the calendar is cut at the equator only. There the temperature hardly changes and the rain mostly has two peaks
half a year apart, which a move by six months leaves in place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def season_shift(lat: Floats) -> NDArray[np.intp]:
    """Months by which the calendar of each place is moved: 6 south of the equator, else 0.

    Parameters
    ----------
    lat
        Latitude, deg, shape (n,).
    """
    return np.where(lat < 0, 6, 0).astype(np.intp)


def align(months: Floats, shift: NDArray[np.intp]) -> Floats:
    """Monthly values moved later by `shift` months; row by row, shape (n, 12)."""
    source = (np.arange(12)[None, :] - shift[:, None]) % 12
    moved: Floats = np.take_along_axis(months, source, axis=1)
    return moved

"""Write the table of published limits of warmth, water and soil that ships with the package.

``python -m matcher.build.limits``: `matcher/crops/limits.csv` holds the limits that EcoCrop states for those plants of
`matcher/crops/crops.csv` that it calls evergreen, and nothing else.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from matcher.build.sources import Sources
from matcher.crops.basket import crops
from matcher.crops.limits import COLUMNS, TABLE
from matcher.files import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

_PUBLISHED = ("TMIN", "TOPMN", "TOPMX", "TMAX", "RMIN", "ROPMN", "PHMIN", "PHOPMN", "PHOPMX", "PHMAX")
"""In the order of `COLUMNS`."""
_UNKNOWN = ("", "NA")


def limits_table(path: Path) -> bytes:
    """The table that `matcher.crops.limits` reads.

    Parameters
    ----------
    path
        EcoCrop's table of plants, Latin-1.
    """
    with path.open(encoding="latin1", newline="") as lines:
        plants = {row["ScientificName"].strip(): row for row in csv.DictReader(lines)}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["crop", *COLUMNS])
    for crop in crops():
        row = plants.get(crop.plant)
        if row is not None and "evergreen" in row["PHYS"] and all(row[c] not in _UNKNOWN for c in _PUBLISHED):
            writer.writerow([crop.name, *(row[column] for column in _PUBLISHED)])
    return out.getvalue().encode()


def main() -> int:
    """Write the table."""
    write_atomically(TABLE, limits_table(Sources().path("ecocrop", "EcoCrop_DB.csv")))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

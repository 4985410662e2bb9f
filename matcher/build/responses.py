"""Learn the responses of crops from an atlas as it ships, and write the table that suitability is graded by.

``python -m matcher.build.responses`` after every build of the atlas: `matcher/crops/responses.json` follows from the
atlas and from the table of harvested areas that ships with the package, and from nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.atlas import Atlas
from matcher.build.columns import wide_frame
from matcher.build.features.basket import INPUTS, Lands
from matcher.build.suitability import response_table
from matcher.crops.basket import crops, national_areas
from matcher.crops.suitability import MONTHS, SEASONS, TABLE
from matcher.files import write_atomically

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    Floats = NDArray[Any]

_OWN = ("density", "abs_latitude", *SEASONS)  # of the inputs, what is no column
_REGION = ("region_id", "country", "level", "parent_id", "lat", "area_km2", "population")


def lands_of(atlas: Atlas) -> Lands:
    """Regions of an atlas as the model of the crop basket sees them."""
    names = [name for name, _ in INPUTS if name not in _OWN]
    known = wide_frame(
        atlas.read(["region_id", *names, *MONTHS, "crop_mix", "cropping_intensity"]), atlas.catalogue
    )
    regions = atlas.read(list(_REGION)).to_pandas().set_index("region_id")
    return Lands(regions, known, national_areas())


def modelled_shares(atlas: Atlas) -> Floats:
    """Modelled shares of all crops, shape (n, crops); NaN where the basket is unknown."""
    place = {crop.name: i for i, crop in enumerate(crops())}
    table = atlas.read(["crops", "crop_basket"])
    result = np.full((table.num_rows, len(place)), np.nan, dtype=np.float32)
    for row, (shown, alone) in enumerate(
        zip(table["crops"].to_pylist(), table["crop_basket"].to_pylist(), strict=True)
    ):
        mix = alone if alone is not None else shown
        if mix is not None:
            result[row] = 0.0
            for crop, share in mix:
                result[row, place[crop]] = share
    return result


def main() -> int:
    """Write the table of the embedded atlas."""
    atlas = Atlas.open()
    lands = lands_of(atlas)
    write_atomically(TABLE, response_table(lands, lands.fit(), modelled_shares(atlas), INPUTS))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""The recipes of two tools that planners use today, as plain pandas scripts, for a comparison of speed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.preprocessing import power_transform

if TYPE_CHECKING:
    from matcher.atlas import Atlas


def numbers(atlas: Atlas) -> pd.DataFrame:
    """Return every scored feature of one number; unknown values are the column's mean, as these recipes need."""
    names = [f.name for f in atlas.catalogue if f.kind == "number" and f.weight > 0]
    frame = pd.DataFrame({name: atlas.column(name).astype(float) for name in names})
    return frame.fillna(frame.mean())


def arcgis(frame: pd.DataFrame, query: int, n: int = 10) -> pd.Index:
    """Similarity Search by values: z-scores, squared differences, the smallest sums."""
    z = (frame - frame.mean()) / frame.std()
    return ((z - z.iloc[query]) ** 2).sum(axis=1).nsmallest(n + 1).index[1:]


def nhs(frame: pd.DataFrame, query: int, n: int = 10) -> pd.Index:
    """Peer groups: each column as it is or made normal, scaled to 0..1, Euclidean distance.

    The original tries eight transforms a column and keeps the one that looks most normal; two are tried here.
    """
    best = {}
    for name, column in frame.items():
        tries = [column.to_numpy(), power_transform(column.to_numpy()[:, None])[:, 0]]
        best[name] = min(tries, key=lambda values: abs(pd.Series(values).skew()))
    scaled = pd.DataFrame(best)
    scaled = (scaled - scaled.min()) / (scaled.max() - scaled.min())
    return np.sqrt(((scaled - scaled.iloc[query]) ** 2).sum(axis=1)).nsmallest(n + 1).index[1:]

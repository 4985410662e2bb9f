"""Which layer stands for which level in which country: the table `data/levels.csv`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

COLUMNS = (
    "country", "level", "layer", "unit_type", "fine", "why", "units", "official_units", "year", "licence",
    "licence_class", "note",
)  # fmt: skip


def read_levels(path: Path | None = None) -> pd.DataFrame:
    """Read the table.

    Parameters
    ----------
    path
        Another `levels.csv`.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`; text but for ``year`` (Int64) and ``fine`` (bool); empty text where nothing is known.

    Raises
    ------
    DataError
        If a column is missing or a (country, level, layer) occurs twice.
    """
    import pandas as pd

    from matcher.errors import DataError
    from matcher.paths import data_dir

    path = path or data_dir() / "levels.csv"
    # "NA" is Namibia, not a missing value.
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    if missing := [column for column in COLUMNS if column not in table.columns]:
        raise DataError(f"{path} lacks the columns {', '.join(missing)}")
    twice = table.duplicated(["country", "level", "layer"])
    if twice.any():
        raise DataError(f"{path} has {table.loc[twice, 'country'].iloc[0]} twice at one level and layer")
    table["year"] = pd.to_numeric(table["year"], errors="coerce").astype("Int64")
    table["fine"] = table["fine"] == "yes"
    return table


def stamp(units: pd.DataFrame, row: pd.Series) -> pd.DataFrame:
    """Write what the table says of a layer onto its units, in place; a unit's own type word stays."""
    units["level"] = row["level"]
    units["layer"] = row["layer"]
    units["layer_year"] = row["year"]
    units["layer_licence"] = row["licence"]
    units["licence_class"] = row["licence_class"]
    units["fine"] = bool(row["fine"])
    if row["unit_type"]:
        own = units.get("unit_type")
        units["unit_type"] = row["unit_type"] if own is None else own.fillna(row["unit_type"])
    return units

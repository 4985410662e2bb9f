"""Columns as computed (wide frames) to columns as shipped (Arrow types of the atlas), rounded to what they can say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    from matcher.catalogue import Catalogue, Feature

MONTHS = tuple(f"{month:02d}" for month in range(1, 13))
# Decimals kept of a number, by its unit: no finer than the sources can vouch for. Other units keep four significant
# digits.
DECIMALS = {
    "share": 4,
    "index": 3,
    "ratio": 3,
    "C": 1,
    "C days": 0,
    "mm": 0,
    "m": 0,
    "km": 1,
    "deg": 2,
    "months": 1,
    "pH": 2,
    "kWh/m2/d": 2,
    "g/kg": 2,
}
SIGNIFICANT = 4
# Shares of a mixture come in thousandths.
WHOLE = 1000


def rounded(values: NDArray[np.float64], unit: str) -> NDArray[np.float64]:
    """Numbers without digits that the sources cannot vouch for; NaN stays."""
    if unit in DECIMALS:
        return np.round(values, DECIMALS[unit]) + 0.0
    return significant(values, SIGNIFICANT)


def significant(values: NDArray[np.float64], digits: int) -> NDArray[np.float64]:
    """Round to a number of significant digits."""
    values = np.asarray(values, dtype=np.float64)
    size = np.abs(values)
    known = np.isfinite(values) & (size > 0)
    power = np.zeros_like(values)
    power[known] = digits - 1 - np.floor(np.log10(size[known]))
    scale = 10.0 ** np.abs(power)
    return np.where(power >= 0, np.round(values * scale) / scale, np.round(values / scale) * scale) + 0.0


def thousandths(shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rows of shares in thousandths that sum to 1000, or to 0 where unknown.

    Parameters
    ----------
    shares
        Shape (n, k); a row with a NaN, or with nothing in it, is unknown. Rows are scaled to 1 first.
    """
    total = shares.sum(axis=1)
    known = np.isfinite(total) & (total > 0)
    units = np.zeros(shares.shape, dtype=np.int64)
    units[known] = np.rint(shares[known] / total[known, None] * WHOLE).astype(np.int64)
    # What rounding adds or takes goes to the largest share, which feels it least.
    rows = np.flatnonzero(known)
    if not len(rows):
        return units
    largest = units[rows].argmax(axis=1)
    units[rows, largest] += WHOLE - units[rows].sum(axis=1)
    return units


def mixtures(shares: NDArray[np.float64], names: Sequence[str], place: NDArray[np.intp]) -> pa.MapArray:
    """Rows of shares as maps from class to share, largest first; null where unknown.

    Parameters
    ----------
    shares
        As for `thousandths`.
    names
        Classes.
    place
        Which of `names` each share is of, shape (k,) or (n, k).
    """
    import pyarrow as pa

    units = thousandths(shares)
    order = np.argsort(-units, axis=1, kind="stable")
    kept = np.take_along_axis(units, order, axis=1)
    there = kept > 0
    count = there.sum(axis=1)
    places = np.take_along_axis(np.broadcast_to(place, units.shape), order, axis=1)[there]
    return pa.MapArray.from_arrays(
        pa.array(np.concatenate([[0], np.cumsum(count)]), pa.int32()),
        pa.array(names, pa.string()).take(pa.array(places)),
        pa.array((kept[there] / WHOLE).astype(np.float32)),
        mask=pa.array(count == 0),
    )


def feature_table(
    frame: pd.DataFrame, region_ids: list[str], step: str, names: Sequence[str], catalogue: Catalogue
) -> pa.Table:
    """Result of a feature step as a table of the atlas: `region_id` and one column a feature.

    Raises
    ------
    BuildError
        If the index is not that of the regions, or a feature's columns are missing or of another kind.
    """
    import pyarrow as pa

    if list(frame.index) != region_ids:
        raise BuildError(
            f"step '{step}' gave {len(frame)} rows whose index is not the {len(region_ids)} regions in order"
        )
    columns: dict[str, Any] = {"region_id": pa.array(region_ids, pa.string())}
    for name in names:
        if name not in catalogue.features:
            raise BuildError(f"step '{step}' computes '{name}', which features.toml does not list")
        feature = catalogue.features[name]
        try:
            columns[name] = _CONVERT[feature.kind](frame, feature)
        except (KeyError, TypeError, ValueError, pa.ArrowException) as error:
            raise BuildError(
                f"step '{step}': column '{name}' is not of kind '{feature.kind}': {error!r}"
            ) from error
    return pa.table(columns)


def wide_frame(table: pa.Table, catalogue: Catalogue) -> pd.DataFrame:
    """Numbers, labels, months and mixtures of a table as a step gives them (`name`, `name:<class>`), index `region_id`."""
    import pandas as pd

    columns: dict[str, Any] = {}
    for name in table.column_names[1:]:
        if catalogue.features[name].kind in {"number", "label"}:
            columns[name] = table[name].to_numpy()
        elif catalogue.features[name].kind == "mixture":
            rows = [None if value is None else dict(value) for value in table[name].to_pylist()]
            for each in sorted({each for row in rows if row for each in row}):
                columns[f"{name}:{each}"] = [np.nan if row is None else row.get(each, 0.0) for row in rows]
        elif catalogue.features[name].kind == "months":
            unknown = [np.nan] * 12
            months = np.array([value or unknown for value in table[name].to_pylist()], dtype=np.float64)
            columns |= {f"{name}:{month + 1:02d}": months[:, month] for month in range(12)}
    return pd.DataFrame(columns, index=pd.Index(table["region_id"].to_pylist(), name="region_id"))


def _floats(values: Any) -> NDArray[np.float64]:
    numbers: NDArray[np.float64] = np.asarray(values, dtype=np.float64)
    if np.isinf(numbers).any():
        raise ValueError("it holds an infinite value")
    return numbers


def _number(frame: pd.DataFrame, feature: Feature) -> pa.Array:
    import pyarrow as pa

    return pa.array(rounded(_floats(frame[feature.name]), feature.unit).astype(np.float32), from_pandas=True)


def _months(frame: pd.DataFrame, feature: Feature) -> pa.Array:
    import pyarrow as pa

    values = rounded(_floats(frame[[f"{feature.name}:{month}" for month in MONTHS]]), feature.unit).astype(
        np.float32
    )
    unknown = np.isnan(values).any(axis=1)
    return pa.FixedSizeListArray.from_arrays(pa.array(values.reshape(-1)), 12, mask=pa.array(unknown))


def _mixture(frame: pd.DataFrame, feature: Feature) -> pa.Array:
    if feature.name in frame.columns:
        return _of_dicts(frame[feature.name])
    wide = [name for name in frame.columns if str(name).startswith(feature.name + ":")]
    if not wide:
        raise KeyError(feature.name)
    shares = _floats(frame[wide])
    if (shares < -1e-9).any():
        raise ValueError("it holds a negative share")
    # A row that is known in part takes its unknown classes as absent only if the known ones fill it.
    partly = np.isnan(shares).any(axis=1) & ~np.isnan(shares).all(axis=1)
    if partly.any():
        raise ValueError(f"{int(partly.sum())} rows have some shares unknown and others not")
    classes = [name.partition(":")[2] for name in wide]
    return mixtures(np.clip(shares, 0, None), classes, np.arange(len(classes)))


def _of_dicts(values: Iterable[Any]) -> pa.MapArray:
    """Mixtures given as class -> share; anything but such a dict is unknown."""
    rows = [value if isinstance(value, dict) else {} for value in values]
    names = sorted(set().union(*rows))
    code = {name: place for place, name in enumerate(names)}
    # An unused place has a share of 0: a row's own classes come first, in their order.
    shape = len(rows), max(map(len, rows), default=0)
    shares, place = np.zeros(shape), np.zeros(shape, dtype=np.intp)
    for line, spot, row in zip(shares, place, rows, strict=True):
        own = sorted(row)
        line[: len(own)] = [row[each] for each in own]
        spot[: len(own)] = [code[each] for each in own]
    return mixtures(_floats(shares), names, place)


def _label(frame: pd.DataFrame, feature: Feature) -> pa.Array:
    import pyarrow as pa

    return pa.array(
        [value if isinstance(value, str) and value else None for value in frame[feature.name]], pa.string()
    )


def _tags(frame: pd.DataFrame, feature: Feature) -> pa.Array:
    import pyarrow as pa

    values = [list(value) if isinstance(value, (list, tuple)) else None for value in frame[feature.name]]
    return pa.array(values, pa.list_(pa.string()))


_CONVERT = {"number": _number, "months": _months, "mixture": _mixture, "label": _label, "tags": _tags}

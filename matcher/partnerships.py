"""Partnerships: known, real agreements between places, and the ties of regions that they are in the atlas."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from matcher.errors import DataError
from matcher.places import HOW, Places, map_places

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from matcher.atlas import Atlas
    from matcher.names import NameIndex

NEEDED = tuple(f"{end}_{name}" for end in "ab" for name in ("name", "country", "lat", "lon"))


@dataclass(frozen=True, slots=True)
class Partnerships:
    """Pairs of places as a file lists them.

    Attributes
    ----------
    a, b
        The two ends, each `n` places.
    strict
        Shape (n,): fit to judge by; True for all rows of a file that does not say.
    """

    a: Places
    b: Places
    strict: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.strict)

    @classmethod
    def read(cls, path: Path) -> Partnerships:
        """Read a CSV with the columns a_name, a_country, a_lat, a_lon and the same for b.

        Optional: a_qid and b_qid (Wikidata ids), and strict (True or False). An empty coordinate is unknown.

        Raises
        ------
        DataError
            The file is missing, is no such table, or a coordinate is not a number.
        """
        import pandas as pd

        try:
            # NA is Namibia.
            table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
        except UnicodeDecodeError as error:
            raise DataError(f"{path} is no text in UTF-8; save it as UTF-8 or 'CSV UTF-8'") from error
        except pd.errors.EmptyDataError as error:
            raise DataError(f"{path} is empty; it needs the columns {', '.join(NEEDED)}") from error
        except (OSError, ValueError) as error:
            raise DataError(f"cannot read {path} as a table of partnerships: {error}") from error
        if missing := [name for name in NEEDED if name not in table]:
            raise DataError(f"{path} lacks the columns {', '.join(missing)}; see `matcher evaluate --help`")
        strict = table["strict"] if "strict" in table else pd.Series(["true"] * len(table))
        return cls(
            _end(table, "a", path),
            _end(table, "b", path),
            strict.str.strip().str.lower().isin(["true", "1", "yes"]).to_numpy(bool),
        )


def _end(table: Any, end: str, path: Path) -> Places:
    import pandas as pd

    def degrees(name: str, bound: float) -> NDArray[np.float64]:
        text = table[f"{end}_{name}"].str.strip()
        values: NDArray[np.float64] = pd.to_numeric(text, errors="coerce").to_numpy(np.float64)
        wrong = np.flatnonzero((text != "") & ~(np.abs(values) <= bound))
        if len(wrong):
            more = f" (and {len(wrong) - 1} rows more)" if len(wrong) > 1 else ""
            raise DataError(
                f"{path}: {end}_{name} of row {wrong[0] + 2} is {text.iloc[wrong[0]]!r}{more}; write degrees from "
                f"-{bound:g} to {bound:g}, or nothing where they are unknown"
            )
        return values

    qid = table.get(f"{end}_qid")
    blank = np.full(len(table), "", dtype=object)
    return Places(
        name=table[f"{end}_name"].str.strip().to_numpy(dtype=object),
        country=table[f"{end}_country"].str.strip().str.upper().to_numpy(dtype=object),
        lat=degrees("lat", 90.0),
        lon=degrees("lon", 180.0),
        wikidata=blank if qid is None else qid.str.strip().to_numpy(dtype=object),
    )


@dataclass(frozen=True, slots=True)
class Ties:
    """Partnerships as pairs of regions, each pair once, between different countries.

    Attributes
    ----------
    a, b
        Rows of the atlas, a < b, shape (n,).
    strict
        Shape (n,): whether any row that names the tie is strict.
    """

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    strict: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.a)

    def take(self, chosen: NDArray[Any]) -> Ties:
        """Return some of the ties, by mask or position."""
        return Ties(self.a[chosen], self.b[chosen], self.strict[chosen])

    def without(self, other: Ties) -> Ties:
        """Return the ties that are not in `other`."""
        return self.take(~np.isin(_key(self.a, self.b), _key(other.a, other.b)))


@dataclass(frozen=True, slots=True)
class MappedPartnerships:
    """The ties of a file, and what became of each of its rows.

    Attributes
    ----------
    ties
        What is left to judge by or learn from.
    n_pairs, n_mapped
        Rows of the file, and rows whose two ends were both mapped.
    how
        Way of mapping to number of ends.
    left_out
        Reason to number of rows that are in no tie of their own.
    unmapped
        One entry an end that was not mapped: name, country, lat, lon and reason.
    """

    ties: Ties
    n_pairs: int
    n_mapped: int
    how: Mapping[str, int]
    left_out: Mapping[str, int]
    unmapped: tuple[Mapping[str, Any], ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "n_pairs": self.n_pairs,
            "n_mapped": self.n_mapped,
            "n_ties": len(self.ties),
            "mapped_by": dict(self.how),
            "left_out": dict(self.left_out),
            "unmapped": [dict(entry) for entry in self.unmapped],
        }


def map_partnerships(
    atlas: Atlas, partnerships: Partnerships, names: NameIndex | None = None
) -> MappedPartnerships:
    """Map both ends of every partnership, and keep each pair of regions of different countries once."""
    count = len(partnerships)
    both = _joined(partnerships.a, partnerships.b)
    index, first = _distinct(both)
    mapped = map_places(atlas, both.take(first), names)
    rows, how = mapped.rows[index], mapped.how[index]
    a, b = rows[:count], rows[count:]
    found = (a >= 0) & (b >= 0)
    countries = atlas.countries.astype(str)
    cross = found & (countries[np.where(found, a, 0)] != countries[np.where(found, b, 0)])
    low, high = np.minimum(a, b)[cross], np.maximum(a, b)[cross]
    _, kept, place = np.unique(_key(low, high), return_index=True, return_inverse=True)
    strict = np.zeros(len(kept), bool)
    np.logical_or.at(strict, place, partnerships.strict[cross])
    left_out = {
        "an end was not mapped": int((~found).sum()),
        "both ends in one country": int((found & ~cross).sum()),
        "the same two regions as another row": int(cross.sum() - len(kept)),
    }
    lost = first[mapped.rows < 0]
    return MappedPartnerships(
        ties=Ties(low[kept], high[kept], strict),
        n_pairs=count,
        n_mapped=int(found.sum()),
        how={name: int((how == name).sum()) for name in HOW} | dict(sorted(Counter(how[rows < 0]).items())),
        left_out={reason: n for reason, n in left_out.items() if n},
        unmapped=tuple(
            {
                "name": both.name[i],
                "country": both.country[i],
                "lat": _or_none(both.lat[i]),
                "lon": _or_none(both.lon[i]),
                "reason": reason,
            }
            for i, reason in zip(lost, mapped.how[mapped.rows < 0], strict=True)
        ),
    )


def _joined(a: Places, b: Places) -> Places:
    return Places(
        *(np.concatenate([getattr(a, name), getattr(b, name)]) for name in Places.__dataclass_fields__)
    )


def _distinct(places: Places) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return, for each place, its number among the distinct ones, and where each distinct one is first."""
    seen: dict[tuple[Any, ...], int] = {}
    # NaN is no NaN's equal; 999 is no coordinate.
    points = (np.nan_to_num(degrees, nan=999.0).tolist() for degrees in (places.lat, places.lon))
    columns = (places.name, places.country, *points, places.wikidata)
    index = [seen.setdefault(key, len(seen)) for key in zip(*columns, strict=True)]
    numbers = np.array(index, np.int64)
    return numbers, np.unique(numbers, return_index=True)[1].astype(np.int64)


def _key(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return one number a pair of rows."""
    return a * np.int64(1 << 32) + b


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)

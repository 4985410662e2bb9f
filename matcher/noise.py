"""Noise: the values of regions as they might be, had every source erred otherwise.

``errors.toml`` says of each feature how wrong its source is and whence that is known. Here those errors are drawn: a
number moves by its error, a cell of a grid reads what stands beside it. Features of one source err together.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from matcher.candidates import EARTH_RADIUS_KM
from matcher.catalogue import read_toml
from matcher.codes import Codes
from matcher.encoding import NumberEncoder
from matcher.errors import DataError
from matcher.sentences import cell_km

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from matcher.atlas import Atlas
    from matcher.catalogue import Catalogue, Feature
    from matcher.model import SimilarityModel
    from matcher.world import World

KINDS = ("add", "ratio", "place", "near")


@dataclass(frozen=True, slots=True, kw_only=True)
class Error:
    """How wrong the values of a feature may be.

    Attributes
    ----------
    kind, size, km
        See ``errors.toml``.
    draw
        Features with the same one err together.
    basis
        Where the figure comes from.
    """

    kind: str
    size: float
    draw: str
    basis: str
    km: float = 0.0


def read_errors(path: Path, catalogue: Catalogue) -> dict[str, Error]:
    """Return feature to its error; what is not in the file errs by half a cell, or is held.

    Raises
    ------
    DataError
        The file is damaged, or names a kind that does not exist.
    """
    try:
        table = read_toml(path)["errors"] if path.exists() else {}
        stated = {name: Error(**entry) for name, entry in table.items()}
    except (KeyError, TypeError) as error:
        raise DataError(f"{path} is no table of errors: {error}") from error
    for name, each in stated.items():
        if each.kind not in KINDS:
            raise DataError(
                f"{path}: the error of {name} is of kind {each.kind!r}; choose one of {', '.join(KINDS)}"
            )
    found = {}
    for feature in catalogue:
        cell = cell_km(feature.resolution) if feature.evidence == "grid" else None
        if feature.name in stated:
            found[feature.name] = stated[feature.name]
        elif cell:
            found[feature.name] = Error(
                kind="near", size=1.0, draw=f"cell {cell:g}", basis=f"a cell of {cell:g} km", km=cell / 2.0
            )
    return found


class Noise:
    """Codes of regions whose values err.

    Parameters
    ----------
    atlas, model
        The regions, and what encodes them.
    errors
        Feature to its error; any other is held.
    world
        The codes of all regions, where they are at hand.
    """

    def __init__(
        self, atlas: Atlas, model: SimilarityModel, errors: Mapping[str, Error], world: World | None = None
    ) -> None:
        self.atlas, self.model, self.errors, self.world = atlas, model, errors, world
        self.among = atlas.partner_rows()  # whose values may stand nearby

    @cached_property
    def _tree(self) -> Any:
        from scipy.spatial import KDTree

        return KDTree(self._points(self.among))

    def _points(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        lat, lon = (np.radians(self.atlas.column(name, rows).astype(np.float64)) for name in ("lat", "lon"))
        return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)

    def near(self, rows: NDArray[np.int64], km: float, rng: np.random.Generator) -> NDArray[np.int64]:
        """Return, for each row, the row of the region that stands nearest to a point at most `km` away."""
        points = self._points(rows)
        step = rng.normal(size=points.shape)
        # Along the ground, even over the disc: a normal direction, and the root of an even number as its length.
        step -= (step * points).sum(axis=1, keepdims=True) * points
        step /= np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-12)
        reach = km / EARTH_RADIUS_KM * np.sqrt(rng.random((len(rows), 1)))
        found: NDArray[np.int64] = self.among[self._tree.query(points + reach * step)[1]]
        return found

    def codes(self, rows: NDArray[np.int64], names: Sequence[str], rng: np.random.Generator) -> Codes:
        """Return the codes of some regions, as `SimilarityModel.encode` does, with errors drawn for each row.

        Parameters
        ----------
        rows
            Rows of the atlas, in any order, each as often as it is wanted.
        names
            The features.
        rng
            Whence the errors come.
        """
        index = [self.model.index(name) for name in names]
        encoders = [self.model.encoders_[i] for i in index]
        widths = [encoder.width for encoder in encoders]
        matrix = np.empty((len(rows), sum(widths) + len(names)), np.float32)
        ends = np.cumsum(widths)
        for i, (code, known) in enumerate(self.parts(rows, names, rng)):
            matrix[:, ends[i] - widths[i] : ends[i]] = code
            matrix[:, ends[-1] + i] = known
        offset = np.array([encoder.offset for encoder in encoders])
        return Codes(tuple(names), matrix, widths, self.model.base_[index], offset)

    def parts(
        self, rows: NDArray[np.int64], names: Sequence[str], rng: np.random.Generator
    ) -> Iterator[tuple[NDArray[np.floating], NDArray[np.bool_]]]:
        """Yield the codes of one feature after the other, shape (len(rows), width), and which of them are known.

        So that many worlds can be scored without the codes of all features at once; parameters as in `codes`.
        """
        own = _Rows.of(rows)
        drawn: dict[str, tuple[NDArray[np.float64], _Rows]] = {}
        for name in names:
            position = self.model.index(name)
            feature, encoder = self.model.features_[position], self.model.encoders_[position]
            error = self.errors.get(name)
            if error is not None and error.draw not in drawn:
                beside = _Rows.of(self.near(rows, error.km, rng)) if error.kind == "near" else own
                drawn[error.draw] = rng.normal(size=(len(rows), 1)), beside
            normal, beside = drawn[error.draw] if error is not None else (np.zeros(0), own)
            if isinstance(encoder, NumberEncoder):
                values = _erring(self._numbers(feature, own), self._numbers(feature, beside), error, normal)
                known: NDArray[np.bool_] = np.asarray(np.isfinite(values).all(axis=1))
                lowest = 0.0 if encoder.log else -np.inf  # no logarithm of less than nothing
                place = encoder.place(np.where(known[:, None], np.maximum(values, lowest), 0.0))
                if error is not None and error.kind == "place":
                    place = np.clip(place + error.size * normal, 0.0, 1.0)
                angle = np.pi * place
                code = np.concatenate([np.cos(angle), np.sin(angle)], axis=1) * np.sqrt(0.5 / encoder.columns)
            else:
                code = self._shares(feature, own)
                known = np.asarray(code.any(axis=1))
                if error is not None:
                    code = _blended(
                        code, self._shares(feature, beside), error.size, tree=encoder.nodes is not None
                    )
            yield np.where(known[:, None], code, 0.0), known

    def _numbers(self, feature: Feature, rows: _Rows) -> NDArray[np.float64]:
        return self.atlas.columns([feature.name], rows.unique).numbers(feature)[rows.back]

    def _shares(self, feature: Feature, rows: _Rows) -> NDArray[np.float32]:
        if self.world is not None:
            codes = self.world.take(rows.unique, [feature.name])
        else:
            codes = self.model.encode(self.atlas.columns([feature.name], rows.unique), [feature.name])
        return codes.matrix[rows.back, : codes.ends[-1]]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of the atlas, each read once: `unique[back]` are the rows."""

    unique: NDArray[np.int64]
    back: NDArray[np.int64]

    @classmethod
    def of(cls, rows: NDArray[np.int64]) -> Self:
        """Return rows in any order."""
        return cls(*np.unique(rows, return_inverse=True))


def _erring(
    own: NDArray[np.float64], beside: NDArray[np.float64], error: Error | None, normal: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return numbers as they might be, of the shape of `own`."""
    if error is None or error.kind == "place":
        return own
    if error.kind == "near":
        return np.where(np.isfinite(beside), own + error.size * (beside - own), own)
    return own + error.size * normal if error.kind == "add" else own * np.exp(error.size * normal)


def _blended(
    own: NDArray[np.float32], beside: NDArray[np.float32], size: float, *, tree: bool
) -> NDArray[np.float32]:
    """Return codes of mixtures of which the share `size` is another region's; each has length 1, or is unknown."""
    beside = np.where(beside.any(axis=1, keepdims=True), beside, own)
    # Without a tree, a code holds the roots of shares.
    if tree:
        mixed = (1 - size) * own + size * beside
    else:
        mixed = np.sqrt((1 - size) * np.square(own) + size * np.square(beside))
    length = np.linalg.norm(mixed, axis=1, keepdims=True)
    result: NDArray[np.float32] = np.divide(mixed, length, out=np.zeros_like(mixed), where=length > 0)
    return result

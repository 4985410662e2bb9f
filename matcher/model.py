"""The model: what was learned from an atlas to turn regions into codes, and codes into likenesses."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from matcher.catalogue import Feature, unknown
from matcher.codes import Codes
from matcher.encoding import Code, Encoder, NumberEncoder, ShareEncoder, Shares, prefix_paths
from matcher.errors import DataError
from matcher.files import read_bytes, write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

    from matcher.atlas import Atlas
    from matcher.encoding import Columns

__all__ = ["Codes", "SimilarityModel"]

FORMAT = 1
_FEW_PAIRS = 30  # random pairs that know a feature, below which its average is taken among those that know it


class SimilarityModel:
    """Exact additive likeness of regions; a scikit-learn transformer.

    Fitted on an `Atlas`, it uses the atlas's catalogue. Fitted on an array of shape (n regions, n features), every
    column is a number of equal weight, NaN is unknown: this is what scikit-learn's own checks exercise.

    Parameters
    ----------
    n_knots
        Knots of each number's curve from value to place.
    n_nodes
        Columns of a tree mixture.
    n_pairs
        Random cross-border pairs that calibrate the score.
    random_state
        Seed of the random pairs.

    Attributes
    ----------
    features_ : tuple of Feature
    encoders_ : tuple of encoders, one a feature
    base_ : array of shape (n features,)
        What an average pair earns where both are known, and so what an unknown feature earns.
    calibration_ : array of shape (n_pairs, n features), float16
        Likenesses of random pairs of partner-level regions of different countries. Any weights turn them into
        the distribution against which a score is a percentile.
    n_features_in_ : int
    sha256_ : str
        What the file that the model was loaded from states; a model that was fitted here has none.
    """

    sha256_: str

    def __init__(
        self, *, n_knots: int = 257, n_nodes: int = 256, n_pairs: int = 10_000, random_state: int = 0
    ) -> None:
        self.n_knots = n_knots
        self.n_nodes = n_nodes
        self.n_pairs = n_pairs
        self.random_state = random_state

    # ------------------------------------------------------------------ fitting

    def fit(self, X: Atlas | ArrayLike, y: object = None) -> Self:  # noqa: ARG002
        """Learn rank curves, classes, base likenesses and the calibration from the partner-level regions.

        A region weighs 1 / sqrt(number of such regions in its country), so that countries with tens of thousands
        of communes do not set the scale alone.

        Parameters
        ----------
        X
            An atlas, or an array of shape (n regions, n features).
        y
            Ignored.
        """
        columns, features, countries = self._training(X)
        self.features_ = tuple(features)
        self.encoders_, self.base_, self.calibration_ = self._learn(columns, features, countries)
        self.n_features_in_ = len(features)
        self.atlas_version_ = getattr(X, "version", "")
        return self

    def extended(self, atlas: Atlas, names: Sequence[str]) -> SimilarityModel:
        """Return a model that also knows some features of an atlas, learned as `fit` learns them.

        What was learned before stays as it is, and no seed but the model's own is drawn from: on the atlas that the
        model was fitted on, the result is what `fit` on the wider atlas gives. A feature that no partner-level
        region knows is learned from the regions that know it.

        Parameters
        ----------
        atlas
            The atlas that holds the features.
        names
            Features of its catalogue that the model does not know yet.
        """
        rows = _by_id(atlas, atlas.partner_rows())
        parts = []
        for name in names:
            feature = atlas.catalogue[name]
            columns = atlas.columns([name], rows)
            if not _any_known(columns, feature):
                everywhere = _by_id(atlas, np.arange(len(atlas)))
                wide = atlas.columns([name], everywhere)
                learned = self._learn(wide, [feature], atlas.countries[everywhere].astype(str))
            else:
                learned = self._learn(columns, [feature], atlas.countries[rows].astype(str))
            parts.append(learned)
        wider = type(self)(**self.get_params())
        wider.features_ = (*self.features_, *(atlas.catalogue[name] for name in names))
        wider.encoders_ = (*self.encoders_, *(encoder for encoders, _, _ in parts for encoder in encoders))
        wider.base_ = np.concatenate([self.base_, *(base for _, base, _ in parts)])
        wider.calibration_ = np.concatenate([self.calibration_, *(drawn for _, _, drawn in parts)], axis=1)
        wider.n_features_in_ = len(wider.features_)
        wider.atlas_version_ = self.atlas_version_
        return wider

    def only(self, names: Sequence[str]) -> SimilarityModel:
        """Return a model that knows just these of its features, as it knows them now."""
        index = [self.index(name) for name in names]
        fewer = type(self)(**self.get_params())
        fewer.features_ = tuple(self.features_[i] for i in index)
        fewer.encoders_ = tuple(self.encoders_[i] for i in index)
        fewer.base_, fewer.calibration_ = self.base_[index], self.calibration_[:, index]
        fewer.n_features_in_ = len(index)
        fewer.atlas_version_ = self.atlas_version_
        return fewer

    def _learn(
        self, columns: Columns, features: Sequence[Feature], countries: NDArray[Any]
    ) -> tuple[tuple[Encoder, ...], NDArray[np.float64], NDArray[np.float16]]:
        """Learn the encoder, the base likeness and the calibration of some features."""
        _, country, counts = np.unique(countries, return_inverse=True, return_counts=True)
        weights = 1.0 / np.sqrt(counts[country])
        encoders = tuple(self._fit_encoder(columns, feature, weights) for feature in features)
        left, right = _cross_border_pairs(country, weights, self.n_pairs, self.random_state)
        base, likeness = [], []
        for encoder, feature in zip(encoders, features, strict=True):
            code = encoder.encode(columns, feature)
            both = code.known[left] & code.known[right]
            raw = _raw(code, encoder, left, right)
            average = raw[both].mean() if both.any() else 0.5
            if both.sum() < _FEW_PAIRS and code.known.sum() > 1:
                # Few regions know it: random pairs of the world hardly meet them, pairs among them do.
                known = np.flatnonzero(code.known)
                among = _cross_border_pairs(country[known], weights[known], self.n_pairs, self.random_state)
                average = _raw(code, encoder, *(known[side] for side in among)).mean()
            base.append(average)
            likeness.append(np.where(both, raw, average))
        bases = np.round(np.clip(base, 0.0, 1.0), 6)
        return encoders, bases, np.stack(likeness, axis=1).astype(np.float16)

    def _training(self, X: Atlas | ArrayLike) -> tuple[Columns, Sequence[Feature], NDArray[Any]]:
        from matcher.atlas import Atlas

        if isinstance(X, Atlas):
            rows = _by_id(X, X.partner_rows())
            features = tuple(feature for feature in X.catalogue if feature.compared)
            return X.columns([f.name for f in features], rows), features, X.countries[rows].astype(str)
        array = self._validate(X, reset=True)
        return ArrayColumns(array), _plain_features(array.shape[1]), np.arange(len(array))

    def _fit_encoder(self, columns: Columns, feature: Feature, weights: NDArray[np.float64]) -> Encoder:
        if feature.kind in {"number", "months"}:
            return NumberEncoder.fit(columns.numbers(feature), weights, self.n_knots, feature.scale)
        shares = columns.shares(feature)
        if feature.tree == "prefix":
            return ShareEncoder.fit(shares, weights, prefix_paths(shares.classes), self.n_nodes)
        if feature.tree == "family":
            return ShareEncoder.fit(shares, weights, columns.paths(feature), self.n_nodes)
        return ShareEncoder.fit(shares, weights)

    # --------------------------------------------------------------- likenesses

    def encode(self, columns: Columns, names: Sequence[str]) -> Codes:
        """Encode the named features."""
        index = [self.index(name) for name in names]
        encoders = [self.encoders_[i] for i in index]
        widths = [encoder.width for encoder in encoders]
        matrix, start = np.empty((0, 0), np.float32), 0
        for position, (i, encoder) in enumerate(zip(index, encoders, strict=True)):
            code = encoder.encode(columns, self.features_[i])
            if position == 0:
                matrix = np.empty((len(code.known), sum(widths) + len(index)), np.float32)
            matrix[:, start : start + encoder.width] = code.x
            matrix[:, sum(widths) + position] = code.known
            start += encoder.width
        offset = np.array([encoder.offset for encoder in encoders])
        return Codes(tuple(names), matrix, widths, self.base_[index], offset)

    def index(self, name: str) -> int:
        """Return the position of a feature in `features_`."""
        for position, feature in enumerate(self.features_):
            if feature.name == name:
                return position
        raise unknown("feature of the model", name, [feature.name for feature in self.features_])

    def percentile(self, scores: NDArray[np.float64], weights: Mapping[str, float]) -> NDArray[np.float64]:
        """Return the share, in per cent, of random cross-border pairs that score lower; ties count half.

        Parameters
        ----------
        scores
            Scores, 0..100, under the same weights.
        weights
            Feature name to share of the score, summing to 1.
        """
        vector = np.array([weights.get(feature.name, 0.0) for feature in self.features_])
        random = self._random_scores(vector.tobytes())
        below = np.searchsorted(random, scores, side="left")
        upto = np.searchsorted(random, scores, side="right")
        return 50.0 * (below + upto) / len(random)

    def _random_scores(self, vector: bytes) -> NDArray[np.float64]:
        """Return the sorted scores of the calibration's pairs; kept for the weights that were asked for last."""
        if getattr(self, "_last_random", (b"",))[0] != vector:
            scores = 100.0 * (self.calibration_.astype(np.float64) @ np.frombuffer(vector))
            self._last_random = (vector, np.sort(scores))
        return self._last_random[1]

    def transform(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return codes of shape (n regions, width): the inner product of two rows is their likeness up to a constant.

        Only for models fitted on an array; an atlas is encoded by `encode`.
        """
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self, "encoders_")
        codes = self.encode(ArrayColumns(self._validate(X, reset=False)), [f.name for f in self.features_])
        return codes.matrix[:, : codes.ends[-1]].astype(np.float64)

    def fit_transform(self, X: ArrayLike, y: object = None) -> NDArray[np.float64]:
        """Fit, then transform the same array."""
        return self.fit(X, y).transform(X)

    # ------------------------------------------------------------------ storage

    def save(self, folder: Path, *, overwrite: bool = False) -> None:
        """Write ``model.json`` and ``arrays.npz``; no pickle.

        Raises
        ------
        DataError
            A model stands there already and `overwrite` is false.
        """
        if (folder / "model.json").exists() and not overwrite:
            raise DataError(
                f"{folder} already holds a model; choose another folder or allow it to be overwritten"
            )
        folder.mkdir(parents=True, exist_ok=True)
        numbers = [encoder for encoder in self.encoders_ if isinstance(encoder, NumberEncoder)]
        arrays: dict[str, NDArray[Any]] = {
            "calibration": self.calibration_,
            "base": self.base_,
            # All curves end to end, since opening many small arrays takes longer than reading them.
            "values": np.concatenate([encoder.values for encoder in numbers]),
            "places": np.concatenate([encoder.places for encoder in numbers]),
        }
        for feature, encoder in zip(self.features_, self.encoders_, strict=True):
            if isinstance(encoder, ShareEncoder) and encoder.nodes is not None:
                arrays[f"{feature.name}.nodes"] = encoder.nodes
        packed = _pack(arrays)
        description: dict[str, Any] = {
            "format": FORMAT,
            "parameters": self.get_params(),
            "atlas_version": self.atlas_version_,
            "arrays_sha256": hashlib.sha256(packed).hexdigest(),
            "features": [
                asdict(feature) | {"encoder": _describe(encoder)}
                for feature, encoder in zip(self.features_, self.encoders_, strict=True)
            ],
        }
        description["sha256"] = _digest(description)
        write_atomically(folder / "arrays.npz", packed)
        write_atomically(
            folder / "model.json", json.dumps(description, indent=1, ensure_ascii=False).encode()
        )

    @classmethod
    def load(cls, folder: Path) -> SimilarityModel:
        """Read a model; runs no code of the file and checks both hashes.

        Raises
        ------
        DataError
            A file is missing, truncated, changed by hand, or of another format.
        """
        path = folder / "model.json"
        try:
            description = json.loads(read_bytes(path))
            stated = description.pop("sha256")
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            raise DataError(f"{path} is not a model: {error}; fit it again with `matcher fit`") from error
        if description.get("format") != FORMAT:
            raise DataError(
                f"{path} has format {description.get('format')}; this version reads {FORMAT}; fit it again"
            )
        packed = read_bytes(folder / "arrays.npz")
        if (
            stated != _digest(description)
            or hashlib.sha256(packed).hexdigest() != description["arrays_sha256"]
        ):
            raise DataError(f"the model in {folder} was changed or cut short; restore it or fit it again")
        arrays = _unpack(packed)
        model = cls(**description["parameters"])
        features: list[Feature] = []
        encoders: list[Encoder] = []
        start = 0
        for entry in description["features"]:
            about = entry.pop("encoder")
            if about["kind"] == "number":
                part = slice(start, start := start + about["knots"])
                values, places = arrays["values"][part], arrays["places"][part]
                encoders.append(NumberEncoder(values, places, about["columns"], log=about["log"]))
            else:
                nodes = arrays.get(f"{entry['name']}.nodes")
                encoders.append(ShareEncoder(about["classes"], None if nodes is None else nodes > 0))
            features.append(Feature(**{**entry, "source": tuple(entry["source"])}))
        model.features_, model.encoders_ = tuple(features), tuple(encoders)
        model.base_, model.calibration_ = arrays["base"], arrays["calibration"]
        model.n_features_in_ = len(features)
        model.atlas_version_ = description["atlas_version"]
        model.sha256_ = stated
        return model

    # --------------------------------------------------- scikit-learn's contract
    # Written out, not inherited: a ranking must start without importing scikit-learn.

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002, FBT001, FBT002
        """Return the parameters of ``__init__``."""
        return {name: getattr(self, name) for name in ("n_knots", "n_nodes", "n_pairs", "random_state")}

    def set_params(self, **params: Any) -> Self:
        """Set parameters of ``__init__``."""
        for name, value in params.items():
            if name not in self.get_params():
                raise ValueError(f"Invalid parameter {name!r} for estimator {self!r}.")
            setattr(self, name, value)
        return self

    def __repr__(self) -> str:
        """Show the parameters that differ from the defaults."""
        plain = type(self)().get_params()
        changed = ", ".join(f"{k}={v!r}" for k, v in self.get_params().items() if v != plain[k])
        return f"SimilarityModel({changed})"

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that this is a transformer of numbers that allows NaN."""
        from sklearn.utils import InputTags, Tags, TargetTags, TransformerTags

        return Tags(
            estimator_type="transformer",
            target_tags=TargetTags(required=False),
            transformer_tags=TransformerTags(preserves_dtype=[]),
            input_tags=InputTags(allow_nan=True),
        )

    def _validate(self, X: ArrayLike, *, reset: bool) -> NDArray[np.float64]:
        from sklearn.utils.validation import validate_data

        array: NDArray[np.float64] = validate_data(
            self,
            X,
            reset=reset,
            dtype=np.float64,
            ensure_all_finite="allow-nan",
            ensure_min_samples=2 if reset else 1,
        )
        return array


class ArrayColumns:
    """The columns of a plain array as numbers ``x0``, ``x1``, ..."""

    def __init__(self, array: NDArray[np.float64]) -> None:
        self.array = array

    def numbers(self, feature: Feature) -> NDArray[np.float64]:
        """Return one column, shape (n, 1)."""
        return self.array[:, int(feature.name[1:]), None]

    def shares(self, feature: Feature) -> Shares:
        """Refuse: a plain array holds no mixtures."""
        raise NotImplementedError

    def paths(self, feature: Feature) -> dict[str, tuple[str, ...]]:
        """Refuse: a plain array holds no mixtures."""
        raise NotImplementedError


def _plain_features(count: int) -> tuple[Feature, ...]:
    return tuple(
        Feature(
            name=f"x{i}", label=f"x{i}", group="", kind="number", unit="", weight=1.0, source=(), evidence=""
        )
        for i in range(count)
    )


def _cross_border_pairs(
    country: NDArray[np.int64], weights: NDArray[np.float64], n_pairs: int, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw pairs of regions of different countries, each side by its weight."""
    rng = np.random.default_rng(seed)
    if len(np.unique(country)) < 2:
        return rng.integers(0, len(country), n_pairs), rng.integers(0, len(country), n_pairs)
    chance = weights / weights.sum()
    left, right = np.empty(0, np.int64), np.empty(0, np.int64)
    while len(left) < n_pairs:
        a, b = rng.choice(len(country), (2, n_pairs), p=chance)
        cross = country[a] != country[b]
        left, right = np.concatenate([left, a[cross]]), np.concatenate([right, b[cross]])
    return left[:n_pairs], right[:n_pairs]


def _by_id(atlas: Atlas, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return rows in the order of their ids, so that the order of the file does not matter."""
    ordered: NDArray[np.int64] = rows[np.argsort(atlas.region_ids[rows].astype(str))]
    return ordered


def _any_known(columns: Columns, feature: Feature) -> bool:
    if feature.kind in {"number", "months"}:
        return bool(np.isfinite(columns.numbers(feature)).any())
    return bool(len(columns.shares(feature).row))


def _raw(
    code: Code, encoder: Encoder, left: NDArray[np.int64], right: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the likeness of pairs of rows as if all were known."""
    product: NDArray[np.float64] = np.einsum("ij,ij->i", code.x[left], code.x[right], dtype=np.float64)
    return product + encoder.offset


def _describe(encoder: Encoder) -> dict[str, Any]:
    if isinstance(encoder, NumberEncoder):
        knots = len(encoder.values)
        return {"kind": "number", "columns": encoder.columns, "log": encoder.log, "knots": knots}
    return {"kind": "share", "classes": list(encoder.classes)}


def _digest(description: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(description, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _pack(arrays: dict[str, NDArray[Any]]) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)  # not compressed: every start of the program reads it
    return buffer.getvalue()


def _unpack(packed: bytes) -> dict[str, NDArray[Any]]:
    try:
        with np.load(io.BytesIO(packed), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (ValueError, OSError) as error:
        raise DataError(f"the model's arrays are not arrays of plain numbers: {error}") from error

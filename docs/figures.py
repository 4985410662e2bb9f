"""The figures of docs/evaluation.md, as SVG; the same numbers give the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from matcher.learned import LearnedWeights

FOLDER = Path(__file__).with_name("figures")
INK, SOFT = "#1b4f72", "#a9bccb"
# Letters stay letters, ids are no random numbers, and no date is written.
mpl.rcParams.update(
    {"svg.fonttype": "none", "svg.hashsalt": "matcher", "font.size": 9, "axes.grid": True, "grid.alpha": 0.3}
)


def reliability(bins: Sequence[Mapping[str, Any]]) -> Path:
    """Draw how often regions are chosen against the chance that they are said to have."""
    axes = _axes(5.0, 4.2)
    said = np.array([each["predicted"] for each in bins])
    chosen = np.array([each["observed"] for each in bins])
    axes.plot(said, said, color=SOFT, label="as often as said")
    axes.errorbar(
        said,
        chosen,
        yerr=_bars(chosen, [each["observed_95"] for each in bins]),
        fmt="o",
        color=INK,
        capsize=2,
    )
    axes.set(xscale="log", yscale="log", xlabel="chance that is said", ylabel="share that is chosen")
    axes.legend(frameon=False)
    return _save(axes, "reliability")


def weights(learned: LearnedWeights, least: float = 0.002) -> Path:
    """Draw the learned weights and their 95 % intervals, the largest first."""
    names = sorted((n for n in learned.shares if learned.high[n] > least), key=lambda n: learned.shares[n])
    axes = _axes(6.0, 0.8 + 0.2 * len(names))
    share = np.array([learned.shares[name] for name in names])
    ends = [(learned.low[name], learned.high[name]) for name in names]
    axes.errorbar(share, np.arange(len(names)), xerr=_bars(share, ends), fmt="o", color=INK, capsize=2)
    axes.set_yticks(np.arange(len(names)), names)
    axes.set(xscale="symlog", xlabel="share of the score")
    axes.set_xscale("symlog", linthresh=0.01)
    axes.set_xlim(left=0)
    return _save(axes, "learned-weights")


def curve(rows: Sequence[Mapping[str, Any]]) -> Path:
    """Draw how MRR and AUC grow with the ties that are learned from."""
    figure = Figure(figsize=(7.0, 3.0), layout="constrained")
    ties = [row["ties"] for row in rows]
    for axes, (metric, title) in zip(
        figure.subplots(1, 2), (("mrr", "MRR"), ("auc_country", "AUC, same country")), strict=True
    ):
        values = np.array([row[metric] for row in rows])
        axes.errorbar(
            ties,
            values,
            yerr=_bars(values, [row[f"{metric}_95"] for row in rows]),
            fmt="o-",
            color=INK,
            capsize=2,
        )
        axes.set(xscale="log", xlabel="ties learned from", ylabel=title)
        axes.set_xticks(ties, [f"{count:,}" for count in ties])
        axes.minorticks_off()
    return _save(axes, "learning-curve")


def ablation(models: Mapping[str, Mapping[str, Any]], metric: str = "auc_country") -> Path:
    """Draw what plausibility reaches with one group of features more."""
    names = list(models)[::-1]
    axes = _axes(6.0, 0.8 + 0.3 * len(names))
    values = np.array([models[name][metric] for name in names])
    ends = [models[name][f"{metric}_95"] for name in names]
    axes.errorbar(values, np.arange(len(names)), xerr=_bars(values, ends), fmt="o", color=INK, capsize=2)
    axes.set_yticks(np.arange(len(names)), names)
    axes.set(xlabel="AUC, same country")
    return _save(axes, "ablation")


def _axes(width: float, height: float) -> Axes:
    return Figure(figsize=(width, height), layout="constrained").add_subplot()


def _bars(values: np.ndarray, ends: Sequence[Sequence[float]]) -> np.ndarray:
    """Return the lengths of the bars below and above each value, shape (2, n)."""
    low, high = np.array(ends, float).reshape(-1, 2).T
    return np.stack([np.maximum(values - low, 0.0), np.maximum(high - values, 0.0)])


def _save(axes: Axes, name: str) -> Path:
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.svg"
    axes.figure.savefig(path, metadata={"Date": None})
    return path

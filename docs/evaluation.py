"""Write docs/evaluation.md and its figures: how the models do on held-out partnerships, and why.

One command does all:

    python docs/evaluation.py ties.csv [--save models/default] [--judged cold.json] [--at-most 700] [--seed 0]

It learns from the training part of the cold split and judges every model by the test part, once; or reads what
`matcher evaluate --split cold --json cold.json` wrote, with --judged. All else is judged by the validation part: whether
what is said comes true, how learning grows with the ties, what each group of features adds, what it costs to be a sum,
and where the right partner is missed. Everything that the page says is in docs/evaluation.json too.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import figures
import numpy as np

from matcher import Matcher
from matcher.evaluation.contenders import OURS
from matcher.evaluation.validation import validate
from matcher.files import write_atomically
from matcher.learned import LearnedWeights

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


PAGE = Path(__file__).with_name("evaluation.md")
TITLES = {
    "country": "The partner's country known",
    "country_small": "The partner's country known, of at most 1,000 candidates",
    "world": "The whole world outside the own country",
}
WARM = (
    *("likeness", "plausibility", "population", "gravity", "seat_population"),
    *("popularity", "country_pair_popularity"),
)
METRICS = {
    "mrr": "MRR",
    "hits_at_1": "hits@1",
    "hits_at_10": "hits@10",
    "hits_at_50": "hits@50",
    "percentile": "percentile",
    "auc_country": "AUC, same country",
    "auc_size": "AUC, same country and size",
    "auc_uniform": "AUC, world",
}
COMMAND = """
## The command

```sh
python docs/evaluation.py ties.csv --save models/default
```
"""


def main() -> None:
    """Run the study and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ties", type=Path)
    parser.add_argument(
        "--judged",
        type=Path,
        help="what `matcher evaluate --split cold --json` wrote; the test part stays shut",
    )
    parser.add_argument("--save", type=Path, help="folder that what is learned is written to")
    parser.add_argument("--at-most", type=int, default=700, help="validation ties that the rest is judged by")
    parser.add_argument(
        "--share", type=float, default=1.0, help="share of the training ties: for a trial run"
    )
    parser.add_argument("--seed", type=int, default=0)
    wanted = parser.parse_args()
    told_so_far = partial(say, time.monotonic())
    matcher = Matcher.load()
    _ = matcher.world  # made once, for both processes
    wishes = {"seed": wanted.seed, "say": told_so_far}
    few = wishes | {"at_most": wanted.at_most}
    # The validation part knows nothing of the rest, and is half of the work: it has a process of its own.
    with ProcessPoolExecutor(1, get_context("spawn")) as beside:
        why = beside.submit(validated, wanted.ties, few | {"share": wanted.share})
        if wanted.judged:
            judged = json.loads(wanted.judged.read_text("utf-8"))
        else:
            judged = matcher.evaluate(wanted.ties, kind="cold", save=wanted.save, **wishes).to_dict()
        again = matcher.evaluate(wanted.ties, kind="warm", only=WARM, world=False, **few).to_dict()
        for each in (judged, again):
            each.pop("unmapped", None)  # names from lists that are share-alike
        told = {"judged": judged, "warm": again} | why.result()
    folder = wanted.save or matcher.model_dir
    learned = LearnedWeights.load(folder) if folder and (folder / "learned.json").exists() else None
    write_atomically(PAGE.with_suffix(".json"), json.dumps(told, ensure_ascii=False, indent=1).encode())
    write_atomically(PAGE, page(told, learned).encode())
    told_so_far("written")


def validated(ties: Path, wishes: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `validate` finds, in a process of its own."""
    return validate(Matcher.load(), ties, **wishes)


def say(begun: float, text: str) -> None:
    """Print a line of progress."""
    print(f"{time.monotonic() - begun:5.0f} s  {text}", file=sys.stderr, flush=True)


def page(told: Mapping[str, Any], learned: LearnedWeights | None) -> str:
    """Put everything into words."""
    about = told["about"]
    parts = [
        results(told["judged"]),
        known_places(told["warm"]),
        (
            f"\n# Why\n\nWhat follows is judged by {about['ties']:,} ties of the validation part, asked from both ends, with "
            f"what is learned from {about['learned_from']:,} others (seed {about['seed']}); the test part was not looked at.\n"
        ),
        calibration(told["reliability"], told["reliability_warm"], about),
        weights(learned),
        growth(told["curve"]),
        groups(told["ablation"], about),
        exactness(told["free"], about),
        faults(told["misses"]),
        COMMAND,
    ]
    return "\n".join(part for part in parts if part)


def results(judged: dict[str, Any]) -> str:
    """Say how every model did, the finding first."""
    about, tasks = judged["about"], judged["tasks"]
    country = tasks["country"]
    ours = country["plausibility"]
    baselines = {name: row for name, row in country.items() if name not in OURS}
    best = {name: max(baselines, key=lambda each: baselines[each][name]) for name in METRICS}
    behind = [METRICS[name] for name in METRICS if ours[name] <= baselines[best[name]][name]]
    ahead = ", ".join(
        f"{best[name]} ({METRICS[name]} {baselines[best[name]][name]:.3f}, {ours[name] / baselines[best[name]][name]:.2f} times "
        "that is ours)"
        for name in ("mrr", "hits_at_10", "auc_country")
    )
    place = (
        f"behind a baseline in {', '.join(behind)}" if behind else "ahead of every baseline in every column"
    )
    lines = [
        "# Judged by real partnerships",
        "",
        (
            f"{judged['n_mapped']:,} of {judged['n_pairs']:,} listed partnerships were mapped to regions: "
            f"{judged['n_ties']:,} ties. A hash of the region's id holds 12 % of places back: a tie with such an end is judged "
            f"by and never learned from ({about['judged_ties']:,} strict ones, asked from both ends; {about['known_ties']:,} "
            "others are known). Brackets are 95 % intervals, bootstrapped over questions. What is not listed is not "
            "unsuitable: the figures say how well a model finds what was chosen, not what would be good."
        ),
        "",
        "## The finding",
        "",
        (
            f"- **Likeness does not predict who became partners** (AUC {country['likeness']['auc_country']:.2f} among regions "
            "of the partner's country, where .50 is chance). Regions were rarely chosen for being alike; the likeness says what "
            "two regions have in common, and claims no more."
        ),
        (
            f"- **Learned weights** make it a fair judge (AUC {country['learned']['auc_country']:.2f}), above all by "
            "population and density."
        ),
        (
            f"- **Plausibility** (AUC {ours['auc_country']:.3f}, MRR {ours['mrr']:.3f}, hits@10 {ours['hits_at_10']:.3f}) is "
            f"{place}; the best of them are {ahead}."
        ),
        "",
    ]
    for task, title in TITLES.items():
        if task in tasks:
            lines += [f"## {title}", "", *table(tasks[task]), ""]
    return "\n".join(lines)


def known_places(judged: Mapping[str, Any]) -> str:
    """Say how models do where both ends may have other partners that are known."""
    about, rows = judged["about"], judged["tasks"]["country"]
    return "\n".join(
        [
            "## Places that have partners already",
            "",
            (
                "Above, one end of each tie is a place of which no partnership is known. Most regions that look for a partner "
                f"have one; so here ties are held back by themselves ({about['judged_ties']:,} of the test part by ties, asked "
                f"from both ends; {about['known_ties']:,} others are known and learned from), and both ends may have others. How many ties "
                "a region has itself counts in plausibility, but it was learned as if a random half of all regions were not "
                "listed: else it would tell which places were held back above, and put busy places last here."
            ),
            "",
            *table(rows),
            "",
        ]
    )


def calibration(
    cold: Sequence[Mapping[str, Any]], warm: Sequence[Mapping[str, Any]], about: Mapping[str, Any]
) -> str:
    """Say whether regions are chosen as often as is said."""
    return "\n".join(
        [
            "## Does what it says come true?",
            "",
            (
                "Of all regions of the partner's country, plausibility says which chance each has; here they stand in bins of "
                "that chance. Tables say too much of what they were not fitted to; so all are multiplied with "
                f"{about['slope']:.2f}, which ties of other places gave."
            ),
            "",
            f"{about['warm_ties']:,} ties held back by themselves, whose ends may have others. {_off(warm)}",
            "",
            picture(figures.reliability(warm), "share chosen against chance said"),
            "",
            *_bins(warm),
            "",
            (
                f"{about['ties']:,} ties of places held back. Here the partner, where it is the new end, has lost all that "
                "speaks for it in known ties, and the other candidates have not: the most sought of them are told too high a "
                f"chance. {_off(cold)}"
            ),
            "",
            *_bins(cold),
            "",
        ]
    )


def _off(bins: Sequence[Mapping[str, Any]]) -> str:
    off = [each for each in bins if not each["observed_95"][0] <= each["predicted"] <= each["observed_95"][1]]
    if not off:
        return "In every bin the chance that is said lies in the interval of what was chosen."
    worst = max(bins, key=lambda each: abs(np.log(each["predicted"] / max(each["observed"], 1e-12))))
    return (
        f"In {len(off)} of {len(bins)} bins the chance that is said lies outside the interval of what was chosen; farthest "
        f"off is {worst['predicted']:.2g}, where {worst['observed']:.2g} were chosen."
    )


def _bins(bins: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = ["| candidates | chance said | chosen |", "|---:|---:|---:|"]
    for each in bins:
        low, high = each["observed_95"]
        lines.append(
            f"| {each['candidates']:,} | {each['predicted']:.2g} | {each['observed']:.2g} [{low:.2g}, {high:.2g}] |"
        )
    return lines


def weights(learned: LearnedWeights | None) -> str:
    """Show the learned weights."""
    if learned is None:
        return ""
    largest = sorted(learned.shares, key=lambda name: -learned.shares[name])[:5]
    said = ", ".join(
        f"{name} {learned.shares[name]:.3f} [{learned.low[name]:.3f}, {learned.high[name]:.3f}]"
        for name in largest
    )
    return "\n".join(
        [
            "## Learned weights",
            "",
            f"Shares of the score, with 95 % intervals from resampled ties. The largest: {said}.",
            "",
            picture(figures.weights(learned), "learned weights and their intervals"),
            "",
        ]
    )


def growth(curve: Sequence[Mapping[str, Any]]) -> str:
    """Say how learning grows with the ties."""
    last, before = curve[-1], curve[-2]
    low, high = last["mrr_95"]
    more = last["mrr"] - before["mrr"]
    lines = [
        "## Does it need more partnerships?",
        "",
        (
            f"From {before['ties']:,} to {last['ties']:,} ties the MRR goes from {before['mrr']:.3f} to {last['mrr']:.3f}, "
            f"{'within' if abs(more) < (high - low) / 2 else 'beyond'} half an interval of the last figure."
        ),
        "",
        picture(figures.curve(curve), "MRR and AUC against ties learned from"),
        "",
        "| share | ties learned from | MRR | hits@10 | percentile | AUC, same country |",
        "|---:|---:|---:|---:|---:|---:|",
    ]
    for row in curve:
        cells = [figure(row, name) for name in ("mrr", "hits_at_10", "percentile", "auc_country")]
        lines.append(f"| {row['share']:.0%} | {row['ties']:,} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def groups(models: Mapping[str, Mapping[str, Any]], about: Mapping[str, Any]) -> str:
    """Say what each group of features adds, and plainly where it adds nothing."""
    base, *rest = models
    adds = {
        name.partition("+")[2]: models[name]["auc_country"] - models[base]["auc_country"] for name in rest
    }
    mrr = {name.partition("+")[2]: models[name]["mrr"] - models[base]["mrr"] for name in rest}
    spread = models[base]["auc_country_95"]
    half = (spread[1] - spread[0]) / 2
    nothing = [name for name, more in adds.items() if more < half]
    said = ", ".join(f"{name} {adds[name]:+.3f} (MRR {mrr[name]:+.3f})" for name in adds)
    lines = [
        "## What each group of features adds",
        "",
        (
            "Plausibility learned from size, kind of unit and distance alone, and with one group more; the pair of countries is "
            f"the same for all candidates of a country, and known ties are left out here; judged by "
            f"{about['ablated_by']:,} of the ties. AUC beyond size and distance: {said}. "
            + (
                f"Less than half an interval, so next to nothing, is added by {', '.join(nothing)}."
                if nothing
                else ""
            )
        ),
        "",
        picture(figures.ablation(models), "AUC with one group of features more"),
        "",
        *table(models),
        "",
    ]
    return "\n".join(lines)


def exactness(free: Mapping[str, Mapping[str, float]], about: Mapping[str, Any]) -> str:
    """Say what it costs that a pair splits exactly into its terms."""
    lines = [
        "## What exactness costs",
        "",
        (
            "Plausibility is a sum of tables of one term each, so that every pair splits exactly into its terms. Beside it, "
            "boosted trees that may join any terms (scikit-learn's histogram boosting), on the same terms, both learned from "
            f"the same {about['learned_from']:,} ties and judged by {about['free_judged']:,} others. The AUC is the mean over "
            "questions here. Of all pairs of terms those that told most of ties that were held back are terms of the sum: "
            "what size each country asks for, and what draws partners within each country."
        ),
        "",
        "| model | AUC, same country | MRR | hits@10 | percentile |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, row in free.items():
        cells = [f"{row[metric]:.3f}" for metric in ("auc_country", "mrr", "hits_at_10", "percentile")]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def faults(found: Mapping[str, Any]) -> str:
    """Say where the right partner is missed."""
    lines = ["## Where it fails", ""]
    for title, key in (("the partner's country", "by_country_size"), ("the partner's seat", "by_seat")):
        lines += [
            f"| {title} | questions | MRR | hits@10 | hits@50 | percentile |",
            "|---|---:|---:|---:|---:|---:|",
        ]
        for row in found[key]:
            cells = [f"{row[metric]:.3f}" for metric in ("mrr", "hits_at_10", "hits_at_50", "percentile")]
            lines.append(f"| {row['title']} | {row['questions']:,} | {' | '.join(cells)} |")
        lines.append("")
    lines += ["The ten partners that most other candidates of their country stand before:", ""]
    lines += ["| country that asks | partner | rank | of | people |", "|---|---|---:|---:|---:|"]
    for row in found["worst"]:
        people = "?" if row["population"] is None else f"{row['population']:,.0f}"
        lines.append(
            f"| {row['asks']} | {row['partner']} | {row['rank']:,.0f} | {row['candidates']:,} | {people} |"
        )
    return "\n".join([*lines, ""])


def table(models: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the metrics of models as a table with intervals."""
    lines = [f"| model | {' | '.join(METRICS.values())} |", "|---" + "|---:" * len(METRICS) + "|"]
    for name, row in models.items():
        cells = [figure(row, metric) for metric in METRICS]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def figure(row: Mapping[str, Any], metric: str) -> str:
    """Return a figure and its interval."""
    low, high = row[f"{metric}_95"]
    return f"{row[metric]:.3f} [{low:.3f}, {high:.3f}]"


def picture(path: Path, text: str) -> str:
    """Return a figure as Markdown."""
    return f"![{text}](figures/{path.name})"


if __name__ == "__main__":
    main()

"""``matcher evaluate``: how well the models find the partners of real partnerships."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from matcher.cli import options
from matcher.cli.judging import show_crops
from matcher.cli.output import decimal, note, table, whole, write, write_csv, write_json
from matcher.cli.values import NewFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matcher.evaluation.study import Evaluation

TASKS = {
    "country": "Among the regions of the partner's country",
    "country_small": "Among the regions of the partner's country, countries of at most 1,000 regions",
    "world": "Among all regions outside the own country",
}
# Metric -> title and decimals; each has its interval beside it in JSON and CSV.
METRICS = {
    "mrr": ("MRR", 3),
    "hits_at_10": ("hits@10", 3),
    "hits_at_50": ("hits@50", 3),
    "percentile": ("percentile", 3),
    "median_rank": ("median rank", 0),
    "auc_country": ("AUC country", 3),
    "auc_size": ("AUC size", 3),
    "auc_uniform": ("AUC uniform", 3),
}

EPILOG = options.examples(
    "matcher evaluate --partnerships ties.csv",
    "matcher evaluate --partnerships ties.csv --split cold --json result.json",
    "matcher evaluate --crops harvested.csv.gz --json crops.json",
    "matcher evaluate --partnerships ties.csv --split cold --ablation --save models/default",
    "matcher evaluate --partnerships new.csv --known ties.csv --task country",
    "matcher evaluate --partnerships ties.csv --model likeness --model seat_population --at-most 500",
)


@click.command(epilog=EPILOG)
@click.option(
    "--partnerships",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV of partnerships to judge by: a_name, a_country, a_lat, a_lon, the same for b; optional a_qid, b_qid, strict.",
)
@click.option(
    "--crops",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV of harvested areas to judge the crop basket by instead: country, admin1, unit, unit_code, lat, lon, crop, area_ha.",
)
@click.option(
    "--known",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV of partnerships known beforehand: popularity and precedents are counted in it.",
)
@click.option(
    "--split",
    "kind",
    type=click.Choice(["cold", "warm", "country"]),
    help="Learn from one part of the file and judge by the other: by place, by tie or by pair of countries.",
)
@click.option(
    "--part",
    type=click.Choice(["test", "validation"]),
    default="test",
    show_default=True,
    help="With --split: which held-out part is judged.",
)
@click.option(
    "--task",
    type=click.Choice(["all", "country", "world"]),
    default="all",
    show_default=True,
    help="Which candidates: the partner's country, or the world.",
)
@click.option("--model", "only", multiple=True, help="Judge this model or baseline only; may be repeated.")
@click.option("--all-rows", "every_row", is_flag=True, help="Judge by rows too that are not strict.")
@click.option(
    "--ablation",
    is_flag=True,
    help="With --split: judge plausibility with one group of features at a time too.",
)
@click.option(
    "--save",
    type=click.Path(file_okay=False, path_type=Path),
    help="With --split: write what was learned to this folder, such as the model's.",
)
@click.option("--at-most", type=click.IntRange(min=1), help="Judge by so many ties, drawn by the seed.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of all that is drawn.")
@click.option(
    "--json",
    "output",
    type=NewFile(),
    help="Write everything, intervals and what was not mapped too, to this file.",
)
@options.formats("table", "csv", "json")
def evaluate(
    partnerships: Path | None,
    crops: Path | None,
    task: str,
    output: Path | None,
    form: str,
    only: tuple[str, ...],
    **wishes: Any,
) -> None:
    """Judge the models by real partnerships, and every baseline on the same candidates.

    Each end of a partnership asks for the other: its rank among all regions of the partner's country, and of the
    world outside the own country; other known partners of the one that asks do not count. Figures are means over
    questions; their 95 % intervals come from resampling the regions that ask.

    With --crops, the modelled crop basket is judged by real harvested areas, beside the national mix and the crop
    grid; a country's own statistics have no part in the basket that is judged.
    """
    if (partnerships is None) == (crops is None):
        raise click.UsageError("judge either by --partnerships FILE or by --crops FILE")
    matcher = options.load_matcher()
    if partnerships is None:
        assert crops is not None
        show_crops(matcher.evaluate_crops(crops), output, form)
        return
    found = matcher.evaluate(partnerships, world=task != "country", only=only, say=note, **wishes)
    if output is not None:
        import json

        from matcher.files import write_atomically

        write_atomically(output, (json.dumps(found.to_dict(), ensure_ascii=False, indent=1) + "\n").encode())
    tasks = {name: models for name, models in found.tasks.items() if task == "all" or name.startswith(task)}
    if form == "json":
        write_json(found.to_dict() | {"tasks": tasks})
    elif form == "csv":
        write_csv(*_rows(tasks))
    else:
        write("\n\n".join(_text(name, models) for name, models in tasks.items()))
    for line in _remarks(found):
        note(line)


def _text(task: str, models: Mapping[str, Mapping[str, Any]]) -> str:
    """Return one task as a table under a line that says which."""
    count = next(iter(models.values()))["n_queries"]
    rows = [
        [name, *(decimal(found[metric], digits) for metric, (_, digits) in METRICS.items())]
        for name, found in models.items()
    ]
    titles = ["model", *(title for title, _ in METRICS.values())]
    return (
        f"{TASKS[task]} · {whole(count)} questions\n\n{table(titles, rows, right=set(range(1, len(titles))))}"
    )


def _rows(tasks: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> tuple[list[str], list[list[Any]]]:
    """Return one row a task, model and metric."""
    rows = [
        [task, model, metric, found[metric], *found[f"{metric}_95"], found["n_queries"]]
        for task, models in tasks.items()
        for model, found in models.items()
        for metric in METRICS
    ]
    return ["task", "model", "metric", "value", "low_95", "high_95", "questions"], rows


def _remarks(found: Evaluation) -> list[str]:
    """Say what was mapped, what was not and why, and what was judged."""
    mapping, about = found.mapping, found.about
    lines = [f"{mapping['n_mapped']:,} of {mapping['n_pairs']:,} pairs mapped; {mapping['n_ties']:,} ties."]
    lines += [f"{count:,} rows left out: {reason}." for reason, count in mapping["left_out"].items()]
    reasons: dict[str, int] = {}
    for entry in mapping["unmapped"]:
        reasons[entry["reason"]] = reasons.get(entry["reason"], 0) + 1
    lines += [f"{count:,} places not mapped: {reason}." for reason, count in reasons.items()]
    if about["learned_from_ties"]:
        lines.append(
            f"In the training list, or not to be told from it: {about['learned_from_ties']:,} of {about['judged_ties']:,} ties. "
            "Each is taken out of all counts when it is asked about; weights and tables were fitted to it too, so these "
            "figures are a little kind."
        )
    lines.append(
        f"{about['judged_ties']:,} ties judged both ways, {about['known_ties']:,} known, "
        f"{about['candidates']:,} regions, {about['seconds']:.0f} s."
    )
    return lines

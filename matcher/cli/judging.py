"""Print how well the crop basket meets a table of crop statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matcher.cli.output import decimal, note, table, write, write_csv, write_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from matcher.crops.judge import CropJudgement

TITLES = {"model": "modelled basket", "national_mix": "national mix", "grid_alone": "crop grid"}
METRICS = ("overlap", "top1", "top5")


def show_crops(found: CropJudgement, output: Path | None, form: str) -> None:
    """Write a judgement to stdout, and as JSON to a file if there is one."""
    values = found.to_dict()
    if output is not None:
        import json

        from matcher.files import write_atomically

        write_atomically(output, (json.dumps(values, ensure_ascii=False, indent=1) + "\n").encode())
    if form == "json":
        write_json(values)
    elif form == "csv":
        write_csv(
            ["part", "units", *(f"{name}_{metric}" for name in TITLES for metric in METRICS)], _rows(values)
        )
    else:
        titles = ["", "units", *(f"{title}: {metric}" for title in TITLES.values() for metric in METRICS)]
        rows = [
            [str(row[0]), str(row[1]), *(decimal(value, 3) for value in row[2:])] for row in _rows(values)
        ]
        write(table(titles, rows, right=set(range(1, len(titles)))))
    note(f"{found.n_mapped:,} of {found.n_units:,} units judged.")
    reasons: dict[str, int] = {}
    for entry in found.unmapped:
        reasons[entry["reason"]] = reasons.get(entry["reason"], 0) + 1
    for reason, count in reasons.items():
        note(f"{count:,} units left out: {reason}.")


def _rows(values: Mapping[str, Any]) -> list[list[Any]]:
    parts = {"all": values, **values["countries"], **values["groups"]}
    return [
        [name, part["n_mapped"], *(part[judged][metric] for judged in TITLES for metric in METRICS)]
        for name, part in parts.items()
    ]

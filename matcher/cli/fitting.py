"""``matcher fit``: make a model from an atlas."""

from __future__ import annotations

from pathlib import Path

import click

from matcher.cli import options
from matcher.cli.output import note, write

EPILOG = options.examples(
    "matcher fit -o models/mine",
    "matcher fit -o models/default --overwrite",
    "MATCHER_MODEL=models/mine matcher rank Purwakarta --country KR",
)


@click.command(epilog=EPILOG)
@click.option(
    "--output",
    "-o",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder of the new model.",
)
@click.option(
    "--atlas", type=click.Path(file_okay=False, path_type=Path), help="Folder of the atlas to fit on."
)
@click.option("--overwrite", is_flag=True, help="Replace a model that stands there.")
def fit(output: Path, atlas: Path | None, overwrite: bool) -> None:  # noqa: FBT001 - click passes by name
    """Fit the likeness model on the atlas: ranks, base likenesses and the calibration of percentiles.

    The same atlas gives the same model, byte for byte.
    """
    from matcher.atlas import Atlas
    from matcher.errors import UsageError
    from matcher.model import SimilarityModel

    if (output / "model.json").exists() and not overwrite:
        raise UsageError(f"{output} already holds a model; choose another folder or pass --overwrite.")
    opened = Atlas.open(atlas)
    note(f"fitting on atlas {opened.version}: {len(opened):,} regions")
    model = SimilarityModel().fit(opened)
    model.save(output, overwrite=overwrite)
    note(f"{len(model.features_)} features; model written to:")
    write(str(output))

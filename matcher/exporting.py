"""Exporting: an atlas and its model without any share-alike or non-commercial part, as a folder of its own."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from matcher.errors import DataError
from matcher.evidence import FOLDER as EVIDENCE
from matcher.files import read_bytes, write_atomically
from matcher.licences import CLOSED, CLOSED_FILES, closed_features, open_manifest, read_licences

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from matcher.atlas import Atlas
    from matcher.model import SimilarityModel

_COPIED = ("profiles.toml", "errors.toml", "vocabulary.toml", "levels.csv", "world.json", "countries.json")
_SECTION = re.compile(
    r"^\[(?:features|sources)\.(?P<name>\w+)(?:\.\w+)*\][^\n]*\n(?:(?!\[|# -{5}).*\n?)*", re.MULTILINE
)


def export_open(atlas: Atlas, model: SimilarityModel | None, folder: Path) -> tuple[str, ...]:
    """Write an atlas, and the model under ``model/``, without what may not be passed on freely.

    Left out are the features with a share-alike or local source, in the model too, the outlines under such licences,
    and the weights learned from share-alike lists. The manifest says so.

    Parameters
    ----------
    atlas
        As it is in its folder; a planner's own columns are not written.
    model
        None to write the atlas alone.
    folder
        Must be empty or new.

    Returns
    -------
    tuple of str
        The features left out.

    Raises
    ------
    DataError
        The folder is not empty, or cannot be written.
    """
    check_new(folder)
    folder.mkdir(parents=True, exist_ok=True)
    source = atlas.data_dir
    sources = read_licences(source / "sources.toml")
    closed = closed_features(atlas.catalogue, sources)
    keys = [key for key, entry in sources.items() if entry.licence_class in CLOSED]
    files = {name: entry for name, entry in atlas.manifest["files"].items() if name not in CLOSED_FILES}
    for name in files:
        write_atomically(folder / name, read_bytes(source / name))
    for name in _COPIED:
        if name not in files and (source / name).exists():
            write_atomically(folder / name, read_bytes(source / name))
    for name, dropped in (("features.toml", closed), ("sources.toml", keys)):
        if (source / name).exists():
            text = read_bytes(source / name).decode()
            write_atomically(folder / name, without_sections(text, dropped).encode())
    if (source / EVIDENCE).is_dir():
        (folder / EVIDENCE).mkdir()
        for path in sorted((source / EVIDENCE).glob("*.toml")):
            write_atomically(folder / EVIDENCE / path.name, read_bytes(path))
    manifest = open_manifest(atlas.manifest, closed)
    if "sources" in manifest:
        manifest["sources"] = {key: entry for key, entry in manifest["sources"].items() if key not in keys}
    write_atomically(
        folder / "atlas.json", (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode()
    )
    if model is not None:
        known = {feature.name for feature in atlas.catalogue}
        model.only([f.name for f in model.features_ if f.name in known and f.name not in closed]).save(
            folder / "model"
        )
    return closed


def check_new(folder: Path) -> None:
    """Refuse a folder that holds anything.

    Raises
    ------
    DataError
        The folder is not empty.
    """
    if folder.exists() and any(folder.iterdir()):
        raise DataError(f"{folder} is not empty; name a new folder")


def without_sections(text: str, names: Collection[str]) -> str:
    r"""Return a TOML text without the tables ``[features.NAME]`` or ``[sources.NAME]`` of some names.

    >>> without_sections("[features.a]\nx = 1\n\n[features.b]\nx = 2\n", ["a"])
    '[features.b]\nx = 2\n'
    """
    return _SECTION.sub(lambda found: "" if found["name"] in names else found[0], text)

"""Texts made from the registry of sources: data cards, licences and credits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.build.registry import LICENCE_CLASSES, Source, read_registry
from matcher.files import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

_RULES = {
    "open": "Figures made from these ship with the atlas, with credit.",
    "derived": "Figures derived from these ship; their files and raw values do not. Outlines follow the licence of their"
    " layer, which every region states (`layer`, `layer_licence`, `licence_class`).",
    "sharealike": "What is made from these ships in files of its own, under the same licence.",
    "local": "Nothing made from these ships.",
}

_README = """# The atlas

All regions of the world with their features. The Parquet files, `atlas.json`, `languages.json`, `countries.json` and
`history.json` are written by `matcher data build` and checked by `matcher data verify`; the others are written by hand
or, like this page, from `sources.toml`.

| file | what |
|---|---|
| `atlas.json` | the manifest: version, hash and rows of every file, sources with what pins them |
| `regions.parquet` | one row a region: identity, and one column a feature |
| `regions-sharealike.parquet` | the same rows: features made from share-alike sources (languages) |
| `names.parquet` | every name of every region, in every script |
| `geometry-open.parquet`, `geometry-sharealike.parquet` | outlines by licence, WKB, degrees, on a grid of 1/8192 degree (14 m) |
| `features.toml` | the catalogue: what each column is, its unit, source, evidence and weight |
| `sources.toml` | the registry of sources, pinned by hash; the cards below are written from it |
| `profiles.toml` | weights to choose from |
| `errors.toml` | how wrong the values of a feature may be, and whence that is known |
| `languages.json` | languages in the atlas: names, and the family tree that their likeness follows (share-alike) |
| `countries.json` | names of countries in many languages |
| `history.json` | facts of two countries: neighbours, common official language, colonial ties; no score sees them |
| `levels.csv` | which layer stands for which level in which country, and why |
| `world.json` | land outlines for locator maps |

Rows are sorted by country, level and region_id, the same in all files but the names and outlines, which hold some regions or
some several times. A null is unknown and never 0. Each feature column carries its unit, source, evidence, resolution
and vintage as field metadata. Licences: see `LICENSE` here and `NOTICE` at the root.

"""

_LICENSE = """LICENCES OF THE DATA

The code of this project is under the licence at its root. The data in this directory come from the sources below and
follow their licences. In short:

- regions.parquet, names.parquet, geometry-open.parquet, world.json: may be used, changed and shared with credit to the
  sources (see NOTICE at the root of the project). They hold derived figures of sources that ask to be cited.
- regions-sharealike.parquet (and languages.json): CC BY-SA 4.0. What you make from it carries the same licence.
- geometry-sharealike.parquet: each outline carries the licence in its own column `licence` (CC BY-SA, ODbL, or a licence
  not recorded by the source and therefore treated as share-alike).
- Outlines of regions whose licence_class is "local" are not in any file.

The data come without warranty. No source endorses this project.
"""

_NOTICE = """matcher
Copyright 2026 the matcher authors

The code is licensed under the Apache License, Version 2.0 (see LICENSE).

The data in data/ keep the licences of their sources, which are not those of the code. data/LICENSE and
data/README.md name, for each source, the owner, the licence and the wording of its citation. Tables whose name
ends in "-sharealike" hold figures and outlines under share-alike licences (ODbL, CC BY-SA); they are kept in
files of their own so that the rest stays free of that condition.

matcher/countries.csv: country codes and names in English, Indonesian and Korean, from the Unicode Common Locale
Data Repository (CLDR), Copyright Unicode, Inc., under the Unicode License v3.

models/default/learned.json and models/default/plausibility.json were learned from lists of partnerships of Wikipedia
(CC BY-SA) and Wikidata (CC0), and hold counts made from them; they are under CC BY-SA 4.0. The other files of the
model hold nothing of these lists.

Credits of the data, with the short names of the sources:

"""


def card(source: Source) -> str:
    """One source's card, in Markdown; the headings are the same for all."""
    rows = (
        ("what", source.what),
        ("from", source.origin + (f", file `{source.file}`" if source.file else "")),
        ("version", source.version or f"pinned by the hashes of {len(source.files)} files in `sources.toml`"),
        ("licence", f"{source.licence} (class: {source.licence_class})"),
        ("citation", source.citation),
        ("vintage", source.vintage),
        ("resolution", source.resolution or "not applicable"),
        ("processing", source.processing),
        ("limits", source.limits),
    )
    return f"### {source.key}: {source.title}\n\n" + "".join(f"- **{head}**: {text}\n" for head, text in rows)


def readme(registry: dict[str, Source]) -> str:
    """Text of `data/README.md`."""
    return _README + "## Data cards\n\n" + "\n".join(card(source) for source in registry.values())


def licence(registry: dict[str, Source]) -> str:
    """Text of `data/LICENSE`."""
    parts = [_LICENSE]
    for kind in LICENCE_CLASSES:
        sources = [source for source in registry.values() if source.licence_class == kind]
        if sources:
            head = f"{kind}: {_RULES[kind]}"
            parts.append(
                "\n" + head + "\n\n" + "".join(f"  {s.key:<18}{s.title}: {s.licence}\n" for s in sources)
            )
    return "".join(parts)


def notice(registry: dict[str, Source]) -> str:
    """Text of `NOTICE`: credits, one line a credit, with the sources that it stands for."""
    credited: dict[str, list[str]] = {}
    for source in registry.values():
        credited.setdefault(source.credit or source.citation, []).append(source.key)
    return _NOTICE + "".join(f"- {text} ({', '.join(keys)})\n" for text, keys in credited.items())


def write_cards(data_dir: Path, root: Path) -> list[Path]:
    """Write `README.md` and `LICENSE` into the data directory and `NOTICE` into the project's root."""
    registry = read_registry(data_dir / "sources.toml")
    texts = {
        data_dir / "README.md": readme(registry),
        data_dir / "LICENSE": licence(registry),
        root / "NOTICE": notice(registry),
    }
    for path, text in texts.items():
        write_atomically(path, text.encode())
    return list(texts)


if __name__ == "__main__":
    import sys
    from pathlib import Path as _Path

    write_cards(_Path(sys.argv[1]), _Path(sys.argv[2]))

"""Write the sample reports: ``python docs/samples.py``, or ``--all FOLDER`` for every one in every form and language.

Without an option the small samples that are committed are written anew into ``docs/samples``.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from matcher import Matcher
from matcher.report.forms import SUFFIXES
from matcher.report.writing import pair_facts, shortlist_facts, write_pair, write_shortlist

HERE = Path(__file__).with_name("samples")
LOCALES = ("en", "id", "ko")
PAIR = ("Purwakarta", "Gurye")
SCOPES = {"korea": "KR", "japan": "JP", "indonesia": "ID", "world": None}
# One of each form, the dossier in all languages: what a reader looks at first, and small enough to keep.
KEPT = {
    "purwakarta-gurye": ("en.pdf", "id.pdf", "ko.pdf", "en.md", "id.md", "ko.md", "en.html", "ko.xlsx"),
    "purwakarta-korea": ("id.pdf", "en.md"),
    "gurye-indonesia": ("ko.pdf", "ko.md"),
}


def main() -> None:
    """Write the samples."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--all", type=Path, metavar="FOLDER", help="write all samples in all forms and languages"
    )
    folder = parser.parse_args().all
    every = [f"{code}{suffix}" for code in LOCALES for suffix in SUFFIXES]
    if folder is None:
        shutil.rmtree(HERE, ignore_errors=True)
    target = folder or HERE
    target.mkdir(parents=True, exist_ok=True)
    matcher = Matcher.load()
    a, b = (matcher.region(name) for name in PAIR)

    def files(name: str) -> list[tuple[Path, str]]:
        chosen = every if folder else KEPT.get(name, ())
        return [(target / f"{name}.{ending}", ending[:2]) for ending in chosen]

    write_pair(pair_facts(matcher, a, b), files("purwakarta-gurye"))
    for region in (a, b):
        for scope, country in SCOPES.items():
            name = f"{region.name.lower()}-{scope}"
            if country != region.country and (wanted := files(name)):
                # The other of the founding pair is what a reader would propose.
                proposed = [other for other in (a, b) if other is not region]
                write_shortlist(shortlist_facts(matcher, region, country=country, why_not=proposed), wanted)
    print(
        f"{len(list(target.iterdir()))} files in {target}, {sum(f.stat().st_size for f in target.iterdir()):,} bytes"
    )


if __name__ == "__main__":
    main()

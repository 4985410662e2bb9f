"""What history and law left between two countries -> ``history.json``: facts for reports, which no score sees."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from matcher.countries import countries

if TYPE_CHECKING:
    import pandas as pd

    from matcher.build.sources import Sources

SOURCE = "cepii"

KINDS: dict[str, str] = {
    "contiguous": "contig",
    "official_language": "comlang_off",
    "colony": "colony",
    "common_coloniser": "comcol",
    "same_country": "smctry",
}
"""Facts of a pair, and the columns of the table that state them."""
# Codes of the table that ISO 3166-1 has changed since.
_RENAMED = {"TMP": "TLS", "ROM": "ROU", "ZAR": "COD", "YUG": "SRB"}


def country_history(table: pd.DataFrame) -> dict[str, Any]:
    """Facts of pairs of countries: kind -> country -> partners with a later code, alpha-2, parted by blanks.

    A fact counts where both rows of the pair state it: a few rows of the table contradict each other.

    Parameters
    ----------
    table
        Columns iso_o, iso_d (alpha-3) and those of `KINDS`, 0 or 1; a row a pair and direction.
    """
    codes = {country.alpha3: alpha2 for alpha2, country in countries().items()}
    ends = [table[name].replace(_RENAMED).map(codes) for name in ("iso_o", "iso_d")]
    known = ends[0].notna() & ends[1].notna()
    facts = {}
    for kind, column in KINDS.items():
        stated = known & (table[column].astype(int) == 1)
        pairs = set(zip(ends[0][stated], ends[1][stated], strict=True))
        partners: dict[str, list[str]] = {}
        for a, b in sorted(pairs):
            if a < b and (b, a) in pairs:
                partners.setdefault(a, []).append(b)
        facts[kind] = {a: " ".join(found) for a, found in partners.items()}
    return {"countries": " ".join(sorted(set(ends[0][known]))), "facts": facts}


def history_table(sources: Sources) -> bytes:
    """Content of ``history.json``."""
    import pandas as pd

    path = sources.path(SOURCE, "dist_cepii.csv")
    table = pd.read_csv(path, sep=";", keep_default_na=False, usecols=["iso_o", "iso_d", *KINDS.values()])
    about = {"source": SOURCE, "vintage": sources[SOURCE].vintage}
    return (json.dumps(about | country_history(table), indent=0) + "\n").encode()

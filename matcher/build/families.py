"""The family tree of the languages in use: `data/languages.json`, which the likeness of languages reads.

The full lines of descent (URIEL, from Glottolog) have up to 15 nodes, many of which hold nearly the same languages
as the node above. A path keeps the family, up to three branches that really divide what is above them, and the
language itself. URIEL and LinguaMeta are CC BY-SA 4.0: so is the file.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from matcher.build.tongues import read_glottolog, read_macrolanguages

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from matcher.build.sources import Sources

SOURCES: tuple[str, ...] = ("glotto", "langdata", "lmeta", "uriel")

DIVIDES = 0.6
"""A branch is kept if it holds at most this part of the languages of the last node kept."""
BRANCHES = 3
"""Branches between the family and the language, at most."""


def lines_of_descent(sources: Sources) -> dict[str, list[str]]:
    """Branches of each language from the family down (URIEL), by ISO 639-3 code; isolates have none."""
    import numpy as np

    with np.load(sources.path("uriel", "family_features.npz")) as archive:
        flags = archive["data"][:, :, 0] > 0
        codes, names = archive["langs"].astype(str), archive["feats"].astype(str)
    size = flags.sum(axis=0)
    # ancestors are nested: the one with more languages is above
    order = np.lexsort((names, -size))
    return {
        str(code): [str(names[i]).removeprefix("F_") for i in order if row[i]]
        for code, row in zip(codes, flags, strict=True)
    }


def reduce_paths(lines: dict[str, list[str]], codes: Collection[str]) -> dict[str, list[str]]:
    """Short path of each code: family, dividing branches, the code itself.

    Parameters
    ----------
    lines
        Branches from the family down, by code.
    codes
        Languages in use: only these count as members of a branch.

    Examples
    --------
    >>> tree = {"a": ["F", "G", "H"], "b": ["F", "G", "H"], "c": ["F", "G"], "d": ["F"], "e": ["F"]}
    >>> reduce_paths(tree, list(tree))["a"]  # G holds 3 of 5 of F; H 2 of 3 of G, too nearly the same
    ['F', 'G', 'a']
    """
    members: Counter[str] = Counter()
    for code in codes:
        members.update(set(lines.get(code, [])))
    paths: dict[str, list[str]] = {}
    for code in codes:
        line = lines.get(code, [])
        kept = line[:1]
        for node in line[1:]:
            if len(kept) <= BRANCHES and 2 <= members[node] <= DIVIDES * members[kept[-1]]:
                kept.append(node)
        paths[code] = [*kept, code]
    return paths


def likeness(path_a: list[str], path_b: list[str]) -> float:
    """Cosine of two paths as sets of nodes, 0..1."""
    shared = len(set(path_a) & set(path_b))
    return float(shared / (len(path_a) * len(path_b)) ** 0.5)


def complete_lines(sources: Sources, codes: Collection[str]) -> dict[str, list[str]]:
    """Lines of descent of all codes: macrolanguages take what their members share, others Glottolog's family."""
    lines = lines_of_descent(sources)
    glotto = read_glottolog(sources)
    family_of = dict(zip(glotto["ISO639P3code"], glotto["Family_ID"], strict=True))
    members: dict[str, list[str]] = {}
    for member, macro in read_macrolanguages(sources).items():
        members.setdefault(macro, []).append(member)
    found: dict[str, list[str]] = {}
    for code in codes:
        line = lines.get(code) or _shared(lines[m] for m in members.get(code, []) if lines.get(m))
        family = family_of.get(code, "")
        if not line and family in glotto.index:
            line = [str(glotto.at[family, "Name"])]
        found[code] = line
    return found


def _shared(lines: Iterable[list[str]]) -> list[str]:
    """Nodes that most of the lines share, in order; a stray member does not empty the rest."""
    lines = list(lines)
    count = Counter(node for line in lines for node in line)
    longest = max(lines, key=len, default=[])
    order = sorted((node for node in count if count[node] > len(lines) / 2), key=lambda node: -count[node])
    return [node for node in longest if node in order] or order


def language_table(sources: Sources, codes: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Name in English, Indonesian and Korean (where there is one) and path of each language, by code."""
    import pandas as pd

    used = sorted(set(codes))
    paths = reduce_paths(complete_lines(sources, used), used)
    names = pd.read_csv(sources.path("lmeta", "names.csv"), keep_default_na=False, dtype=str)
    by_locale = {
        locale: dict(zip(rows["iso639_3"], rows["name"], strict=True))
        for locale, rows in names.groupby("locale")
    }
    glotto = read_glottolog(sources)
    plain = dict(zip(glotto["ISO639P3code"], glotto["Name"], strict=True))
    table: dict[str, dict[str, Any]] = {}
    for code in used:
        row: dict[str, Any] = {"name": by_locale["en"].get(code) or plain.get(code) or code}
        for locale in ("id", "ko"):
            local = by_locale.get(locale, {}).get(code)
            if local and local != row["name"]:
                row[f"name_{locale}"] = local
        table[code] = {**row, "path": paths[code]}
    return table

"""Official counts of people that come as lists of units: France, Morocco and Turkey to show, old ones of the USA to learn."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from matcher.build.sources import Sources

FRENCH_YEAR, MOROCCAN_YEAR, TURKISH_YEAR = 2023, 2024, 2023
_CENTRAL = re.compile(r"\b(merkez(i| ilçe)?|district)\b|[()]", re.IGNORECASE)
_CENTRE = "merkez"
LIKE = 85
"""Names of a province agree this much (0-100) or it stays without a figure."""


def french(sources: Sources, code: pd.Series) -> pd.Series:
    """People of communes by INSEE code; index as `code`.

    A commune that has since taken in another one that still has an outline of its own here gets no figure: it would
    be that of both.
    """
    rows = json.loads(sources.path("fr_communes", "data/communes.json").read_text("utf-8"))
    return french_figures(rows, code)


def french_figures(rows: list[dict[str, object]], code: pd.Series) -> pd.Series:
    """The rule of `french` on rows with code, type, chefLieu and population."""
    people = {
        row["code"]: row["population"]
        for row in rows
        if row["type"] == "commune-actuelle" and "population" in row
    }
    into = {
        row["code"]: row.get("chefLieu")
        for row in rows
        if row["type"] in ("commune-deleguee", "commune-associee")
    }
    ours = set(code)
    merged = {seat for part, seat in into.items() if part in ours and part != seat}
    return code.map(people).where(~code.isin(merged)).astype(float)


def moroccan(sources: Sources, names: pd.Series) -> pd.Series:
    """People of provinces and prefectures by name (census of 2024); index as `names`."""
    import pandas as pd
    from rapidfuzz import fuzz, process

    from matcher.folding import fold_bare

    path = sources.path("ma_communes", "attributes/provinces.csv.gz")
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    people = dict(zip(map(fold_bare, table["name_fr"]), table["population_2024"].astype(float), strict=True))
    found = {}
    for unit, name in names.items():
        best = process.extractOne(fold_bare(name), list(people), scorer=fuzz.ratio, score_cutoff=LIKE)
        if best is not None:
            found[unit] = best[0]
    keys = pd.Series(found, dtype=object)
    # two units that claim one figure: nobody knows whose it is
    return keys[~keys.duplicated(keep=False)].map(people).reindex(names.index).astype(float)


def turkish(sources: Sources, names: pd.Series, provinces: pd.Series) -> pd.Series:
    """People of districts by the names of province and district (register of 2023); index as `names`.

    Parameters
    ----------
    sources
        Access to ``tr_districts``.
    names, provinces
        Names of the districts and of their provinces; a central district may go by the province's name with "merkez".
    """
    rows = json.loads(sources.path("tr_districts", "app/data/districts.json").read_text("utf-8"))
    return turkish_figures(rows, names, provinces)


def turkish_figures(rows: list[dict[str, object]], names: pd.Series, provinces: pd.Series) -> pd.Series:
    """The rule of `turkish` on rows with province, name and population.

    A district that is none of its province is looked for in the whole country among those that are left, since the
    outlines of provinces are coarse; there its name must be that of one district alone.
    """
    import pandas as pd

    from matcher.folding import fold_bare

    def key(name: object, province: object) -> tuple[str, str]:
        words = _CENTRAL.sub(" ", str(name))
        central = words != str(name) and fold_bare(words) in ("", fold_bare(str(province)))
        return fold_bare(str(province)), _CENTRE if central else fold_bare(words)

    listed = {key(row["name"], row["province"]): row["population"] for row in rows}
    ours = {unit: key(name, provinces[unit]) for unit, name in names.items()}
    # the district around a province's capital may bear the province's name alone
    ours = {
        unit: (province, _CENTRE) if name == province and (province, name) not in listed else (province, name)
        for unit, (province, name) in ours.items()
    }
    found = pd.Series({unit: listed.get(each) for unit, each in ours.items()}, dtype=float)
    claimed = set(ours.values())
    left = pd.Series({each: people for each, people in listed.items() if each not in claimed}, dtype=float)
    by_name = left.groupby([name for _, name in left.index]).agg(["first", "size"])
    alone = by_name.loc[by_name["size"] == 1, "first"]
    lost = pd.Series({unit: ours[unit][1] for unit in found.index[found.isna()]}, dtype=object)
    lost = lost[~lost.duplicated(keep=False)]
    return found.fillna(lost.map(alone)).reindex(names.index).astype(float)


def american(sources: Sources, names: pd.Series, states: pd.Series) -> pd.Series:
    """People of counties about 2005 by name and state ("a1:US-AL"), too old to show; index as `names`."""
    import pandas as pd

    from matcher.folding import fold_bare

    columns = ["CHSI_County_Name", "CHSI_State_Abbr", "Population_Size"]
    path = sources.path("us_chsi", "County_Data_after_impute_after_scaling.csv")
    table = pd.read_csv(path, usecols=columns, keep_default_na=False)
    key = zip(table["CHSI_State_Abbr"], map(fold_bare, table["CHSI_County_Name"]), strict=True)
    people = pd.Series(table["Population_Size"].to_numpy(dtype=float), index=pd.MultiIndex.from_tuples(key))
    people = people[~people.index.duplicated(keep=False)]
    ours = [(str(state)[-2:], fold_bare(name)) for name, state in zip(names, states, strict=True)]
    return pd.Series([people.get(each) for each in ours], index=names.index, dtype=float)

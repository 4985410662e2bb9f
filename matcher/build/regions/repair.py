"""Repair of names as the layers spell them: broken encodings, capitals, type words, lost letters."""

from __future__ import annotations

import re
from functools import cache

__all__ = ["bare", "has_native_script", "mend_encoding", "romanised", "same_place", "tidy", "title_case"]

_SMALL = frozenset(
    [
        "a",
        "al",
        "am",
        "an",
        "and",
        "at",
        "auf",
        "aux",
        "bei",
        "cu",
        "d",
        "da",
        "das",
        "de",
        "dei",
        "del",
        "della",
        "dello",
        "den",
        "der",
        "des",
        "di",
        "din",
        "do",
        "dos",
        "du",
        "e",
        "ea",
        "el",
        "em",
        "en",
        "et",
        "i",
        "im",
        "in",
        "ka",
        "la",
        "las",
        "le",
        "les",
        "lo",
        "los",
        "na",
        "nad",
        "no",
        "of",
        "og",
        "on",
        "pe",
        "pod",
        "sa",
        "si",
        "sub",
        "sur",
        "the",
        "u",
        "und",
        "upon",
        "van",
        "von",
        "y",
        "z",
    ]
)
_ROMAN = re.compile(r"^(?=[IVX]{2,})X{0,3}(IX|IV|V?I{0,3})$")
_PEOPLES = (
    "Mongol|Tibetan|Hui|Uyghur|Zhuang|Yi|Yao|Miao|Dong|Tujia|Bai|Dai|Hani|Lisu|Naxi|Lahu|Va|Li|She|Gelao|Mulao|"
    "Maonan|Manchu|Korean|Daur|Evenk|Oroqen|Kazakh|Kyrgyz|Xibe|Tajik|Salar|Dongxiang|Bonan|Yugur|Tu|Qiang|Pumi|Nu|"
    "Derung|Buyei|Shui|Various Nationalities|Multi-?ethnic"
)
# Type words by country: the pattern holds the bare name in group "n"; the word that goes with it stands beside.
_TYPES: dict[str, tuple[tuple[str, str], ...]] = {
    "AL": ((r"Bashkia (?:e )?(?P<n>.+)", "bashki"),),
    "AZ": ((r"(?P<n>.+) District", "rayon"),),
    "BH": ((r"(?P<n>.+) Governorate", "governorate"),),
    "CN": (
        (rf"(?P<n>.+?)(?: (?:[\w'-]+(?:,| and)? )*(?:{_PEOPLES}))? Autonomous County", "autonomous county"),
        (r"(?P<n>.+) County", "county"), (r"(?P<n>.+) District", "district"), (r"(?P<n>.+) City", "county-level city"),
        (r"(?P<n>.+) Autonomous Banner", "autonomous banner"), (r"(?P<n>.+) Banner", "banner"),
    ),
    "DE": ((r"(?P<n>.+), (?:\w+ )*\w*[Ss]tadt", "Stadt"),),
    "EE": ((r"(?P<n>.+) vald", "vald"), (r"(?P<n>.+) linn", "linn")),
    "GH": ((r"(?P<n>.+) Metropolitan", "metropolitan"), (r"(?P<n>.+) Municipal", "municipal")),
    "GW": ((r"Setor (?:de|do|da) (?P<n>.+)", "setor"),),
    "HK": ((r"(?P<n>.+) District", "district"),),
    "HR": ((r"(?:Općina|Opcina|Općína) (?P<n>.+)", "općina"), (r"Grad (?P<n>.+)", "grad")),
    "KG": ((r"City of (?P<n>.+)", "city"),),
    "KP": ((r"(?P<n>.+) City", "si"), (r"(?P<n>.+) (?:County|District)", "kun")),
    "LT": ((r"(?P<n>.+) County", "miesto seniūnija"), (r"(?P<n>.+) miesto seniūnija", "miesto seniūnija"), (r"(?P<n>.+) seniūnija", "seniūnija")),
    "LV": ((r"(?P<n>.+) (?:Municipality|novads)", "novads"),),
    "MA": (
        (r"(?:Province|Préfecture) (?:de |d'|du |des )?(?P<n>[^\u0600-\u06ff]+?)\s*[\u0600-\u06ff].*", "province"),
        (r"(?:Province|Préfecture) (?:de |d'|du |des )(?P<n>.+)", "province"), (r"(?P<n>.+) Province", "province"),
        (r"(?P<n>.+) Prefecture", "prefecture"), (r"(?P<n>[^\u0600-\u06ff]+?)\s*[\u0600-\u06ff].*", "province"),
    ),
    "ME": ((r"(?P<n>.+) Municipality", "opština"),),
    "MG": ((r"(?P<n>.+) (?:Renivohitra|I)", "urban district"),),
    "MY": ((r"Daerah (?P<n>.+)", "daerah"),),
    "NI": ((r"Municipio (?:de )?(?P<n>.+)", "municipio"), (r"(?P<n>.+) \(Municipio\)", "municipio")),
    "NO": ((r'"?(?P<n>.+?)"? nor', "kommune"),),
    "NZ": (
        (r"(?P<n>.+?) (?:District|City)(?: Council)?", "district"), (r"(?P<n>.+) Territory", "territory"),
    ),
    "PA": ((r"Distrito (?:de(?:l)? )?(?P<n>.+)", "distrito"),),
    "PG": ((r"(?P<n>.+) (?:Rural|Urban) LLG", "LLG"), (r"(?P<n>.+) LLG", "LLG")),
    "PH": ((r"City of (?P<n>.+)", "city"), (r"(?!Quezon)(?P<n>.+) City", "city")),
    "RS": ((r"(?P<n>.+) Municipality", "municipality"), (r"(?P<n>.+) City", "city")),
    "RU": (
        (r"(?P<n>.+) (?:District|Ulus|Raion|Rayon)", "rayon"), (r"(?P<n>.+) (?:Urban Okrug|City)", "city"),
        (r"(?:городской округ|город|ГО|город-курорт) (?P<n>.+)", "city"), (r"(?P<n>.+) (?:район|округ)", "rayon"),
    ),
    "RW": ((r"(?P<n>.+) [Dd]istrict", "district"),),
    "SE": ((r"(?P<n>.+?)s? [Kk]ommun", "kommun"),),
    "SZ": ((r"Inkhundla (?P<n>.+)", "inkhundla"),),
    "TJ": ((r"(?P<n>.+) District", "district"), (r"(?P<n>.+) City", "city")),
    "TW": ((r"(?P<n>.+) District", "district"), (r"(?P<n>.+) Township", "township"), (r"(?P<n>.+) City", "city")),
    "US": ((r"(?P<n>.+) (?:County|Parish|Borough|Census Area|Municipio)", "county"),),
    "UZ": ((r"(?P<n>.+) (?:city|City)", "city"), (r"(?P<n>.+) (?:district|District)", "district")),
    "XK": ((r"Municipality of (?P<n>.+)", "municipality"),),
    "ZW": ((r"(?P<n>.+?) ?\d+", "district"),),
}  # fmt: skip
# Upper units of any country.
_UPPER = re.compile(
    r"^(?:Province of |State of |Provincia de |Canton of |Governorate of )?(?P<n>.+?)(?:,? (?:Province|Prefecture|Region|"
    r"Governorate|Oblast|Krai|State|County|Departa?ment|Municipality|District|Voivodeship|Canton|Parish|Division|"
    r"Regional Unit|Metropolitan City|City|Raion|Emirate|Special Municipality|ken|fu))?$"
)
_TYPES["EH"] = _TYPES["MA"]
_NATIVE = re.compile(r"[\u0370-\u1cff\u1f00-\u1fff\u2d30-\u2fdf\u3040-\ud7ff\uf900-\ufdff]")
_BAKHSH = re.compile("^(?:بخش|شهرستان) ")
_CYRILLIC_LATIN = str.maketrans({"'": None, "’": None})


def mend_encoding(text: str) -> str:
    """Undo UTF-8 text that was read as Windows-1252 (or Latin-1); anything else comes back unchanged.

    >>> mend_encoding("YaoundÃ©"), mend_encoding("São Paulo")
    ('Yaoundé', 'São Paulo')
    """
    if text.isascii():
        return text
    try:
        raw = b"".join(_byte(char) for char in text)
        return raw.decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text


def _byte(char: str) -> bytes:
    try:
        return char.encode("cp1252")
    except UnicodeEncodeError:
        return char.encode("latin-1")


def tidy(text: str) -> str:
    """One line, single spaces, no stray marks at the ends.

    >>> tidy(" Sia Gird ( Ghorbund)_"), tidy('"Nore og Uvdal"')
    ('Sia Gird (Ghorbund)', 'Nore og Uvdal')
    """
    text = " ".join(mend_encoding(text).replace("_", " ").replace("\x7f", "").split())
    text = re.sub(r"^(\d+)\? (?=Arrond)", r"\1e ", text)
    return text.replace("( ", "(").replace(" )", ")").replace("`", "'").strip(' ,;*"')


def title_case(text: str) -> str:
    """Title case for names in capitals; names with any small letter are left as they are.

    >>> title_case("SAN ANTONIO DE LA MESA"), title_case("WEST III"), title_case("McKinley")
    ('San Antonio de la Mesa', 'West III', 'McKinley')
    """
    if text != text.upper() or not any(char.isalpha() for char in text):
        return text
    words = [_capital(word, first=i == 0) for i, word in enumerate(text.split(" "))]
    return " ".join(words)


def _capital(word: str, *, first: bool) -> str:
    if _ROMAN.match(word):
        return word
    lower = word.lower()
    if not first and lower in _SMALL:
        return lower
    return re.sub(r"(^|[-/(.])(\w)", lambda m: m.group(1) + m.group(2).upper(), lower)


@cache
def _patterns(country: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(pattern), word) for pattern, word in _TYPES.get(country, ()))


def bare(text: str, country: str) -> tuple[str, str | None]:
    """Name without its type word, and that word.

    Indonesian cities keep "Kota", because the regency around one has the same name.

    >>> bare("Općina Perušić", "HR"), bare("Fengkai County", "CN"), bare("Kota Ambon", "ID")
    (('Perušić', 'općina'), ('Fengkai', 'county'), ('Kota Ambon', None))
    """
    for pattern, word in _patterns(country):
        if (match := pattern.fullmatch(text)) and len(match["n"].strip()) > 1:
            return match["n"].strip(), word
    return text, None


def bare_upper(text: str) -> str:
    """Name of a province without the words that tell its type, one of them with the misprint of Natural Earth.

    >>> bare_upper("South Jeolla Province"), bare_upper("Regional Municipality"), bare_upper("Cusco Departament")
    ('South Jeolla', 'Regional', 'Cusco')
    """
    match = _UPPER.match(text)
    return match["n"] if match and len(match["n"]) > 1 else text


def has_native_script(text: str) -> bool:
    """Whether any letter is of another script than Latin.

    >>> has_native_script("구례"), has_native_script("Örebro")
    (True, False)
    """
    return bool(_NATIVE.search(text))


def romanised(text: str) -> str:
    """Latin spelling, letter by letter: the last resort where no layer gives one.

    >>> romanised("Прогресс"), romanised("بخش")
    ('Progress', 'Bkhsh')
    """
    if not has_native_script(text):
        return text
    from anyascii import anyascii

    return title_case(" ".join(anyascii(_BAKHSH.sub("", text)).translate(_CYRILLIC_LATIN).split()).upper())


def same_place(a: str, b: str, *, lossy: bool = False) -> bool:
    """Whether two Latin spellings mean one name; `lossy` forgives letters that an encoding destroyed.

    >>> same_place("BUDESTI", "Budeşti"), same_place("Bansk", "Banská", lossy=True), same_place("Tar", "Tas")
    (True, True, False)
    """
    from rapidfuzz.fuzz import ratio

    from matcher.folding import fold

    left, right = fold(a), fold(b)
    if left == right:
        return True
    if not lossy or len(right) <= 3:
        return False
    return left[:1] == right[:1] and ratio(left, right) >= 75

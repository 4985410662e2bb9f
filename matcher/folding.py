"""Fold a place name so that spellings of one name meet: case, accents, alphabets, punctuation, type words.

Alphabets that romanise letter by letter (Latin, Greek, Cyrillic, Armenian, Georgian) become ASCII. Scripts that
do not (Han, Hangul, Kana, Arabic, Hebrew, Indic, Thai, Ethiopic ...) stay in their own script, because a
romanised kanji is pinyin and an unvowelled Arabic name is a riddle: such names match natively.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

__all__ = ["fold", "fold_bare", "words", "words_bare"]

# Code-point ranges of the alphabets that are romanised (end exclusive). Everything below Hebrew is one of them.
_ALPHABETS = (
    (0x0000, 0x0590), (0x10A0, 0x1100), (0x1C80, 0x1CC0), (0x1D00, 0x2000), (0x2C60, 0x2C80),
    (0x2D00, 0x2D30), (0x2DE0, 0x2E00), (0xA640, 0xA6A0), (0xA720, 0xA800), (0xAB30, 0xAB70),
)  # fmt: skip
# Letters that writers of one language use for each other.
_SAME: dict[int, Any] = str.maketrans({
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ئ": "ي", "ې": "ي", "ے": "ي", "ک": "ك", "ڪ": "ك",
    "ة": "ه", "ۀ": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه", "ۃ": "ه", "ؤ": "و", "گ": "ك", "ڭ": "ك",
    "ـ": None, "ヶ": "ケ", "ヵ": "カ", "臺": "台", "ँ": "ं", "ঁ": None, "&": " and ",
})  # fmt: skip
# Ethiopic letters that sound alike today and stand for each other: seven forms each.
_SAME |= str.maketrans(
    "".join(chr(a + i) for a in (0x1210, 0x1280, 0x1220, 0x12D0, 0x1340) for i in range(7)),
    "".join(chr(a + i) for a in (0x1200, 0x1200, 0x1230, 0x12A0, 0x1338) for i in range(7)),
)
# The first and the fourth form of those that are only a breath sound alike too.
_SAME |= str.maketrans("ሐሓኀኃሃዐዓኣ", "ሀሀሀሀሀአአአ")
# Marks that careful writers set and others leave out: Hebrew and Arabic vowels, Indic nukta.
_OPTIONAL_MARKS = re.compile(
    "[\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0740-\u074a"
    "\u093c\u09bc\u0a3c\u0abc\u0b3c\u0cbc]"
)
_NO_LETTERS = re.compile("[^0-9a-z]+")
_APOSTROPHES = re.compile("['’‘`´ʻʼʽʿʾˈ′\u05f3\u05f4\"“”·\u00ad]")
_ABBREVIATIONS = {
    "saint": "st", "sankt": "st", "sint": "st", "sveti": "st", "sainte": "ste", "kab": "kabupaten",
    "kep": "kepulauan", "mt": "mount", "ft": "fort", "co": "county", "prov": "province", "tp": "thanh pho",
}  # fmt: skip

# Words that tell the type of a unit and that people leave out or translate. Folded like any other text.
_LEADING = """
kabupaten|kota|kota administrasi|kabupaten administrasi|kotamadya|provinsi|propinsi|daerah khusus ibukota|dki
daerah istimewa|daerah|kecamatan|city of|county of|district of|province of|municipality of|town of|borough of
regency of|region of|state of|canton of|shire of|city and county of|parish of|republic of|prefecture of
governorate of|emirate of|commune of|metropolitan city of|metropolitan borough of|royal borough of
london borough of|rural municipality of|municipal district of|greater|landkreis|kreis|stadt|stadtkreis
landeshauptstadt|hansestadt|freie und hansestadt|kreisfreie stadt|universitatsstadt|stadt und landkreis|gemeinde
markt|bundesland|land|kanton|canton|bezirk|gemeente|stad|provincie|commune|ville|departement|province|region
prefecture|district|arrondissement|cercle|gouvernorat|wilaya|wilayah|wilayat|collectivite|comune|provincia
regione|citta metropolitana|citta|libero consorzio comunale|municipio|municipalidad|ciudad|departamento|distrito
distrito metropolitano|partido|canton|estado|comunidad|comunidad autonoma|principado|region metropolitana
area metropolitana|ayuntamiento|concello|concelho|cidade|regiao autonoma|gmina|powiat|wojewodztwo|miasto|mesto
prefeitura|prefeitura municipal|camara municipal|mairie|kelurahan|desa
obec|okres|kraj|hlavni mesto|statutarni mesto|oblast|gorod|gorod federalnogo znacheniya|misto|raion|rayon|rajon
respublika|krai|kray|munitsipalnyy okrug|gorodskoy okrug|judet|judetul|municipiul|oras|orasul|comuna|obshtina
opstina|opcina|grad|zupanija|bashkia|dimos|nomos|kommune|kommun|thanh pho|tinh|huyen|quan|thi xa|thi tran|xa
changwat|amphoe|khet|mueang|krung|khaet|srok|mukim|jajahan|bahagian|lungsod ng|bayan ng|lalawigan ng
ostan|shahrestan|muhafazat|mintaqat|محافظة|مدينة|بلدية|ولاية|منطقة|قضاء|إمارة|مديرية|دائرة|شهرستان|استان|شهر|ضلع
עיריית|מחוז|מועצה אזורית|מועצה מקומית
"""
_TRAILING = """
regency|city|county|district|province|prefecture|state|municipality|town|borough|parish|region|governorate|shire
canton|commune|department|division|subdivision|sub district|subdistrict|taluk|taluka|tehsil|tahsil|mandal
council|city council|shire council|district council|regional council|rural district|urban district|census area
local government area|lga|unitary authority|metropolitan borough|metropolitan city|metropolitan municipality
metropolitan area|special city|special metropolitan city|special autonomous city|special self governing city
special self governing province|special autonomous province|autonomous region|autonomous province
autonomous prefecture|autonomous county|emirate|republic|oblast|krai|kray|okrug|avtonomnyy okrug|raion|rayon|rajon
rayonu|respublikasi|viloyati|tumani|audany|oblysy|kalasy|gorodskoy okrug|munitsipalnyy rayon|munitsipalnyy okrug
teukbyeolsi|gwangyeoksi|shi|ken|machi|mura|xian|sheng|zizhixian|zizhizhou|zizhiqu|diqu|meng|ili|ilce|ilcesi|buyuksehir belediyesi|belediyesi|kommune|kommun|stad|lan|fylke|fylkeskommune
maakunta|kunta|kaupunki|seutukunta|megye|varmegye|jaras|kraj|okres|zupanija|vald|linn|maakond|novads|pagasts
valstspilseta|pilseta|rajono savivaldybe|miesto savivaldybe|savivaldybe|rajonas|apskritis|voivodeship|judet
hreppur|kaupstadur|munitsipaliteti|marz|zila|zilla|upazila|jilla|probinsya|wilaya
जिला|ज़िला|जिल्हा|तहसील|राज्य|प्रांत|জেলা|উপজেলা|বিভাগ|மாவட்டம்|జిల్లా|ജില്ല|ಜಿಲ್ಲೆ|જિલ્લો|ਜ਼ਿਲ੍ਹਾ|දිස්ත්‍රික්කය|ክልል|ዞን|ወረዳ
"""
# Syllables that are a type word only behind a hyphen ("Gurye-gun"): alone they are names ("Long Son", "Co Do").
_HYPHENATED = re.compile(
    r"(?<=\w)[-‐‑–](gun|kun|si|gu|do|eup|myeon|shi|cho|chou|machi|mura|son|ken|fu|to|ku|xian|qu|sheng|diqu|meng|qi)\s*$",
    re.IGNORECASE,
)
_VIETNAMESE = frozenset(
    ["thanh", "tinh", "huyen", "quan", "thi", "xa"]
)  # no linking words: "da" begins Da Lat, Da Nang
_LINKING = frozenset(
    [
        "of",
        "de",
        "del",
        "della",
        "dello",
        "di",
        "d",
        "du",
        "des",
        "da",
        "do",
        "dos",
        "das",
        "la",
        "le",
        "the",
        "van",
        "von",
    ]
)
# Glued to the name without a space. Longer ones first. The rest must keep two characters (one Han character will do).
_GLUED_END = [
    "특별자치도",
    "특별자치시",
    "특별시",
    "광역시",
    "자치구",
    "군",
    "시",
    "구",
    "도",
    "읍",
    "면",
    "自治区",
    "自治區",
    "自治州",
    "自治县",
    "自治縣",
    "特别行政区",
    "特別行政區",
    "地区",
    "市辖区",
    "新区",
    "市",
    "町",
    "村",
    "区",
    "區",
    "県",
    "縣",
    "县",
    "郡",
    "都",
    "府",
    "道",
    "省",
    "州",
    "盟",
    "旗",
    "鎮",
    "镇",
    "鄉",
    "乡",
]
_GLUED_START = [
    "จังหวัด",
    "อำเภอ",
    "เขต",
    "เทศบาลนคร",
    "เทศบาลเมือง",
    "ខេត្ត",
    "ស្រុក",
    "ក្រុង",
    "រាជធានី",
    "ແຂວງ",
    "ເມືອງ",
]


@cache
def _romanised(char: str) -> str:
    """A character in Latin letters, where its script is one that is romanised; else itself."""
    code = ord(char)
    if not any(low <= code < high for low, high in _ALPHABETS):
        return char
    from anyascii import anyascii

    return _APOSTROPHES.sub("", anyascii(char))


@cache
def _kept(char: str) -> str:
    """A letter, a digit or a mark on one; a space for anything else."""
    mark = ord(char) > 0x590 and unicodedata.category(char)[0] == "M"
    return char if char.isalnum() or mark else " "


def _fold_once(text: str) -> str:
    """Casefolded, romanised or native letters, digits and marks; everything else is one space."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    text = _APOSTROPHES.sub("", text.casefold())
    if not text.isascii():
        text = _OPTIONAL_MARKS.sub("", text.translate(_SAME))
        text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    else:
        text = text.replace("&", " and ")
    if not text.isascii():
        text = "".join(map(_romanised, text)).casefold()
    if text.isascii():
        return _NO_LETTERS.sub(" ", text).strip()
    return " ".join("".join(map(_kept, text)).split())


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """Folded words of a name, abbreviations written out one way.

    >>> words("Kab. Purwakarta"), words("Sankt Gallen")
    (('kabupaten', 'purwakarta'), ('st', 'gallen'))
    """
    for _ in range(6):  # removing characters can bring others together; settle, as plain letters have
        before, text = text, _fold_once(text)
        if text == before or text.isascii():
            break
    return tuple(w for word in text.split() for w in _ABBREVIATIONS.get(word, word).split())


def fold(text: str) -> str:
    """Key of a name: its folded words without spaces. Idempotent.

    >>> fold("Đà Lạt"), fold("São Paulo"), fold("구례군"), fold("St. Gallen") == fold("Sankt-Gallen")
    ('dalat', 'saopaulo', '구례군', True)
    """
    key = "".join(words(text))
    for _ in range(6):
        again = "".join(words(key))
        if again == key:
            break
        key = again
    return key


def words_bare(text: str) -> tuple[str, ...]:
    """Folded words without the words that tell the type of the unit; never empty unless ``words(text)`` is.

    >>> words_bare("Kabupaten Purwakarta"), words_bare("City of London"), words_bare("Kota")
    (('purwakarta',), ('london',), ('kota',))
    """
    rest = words(_HYPHENATED.sub("", text))
    for _ in range(3):
        shorter = _strip(rest)
        if shorter == rest:
            break
        rest = shorter
    return rest


def fold_bare(text: str) -> str:
    """Key of a name without its type words.

    >>> fold_bare("Gurye-gun"), fold_bare("雲仙市"), fold_bare("전라남도"), fold_bare("Санкт-Петербург")
    ('gurye', '雲仙', '전라남', 'stpeterburg')
    """
    return fold(" ".join(words_bare(text)))


@cache
def _phrases(table: str) -> dict[int, frozenset[tuple[str, ...]]]:
    """Type phrases by their number of words."""
    phrases = {words(p) for p in re.split(r"[|\n]", table) if p.strip()}
    return {n: frozenset(p for p in phrases if len(p) == n) for n in range(6, 0, -1)}


def _strip(name: tuple[str, ...]) -> tuple[str, ...]:
    if len(name) == 1 and name[0].isascii():
        return name
    for size, phrases in _phrases(_LEADING).items():
        if len(name) > size and name[:size] in phrases:
            rest = name[size:]
            while len(rest) > 1 and rest[0] in _LINKING and name[0] not in _VIETNAMESE:
                rest = rest[1:]
            return rest
    for size, phrases in _phrases(_TRAILING).items():
        if len(name) > size and name[-size:] in phrases:
            return name[:-size]
    return (*name[:-1], _unglue(name[-1])) if len(name) == 1 or (name and not name[-1].isascii()) else name


def _unglue(word: str) -> str:
    if word.isascii():
        return word
    for end in _GLUED_END:
        rest = word[: -len(end)]
        if word.endswith(end) and rest and (len(rest) >= 2 or "\u4e00" <= rest[-1] <= "\u9fff"):
            return rest
    for start in _GLUED_START:
        if word.startswith(start) and len(word) > len(start) + 1:
            return word[len(start) :]
    return word

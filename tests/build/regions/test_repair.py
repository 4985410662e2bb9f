import pytest

from matcher.build.regions.repair import (
    bare,
    bare_upper,
    has_native_script,
    mend_encoding,
    romanised,
    same_place,
    tidy,
    title_case,
)


@pytest.mark.parametrize(
    ("broken", "name"),
    [
        ("YaoundÃ©", "Yaoundé"),
        ("GÃ¶teborg", "Göteborg"),
        ("MÃ¥lilla", "Målilla"),
        ("SÃ£o TomÃ©", "São Tomé"),
        ("São Paulo", "São Paulo"),
        ("Ærø", "Ærø"),
        ("구례", "구례"),
        ("S?gbohou?", "S?gbohou?"),
    ],
)
def test_text_decoded_twice_is_mended_and_all_else_kept(broken, name):
    assert mend_encoding(broken) == name


@pytest.mark.parametrize(
    ("capitals", "name"),
    [
        ("BUDESTI", "Budesti"),
        ("SAN ANTONIO DE LA MESA", "San Antonio de la Mesa"),
        ("WEST III", "West III"),
        ("NORTH-EASTERN ISLANDS", "North-Eastern Islands"),
        ("MÜNÜNI", "Mününi"),
        ("McKinley", "McKinley"),
        ("288", "288"),
    ],
)
def test_capitals_become_title_case(capitals, name):
    assert title_case(capitals) == name


@pytest.mark.parametrize(
    ("full", "country", "name", "kind"),
    [
        ("Općina Perušić", "HR", "Perušić", "općina"),
        ("Fengkai County", "CN", "Fengkai", "county"),
        ("Lanping Bai and Pumi Autonomous County", "CN", "Lanping", "autonomous county"),
        ("Echeng District", "CN", "Echeng", "district"),
        ("Municipio Matiguás", "NI", "Matiguás", "municipio"),
        ("Masaya (Municipio)", "NI", "Masaya", "municipio"),
        ("Kota Ambon", "ID", "Kota Ambon", None),
        ("City of Makati", "PH", "Makati", "city"),
        ("Quezon City", "PH", "Quezon City", None),
        ("Rødøy nor", "NO", "Rødøy", "kommune"),
        ("Bashkia Vlorë", "AL", "Vlorë", "bashki"),
        ("Kwekwe Urban 13", "ZW", "Kwekwe Urban", "district"),
        ("Rapid City", "US", "Rapid City", None),
    ],
)
def test_type_words_go_where_the_country_writes_them(full, country, name, kind):
    assert bare(full, country) == (name, kind)


def test_province_without_its_type():
    assert bare_upper("Nakhon Sawan Province") == "Nakhon Sawan"
    assert bare_upper("Western Province") == "Western"
    assert bare_upper("Province") == "Province"


def test_stray_marks_go():
    assert tidy(' "Nore  og Uvdal" ') == "Nore og Uvdal"
    assert tidy("Abu_Halifa") == "Abu Halifa"


def test_scripts():
    assert has_native_script("бахчисарай")
    assert not has_native_script("Đà Lạt")
    assert romanised("Прогресс") == "Progress"
    assert romanised("Žilina") == "Žilina"


def test_lost_letters_are_forgiven_only_where_the_layer_lost_them():
    assert same_place("Bansk", "Banská", lossy=True)
    assert not same_place("Bansk", "Banská")
    assert same_place("BUDESTI", "Budeşti")
    assert not same_place("Tar", "Tas", lossy=True)

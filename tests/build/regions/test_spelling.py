import pandas as pd

from matcher.build.regions.spelling import spelled


def test_spelling_comes_from_the_town_inside(geonames):
    regions = pd.DataFrame(
        {
            "name": ["Bansk", "M", "Budesti", None, None, "Praga", "?????"],
            "name_local": [None, None, None, "بخش مرکزی", "Прогресс", None, None],
            "country": ["SK", "HU", "RO", "IR", "RU", "BR", "DZ"],
            "level": "regency",
            "lat": 0.0,
            "lon": 0.0,
        }
    )
    towns = pd.DataFrame(
        {
            "unit": [0, 2, 3, 3, 5],
            "name": ["Banská", "Budeşti", "Village", "Shiraz", "Prága"],
            "country": ["SK", "RO", "IR", "IR", "BR"],
            "population": [9.0, 9.0, 10.0, 9.0, 9.0],
            "feature": ["PPL", "PPL", "PPL", "PPLA", "PPL"],
        }
    )
    world = geonames([(1, "Szeged", "HU", 0.0, 0.0, 9.0, 0, 0, "PPL", None)])
    assert spelled(regions, towns, world).tolist() == [
        "Banská", "M... (near Szeged)", "Budeşti", "Shiraz", "Progress", "Praga", "Unnamed (near DZ)",
    ]  # fmt: skip

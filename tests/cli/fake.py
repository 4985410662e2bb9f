"""A matcher that answers from a handful of regions: the command line is tested apart from the model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from matcher.atlas import Region
from matcher.candidates import Filters
from matcher.catalogue import Feature
from matcher.errors import AmbiguousRegionError, RegionNotFoundError
from matcher.explanation import Contribution, Explanation
from matcher.opinion import Opinion, Precedent, Precedents
from matcher.plausibility import Term
from matcher.ranking import Match, Mutual, Query, Ranking
from matcher.weights import Weights

PURWAKARTA = Region(
    region_id="gb:1",
    name="Purwakarta",
    country="ID",
    level="regency",
    lat=-6.55,
    lon=107.45,
    area_km2=984.0,
    population=1_063_932.0,
    population_basis="official",
    population_year=2025,
    parent_name="Jawa Barat",
    unit_type="kabupaten",
    layer="gb",
    layer_licence="CC BY 3.0 IGO",
)
GURYE = replace(
    PURWAKARTA,
    region_id="kr:36330",
    name="Gurye",
    country="KR",
    lat=35.2,
    lon=127.46,
    population=23_190.0,
    population_year=2020,
    parent_name="Jeollanam-do",
    name_local="구례군",
    name_ko="구례군",
    unit_type="gun",
)
UNZEN = replace(
    GURYE,
    region_id="gb:2",
    name="Unzen",
    country="JP",
    name_local="雲仙市",
    parent_name=None,
    population=None,
)
FORMULA = replace(UNZEN, region_id="gb:3", name="=1+1", name_local=None)
SPRINGFIELDS = tuple(
    replace(
        PURWAKARTA,
        region_id=f"gb:9{i}",
        name="Springfield",
        country="US",
        parent_name=parent,
        population=people,
    )
    for i, (parent, people) in enumerate([("Missouri", 170_000.0), ("Illinois", None)])
)
REGIONS = (PURWAKARTA, GURYE, UNZEN, FORMULA, *SPRINGFIELDS)

RELIEF = Feature(
    name="relief",
    label="Relief",
    group="geography",
    kind="number",
    unit="m",
    weight=1.0,
    source=("topo",),
    evidence="grid",
)


class FakeAtlas:
    """Values of one feature, and no outline."""

    licences: ClassVar[dict[str, Any]] = {}

    def evidence(self, feature: Feature, rows: Any) -> list[str]:
        return [feature.evidence for _ in rows]

    def row(self, region_id: str) -> int:
        return [region.region_id for region in REGIONS].index(region_id)

    def values(self, names: list[str], rows: Any) -> dict[str, list[Any]]:
        return {name: [float(100 * row) or None for row in rows] for name in names}

    def outline(self, region_id: str) -> None:
        return None

    def hold(self) -> None:
        """Nothing is read."""


class FakeCatalogue:
    def __init__(self) -> None:
        self.features = {"relief": RELIEF}


class FakeMatcher:
    """Remembers what it was asked in `calls`."""

    atlas = FakeAtlas()
    catalogue = FakeCatalogue()

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def find(self, text: str, country: str | None = None, limit: int = 10) -> list[Region]:
        hits = [r for r in REGIONS if text in {r.name, r.name_local, r.region_id}]
        return [r for r in hits if country in {None, r.country}][:limit]

    def evidence(self, region: Region, folders: Any = ()) -> tuple[Any, ...]:
        return ()

    def region(self, text: str) -> Region:
        hits = self.find(text)
        if not hits:
            raise RegionNotFoundError(
                f"no region is called {text!r}; did you mean Gurye?", [GURYE] if text == "Guri" else []
            )
        if len(hits) > 1:
            raise AmbiguousRegionError(f"{len(hits)} regions are called {text!r}", hits)
        return hits[0]

    def rank(self, region: Region, **wishes: Any) -> Ranking:
        self.calls.append(("rank", {"region": region, **wishes}))
        query = Query(
            region,
            Filters(),
            Weights(wishes["profile"], wishes.get("weights", {}), {}),
            wishes["n"],
        )
        facts: dict[str, Any] = {"percentile": 99.5, "coverage": 0.97, "distance_km": 5312.4}
        matches = (
            Match(
                1,
                GURYE,
                78.26,
                {"geography": 80.0, "culture": 61.5},
                population_ratio=23190 / 1063932,
                **facts,
            ),
            Match(
                2, UNZEN, 71.04, {"geography": 70.0, "culture": float("nan")}, population_ratio=None, **facts
            ),
            Match(3, FORMULA, 60.0, {"geography": 60.0, "culture": 60.0}, population_ratio=None, **facts),
        )
        return Ranking(
            query, matches[: wishes["n"]], 229, {"size": 12345, "own_country": 1}, ("Mind the gap.",), "1.0.0"
        )

    def with_mutual(self, ranking: Ranking) -> Ranking:
        self.calls.append(("mutual", {}))
        stands = (Mutual(12, None), Mutual(3, 0.4), Mutual(None, None))
        matches = (replace(m, mutual=s) for m, s in zip(ranking, stands, strict=False))
        return replace(ranking, matches=tuple(matches))

    def with_plausibility(self, ranking: Ranking) -> Ranking:
        self.calls.append(("plausible", {}))
        matches = (replace(m, plausibility=p) for m, p in zip(ranking, (2.5, -1.0, None), strict=False))
        return replace(ranking, matches=tuple(matches))

    def plausibility(self, a: Region, b: Region, partnerships: Any = None) -> Opinion:
        self.calls.append(("plausibility", {"a": a, "b": b, "partnerships": partnerships}))
        return Opinion(a, b, (Term("distance", 1.25), Term("kind (A)", -0.5), Term("like relief", 0.125)))

    def precedents(self, a: Region, b: Region, partnerships: Any, n: int = 5) -> Precedents:
        found = (Precedent(PURWAKARTA, UNZEN, 71.5, 64.0),)
        return Precedents(a, b, is_known=False, ties_a=1, ties_b=2, between=3, most_alike=found[:n])

    def explain(self, a: Region, b: Region, **wishes: Any) -> Explanation:
        self.calls.append(("explain", {"a": a, "b": b, **wishes}))
        points = (
            _part("relief", "m", 120.0, 340.5, likeness=0.9, known=True, weight=0.6),
            _part(
                "crop_mix",
                "share",
                {"rice": 0.84, "maize": 0.16},
                None,
                likeness=0.5,
                known=False,
                weight=0.4,
            ),
        )
        return Explanation(
            a=a,
            b=b,
            score=sum(part.points for part in points),
            points=points,
            coverage=0.6,
            percentile=97.1,
            distance_km=5312.4,
            population_ratio=23190 / 1063932,
            profile=wishes["profile"],
            notes=("Figures differ in year.",),
        )

    def report(self, a: Region, b: Region, path: Any, **wishes: Any) -> Any:
        self.calls.append(("report", {"a": a, "b": b, **wishes}))
        path.write_text("<html></html>", encoding="utf-8")
        return path


def _part(
    name: str, unit: str, a: Any, b: Any, *, likeness: float, known: bool, weight: float
) -> Contribution:
    return Contribution(
        feature=name,
        label=name.replace("_", " ").capitalize(),
        group="geography",
        kind="number",
        value_a=a,
        value_b=b,
        unit=unit,
        likeness=likeness,
        weight=weight,
        points=100 * weight * likeness,
        known=known,
        average=0.5,
        source=("topo",),
        evidence="grid",
    )

"""Phrases: what each feature is called inside a sentence. Words only; `sentences` puts the numbers in.

The English words stand here; those of the other languages in their catalogues, as ``phrase.<feature>`` and
``phrase.<feature>.both`` and so on. A feature without an entry gets its label and the plain pattern, so that a new
feature can be explained at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matcher.language import Language


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words for one feature.

    Attributes
    ----------
    subject
        What stands before "is similar"; `plural` makes it "are".
    both
        Sentence for two close numbers; ``{range}`` is the span of both.
    neither
        Sentence for two zeros.
    zero
        What is written in place of a number that is 0.
    whole
        What the shares of a mixture are shares of.
    """

    subject: str
    plural: bool = False
    both: str = ""
    neither: str = ""
    zero: str = ""
    whole: str = ""

    @property
    def verb(self) -> str:
        """Return "is" or "are"."""
        return "are" if self.plural else "is"

    @property
    def bare(self) -> str:
        """Return the subject as an entry of a list."""
        return self.subject.removeprefix("the ")


PHRASES: dict[str, Phrase] = {
    # geography
    "abs_latitude": Phrase("the distance from the equator", both="Both lie {range} from the equator"),
    "elevation": Phrase("the mean height of the land", both="Both lie {range} above the sea on average"),
    "relief": Phrase(
        "the relief (spread of heights)", both="The heights of both spread by {range} around their mean"
    ),
    "coast_km": Phrase(
        "the distance to the sea",
        both="Both lie {range} from the sea",
        neither="Both touch the sea",
        zero="on the coast",
    ),
    "koppen": Phrase("the climate classes", plural=True, whole="of the area"),
    "temperature_months": Phrase("the course of the year's temperature"),
    "rain_months": Phrase("the course of the year's rain"),
    "t_mean": Phrase("the mean temperature", both="Both have a mean temperature of {range}"),
    "t_cold": Phrase("the coldest month", both="The coldest month has {range} in both"),
    "t_warm": Phrase("the warmest month", both="The warmest month has {range} in both"),
    "t_range": Phrase(
        "the gap between the warmest and the coldest month",
        both="The warmest and the coldest month are {range} apart in both",
    ),
    "rain_year": Phrase("the yearly rain", both="Both get {range} of rain a year"),
    "rain_cv": Phrase("the unevenness of rain over the year"),
    "dry_months": Phrase(
        "the length of the dry season",
        both="Both have {range} of drought a year",
        neither="Neither has a dry month",
    ),
    "growing_degree_days": Phrase("the warmth for growth"),
    "frost_months": Phrase(
        "the number of months below freezing",
        both="Both have {range} below freezing",
        neither="Neither has a month below freezing",
        zero="none",
    ),
    "sunshine": Phrase("the sunshine", both="Both get {range} of sunshine"),
    "humidity": Phrase("the moisture of the air", both="The air of both holds {range} of water"),
    # landscape
    "cover": Phrase("the land cover", whole="of the area"),
    "forest_share": Phrase(
        "the share of closed forest",
        both="Closed forest covers {range} of both",
        neither="Neither has closed forest that a 5.5 km cell shows",
        zero="none",
    ),
    "greenness": Phrase("the greenness at its peak"),
    "green_season": Phrase("the change of greenness over the year"),
    "water_share": Phrase(
        "the share of open water",
        both="Open water takes {range} of both",
        neither="Neither has open water that a 5.5 km cell shows",
        zero="none",
    ),
    "lake_share": Phrase(
        "the share of lakes and reservoirs",
        both="Lakes and reservoirs take {range} of both",
        neither="Neither has a lake or reservoir on a world map",
        zero="none",
    ),
    "largest_lake_km2": Phrase(
        "the largest lake or reservoir", neither="Neither has a lake or reservoir on a world map", zero="none"
    ),
    "water_surplus": Phrase(
        "the water surplus (rain above evaporation)", both="Both have {range} more rain than evaporation"
    ),
    "river_density": Phrase("the density of rivers on world maps"),
    "volcano_km": Phrase(
        "the distance to the nearest volcano",
        both="Both lie {range} from the nearest volcano",
        neither="Both have a volcano inside",
        zero="inside the region",
    ),
    "volcanoes_100km": Phrase(
        "the number of volcanoes within 100 km", neither="Neither has a volcano within 100 km"
    ),
    "protected_band": Phrase("the share of protected land"),
    "landscape_tags": Phrase("the landscape in words"),
    # agriculture
    "crops": Phrase("the crop basket"),
    "suited_crops": Phrase("the crops that the place would suit", plural=True),
    "crop_mix": Phrase("the crops grown", plural=True, whole="of the measured harvest area"),
    "rice_irrigated": Phrase(
        "the irrigated share of the rice", both="{range} of the rice is irrigated in both"
    ),
    "rainfed": Phrase("the rain-fed share of the harvests"),
    "cropping_intensity": Phrase("the harvests of field crops per hectare of cropland"),
    "cropland": Phrase("the share of cropland", both="Crops take {range} of both", zero="none"),
    "crop_mosaic": Phrase(
        "the share of cropland and smallholder mosaic",
        both="Cropland and smallholder mosaic take {range} of both",
    ),
    "pasture": Phrase(
        "the share of pasture",
        both="Pasture takes {range} of both",
        neither="Neither has pasture",
        zero="none",
    ),
    "irrigated": Phrase(
        "the irrigated share of the cropland", both="{range} of the cropland is irrigated in both"
    ),
    "season_months": Phrase("the growing season", both="Plants have water and warmth for {range} in both"),
    "season_start": Phrase("the start of the growing season"),
    "agro_zone": Phrase("the agro-climatic zone"),
    "soil_ph": Phrase("the acidity of the soil", both="The topsoil of both has {range}"),
    "poultry": Phrase("the density of poultry"),
    "livestock": Phrase("the density of cattle and other mammals"),
    "farm_gdp": Phrase("the weight of farming in the country's output"),
    "farm_labour": Phrase("the weight of farming in the country's work"),
    # culture
    "languages": Phrase("the home languages", plural=True, whole="of the people, as estimated"),
    "language_variety": Phrase("the variety of languages"),
    "religion": Phrase("the religious traditions of the two countries", plural=True, whole="of the people"),
    "heritage_cultural_km": Phrase(
        "the distance to cultural World Heritage",
        both="The nearest cultural World Heritage lies {range} from both",
        neither="Both hold cultural World Heritage",
        zero="inside the region",
    ),
    "heritage_natural_km": Phrase(
        "the distance to natural World Heritage",
        both="The nearest natural World Heritage lies {range} from both",
        neither="Both hold natural World Heritage",
        zero="inside the region",
    ),
    # scale
    "area_km2": Phrase("the area", both="Both cover {range}"),
    "population": Phrase("the population", both="Both have {range}"),
    "density": Phrase("the population density", both="Both have {range}"),
    "settlement": Phrase("the pattern of settlement", whole="of the area"),
}


def phrase(feature: str, label: str, tongue: Language | None = None) -> Phrase:
    """Return the words for a feature in a language (English by default), from its label where none are written.

    Examples
    --------
    >>> phrase("koppen", "").verb, phrase("tea_houses", "Tea houses").subject
    ('are', 'tea houses')
    """
    if tongue is None or tongue.code == "en":
        return PHRASES.get(feature) or Phrase(_small(label))
    key = f"phrase.{feature}"
    return Phrase(
        tongue.get(key) or _small(tongue.label(feature, label)),
        both=tongue.get(f"{key}.both"),
        neither=tongue.get(f"{key}.neither"),
        zero=tongue.get(f"{key}.zero"),
        whole=tongue.get(f"{key}.whole"),
    )


def _small(label: str) -> str:
    """Begin a label with a small letter, unless it is an abbreviation."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]

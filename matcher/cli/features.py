"""``matcher features`` and ``matcher profiles``: what is compared, and how much each part counts."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from matcher.cli import options
from matcher.cli.output import decimal, percent, table, write, write_json, write_records
from matcher.cli.own import asked, own_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matcher.catalogue import Catalogue, Feature
    from matcher.licences import SourceLicence
    from matcher.weights import Profile

EPILOG = options.examples(
    "matcher features",
    "matcher features relief",
    "matcher features --group culture --profile heritage",
    "matcher features --weight culture=2 --weight religion=0 --format csv",
)
FIELDS = (
    "feature",
    "label",
    "group",
    "kind",
    "unit",
    "share",
    "evidence",
    "resolution",
    "vintage",
    "source",
    "licence",
    "licence_class",
)


@click.command(epilog=EPILOG)
@click.argument("name", metavar="[FEATURE]", required=False)
@click.option("--group", help="Only features of this group.")
@options.weighing
@own_columns
@options.formats("table", "csv", "json")
def features(name: str | None, group: str | None, profile: str, weights: dict[str, float], form: str) -> None:
    """List the features that are compared: unit, evidence, source, and share of the score under a profile.

    Evidence tells how close a figure is to the region: measured for it (region), averaged from a grid over it
    (grid), taken from its province or country, modelled, or a planner's own. The licence is the strictest among the
    sources': open, derived (figures only), sharealike or own; one FEATURE, JSON and CSV give its full text.
    """
    from matcher.licences import read_licences
    from matcher.paths import data_dir

    catalogue, profiles = _catalogue_and_profiles()
    shares = weight_shares(catalogue, profiles, profile, weights)
    if name:
        chosen = [catalogue[name]]
    else:
        chosen = list(catalogue.in_group(group)) if group else list(catalogue.features.values())
    sources = read_licences(data_dir() / "sources.toml")
    records = [as_record(feature, shares, sources) for feature in chosen]
    if form == "json":
        write_json(records)
    elif form == "csv":
        write_records([row | {"source": " ".join(row["source"])} for row in records], FIELDS)
    elif name:
        write("\n".join(f"{key:<16}{_text(value)}" for key, value in records[0].items()))
    else:
        headers = ["feature", "label", "group", "kind", "unit", "share", "evidence", "resolution", "vintage"]
        headers += ["source", "licence_class"]
        rows = [[percent(row[h], 1) if h == "share" else _text(row[h]) for h in headers] for row in records]
        titles = ["licence" if header == "licence_class" else header for header in headers]
        widest = {7: 24, 8: 14, 9: 28}
        write(f"Profile {profile}: shares of the score\n\n{table(titles, rows, right={5}, widest=widest)}")


def as_record(
    feature: Feature, shares: Mapping[str, float], sources: Mapping[str, SourceLicence]
) -> dict[str, Any]:
    """Return a feature with its share of the score and the terms of its sources."""
    from matcher.licences import licence_class, licence_text, vintage_text

    entry = asdict(feature)
    entry.pop("weight")
    terms = {
        "vintage": vintage_text(feature, sources),
        "licence": licence_text(feature, sources),
        "licence_class": licence_class(feature, sources),
    }
    return {"feature": entry.pop("name"), **entry, **terms, "share": shares[feature.name]}


def weight_shares(
    catalogue: Catalogue, profiles: Mapping[str, Profile], profile: str, weights: dict[str, float]
) -> dict[str, float]:
    """Return each feature's share of the score."""
    from matcher.catalogue import unknown
    from matcher.weights import resolve

    if profile not in profiles:
        raise unknown("profile", profile, profiles)
    return dict(resolve(catalogue, profiles[profile], weights or None).shares)


def _text(value: object) -> str:
    """Return a field as text."""
    if isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4f}" if isinstance(value, float) else str(value)


@click.command(
    epilog=options.examples(
        "matcher profiles", "matcher profiles --format json", "matcher rank Gurye -p tourism"
    )
)
@options.formats("table", "csv", "json")
def profiles(form: str) -> None:
    """List the sets of weights: what each stands for and how much each group counts in it."""
    from matcher.catalogue import Catalogue
    from matcher.weights import read_profiles

    groups = list(Catalogue.open().groups)
    known = read_profiles()
    if form == "json":
        write_json({name: asdict(profile) for name, profile in known.items()})
        return
    records: list[dict[str, Any]] = [
        {
            "profile": name,
            **{group: profile.groups.get(group, 0.0) for group in groups},
            "about": profile.describe,
        }
        for name, profile in known.items()
    ]
    headers = ["profile", *groups, "about"]
    if form == "csv":
        write_records(records, headers)
        return
    rows = [[decimal(row[h], 2) if h in groups else row[h] for h in headers] for row in records]
    write(table(headers, rows, right=set(range(1, 1 + len(groups)))))


def _catalogue_and_profiles() -> tuple[Catalogue, dict[str, Profile]]:
    """Return features and weights, with own ones where the running command was given some; reads no table alone."""
    from matcher.catalogue import Catalogue
    from matcher.own.catalogue import OwnCatalogue
    from matcher.weights import read_profiles, with_own

    catalogues, tables, _ = asked()
    if tables:
        matcher = options.load_matcher()
        return matcher.catalogue, matcher.profiles
    catalogue, profiles = Catalogue.open(), read_profiles()
    for path in catalogues:
        own = OwnCatalogue.open(path, catalogue)
        catalogue, profiles = catalogue.extended(own.features, own.groups), with_own(profiles, own)
    return catalogue, profiles

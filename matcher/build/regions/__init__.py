"""Regions of the world: outlines, names, ids, parents, seats and people."""

from matcher.build.regions.world import SOURCES, build_regions

__all__ = ["SOURCES", "build_regions"]

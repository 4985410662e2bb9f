"""Annex: what stands at the end of either kind of report: sources, method and limits, versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcher.report.document import Bullets, Cell, Column, Paragraph, Row, Section, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matcher.language import Language
    from matcher.report.document import Block
    from matcher.report.sources import SourceRow

METHODS, LIMITS = 5, 6
"""How many sentences say the method and the limits: r.method.1 and so on."""


def sources_section(sources: Sequence[SourceRow], labels: dict[str, str], say: Language) -> Section:
    """Return the sources as they must be credited; citations stay in the language they are written in.

    What is a description (title, licence) is a message of the language, src.<key> and lic.<key>; the registry's own
    words stand where it has none.
    """
    rows = []
    for source in sources:
        used = [
            say("r.map") if not name else labels.get(name) or say.label(name, name)
            for name in source.used_for
        ]
        # A credit that the citation holds already would be said twice.
        credit = source.credit if source.credit not in source.citation else ""
        citation = ". ".join(part for part in (source.citation, credit) if part)
        rows.append(
            Row(
                (
                    Cell(source.key),
                    _described(f"src.{source.key}", source.title, say),
                    Cell(citation, lang="en"),
                    _described(f"lic.{source.key}", source.licence, say),
                    Cell(say.vintage(source.vintage) or say("r.not_stated")),
                    Cell(say("list.comma").join(used)),
                )
            )
        )
    columns = (
        Column(say("r.col.key"), width=0.13),
        Column(say("r.col.source"), width=0.13),
        Column(say("r.col.citation"), width=0.25),
        Column(say("r.col.licence"), width=0.17),
        Column(say("r.col.vintage"), width=0.08),
        Column(say("r.col.used_for"), width=0.24),
    )
    table = Table("sources-table", say("r.sources.caption"), columns, tuple(rows), wide=True)
    return Section("sources", say("r.sources"), (table,))


def _described(key: str, english: str, say: Language) -> Cell:
    """Return what the registry says in English, in the words of the language where it has some."""
    if not english:
        return Cell(say("r.not_stated"))
    own = say.get(key)
    return Cell(own or english, lang="" if own else "en")


def method_section(say: Language) -> Section:
    """Return how the likeness is made, and what it cannot tell."""
    blocks: tuple[Block, ...] = (
        Paragraph(say("r.method.note"), "note"),
        Bullets(tuple(say(f"r.method.{i}") for i in range(1, METHODS + 1)), "numbered"),
        Bullets(tuple(say(f"r.limit.{i}") for i in range(1, LIMITS + 1)), "mind", say("r.limits")),
    )
    return Section("method", say("r.method"), blocks)


def colophon(versions: Sequence[tuple[str, str]], say: Language) -> tuple[tuple[str, str], ...]:
    """Return what made the report, as labelled lines."""
    told = []
    for key, version in versions:
        text = say.word("profile", version) if key == "weights" else version
        told.append((say(f"r.version.{key}"), text or say("r.not_stated")))
    return tuple(told)

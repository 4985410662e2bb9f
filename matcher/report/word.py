"""Word: a document as .docx with real styles, headings, tables and captions, to be edited further."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from matcher.report.document import Bullets, Figure, Heading, Paragraph, Side, Table, Tiles, walk
from matcher.report.lettering import text_width
from matcher.report.pdf import to_png

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matcher.report.document import Block, Cell, Document, Row, Section

TEXT_CM = 17.4
"""Width of the text on A4."""
FIXED = datetime(2000, 1, 1, tzinfo=UTC)
"""The date of the file itself, so that the same report gives the same bytes."""
LONG_WORD = 14
"""Letters of a word above which it may be broken in a narrow column."""
FONT = "Arial"
"""Every office suite has it, or one of the same widths, so that tables break alike."""
LANGUAGES = {"en": "en-GB", "id": "id-ID", "ko": "ko-KR"}
_SOFT = RGBColor(0x4C, 0x5A, 0x5F)


def to_docx(document: Document) -> bytes:
    """Return the .docx of a document; the same document gives the same bytes."""
    file = docx.Document()
    _set_up(file, document)
    figures = [b for s in document.sections for b in walk(s.blocks) if isinstance(b, Figure)]
    pictures = {figure.id: png for figure, png in zip(figures, to_png(figures), strict=True)}
    file.add_paragraph(_clean(document.kicker), style="Subtitle")
    file.add_paragraph(_clean(document.title), style="Title")
    for line in document.subtitle:
        file.add_paragraph(_clean(line))
    for section in document.sections:
        _section(file, section, pictures)
    told = "  ·  ".join(f"{what}: {version}" for what, version in document.colophon)
    _small(file.add_paragraph(_clean(told)))
    return _with_fixed_dates(file)


def _set_up(file: Any, document: Document) -> None:
    page = file.sections[0]
    page.orientation = WD_ORIENT.PORTRAIT
    page.page_width, page.page_height = Cm(21.0), Cm(29.7)
    page.left_margin = page.right_margin = Cm(1.8)
    page.top_margin = page.bottom_margin = Cm(1.8)
    for name, size in (
        ("Normal", 10),
        ("Title", 22),
        ("Subtitle", 10),
        ("Heading 1", 15),
        ("Heading 2", 11.5),
        ("Caption", 8.5),
    ):
        style = file.styles[name]
        style.font.size = Pt(size)
        style.font.name = FONT
        style.font.color.rgb = RGBColor(0x1B, 0x26, 0x29) if name not in {"Caption", "Subtitle"} else _SOFT
        style.font.italic = False
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for slot in ("w:eastAsia", "w:hAnsi", "w:ascii", "w:cs"):
            fonts.set(qn(slot), "Malgun Gothic" if slot == "w:eastAsia" else FONT)
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            if fonts.get(qn(theme)) is not None:
                del fonts.attrib[qn(theme)]
    language = OxmlElement("w:lang")
    tag = LANGUAGES.get(document.locale, document.locale)
    language.set(qn("w:val"), tag)
    language.set(qn("w:eastAsia"), "ko-KR")
    file.styles["Normal"].element.get_or_add_rPr().append(language)
    core = file.core_properties
    core.title, core.author, core.language = _clean(document.title)[:250], "matcher", tag
    core.created = core.modified = FIXED.replace(tzinfo=None)
    core.last_modified_by, core.revision, core.comments = "matcher", 1, ""


def _section(file: Any, section: Section, pictures: dict[str, bytes]) -> None:
    file.add_heading(_clean(section.title), level=1)
    for i, block in enumerate(section.blocks):
        _block(file, block, pictures)
        if i == 0 and isinstance(block, Paragraph) and len(section.blocks) > 1:
            file.paragraphs[
                -1
            ].paragraph_format.keep_with_next = True  # no heading stands alone at a page's foot


def _block(file: Any, block: Block, pictures: dict[str, bytes]) -> None:
    if isinstance(block, Side):
        _side(file, block, pictures)
    elif isinstance(block, Paragraph):
        _paragraph(file, block)
    elif isinstance(block, Heading):
        file.add_heading(_clean(block.text), level=2)
    elif isinstance(block, Bullets):
        _bullets(file, block)
    elif isinstance(block, Tiles):
        _tiles(file, block)
    elif isinstance(block, Table):
        _table(file, block)
    else:
        _figures(file, [block], pictures)


def _side(file: Any, block: Side, pictures: dict[str, bytes]) -> None:
    """Set pictures side by side; all else one after the other."""
    blocks = list(walk((block,)))
    figures = [inner for inner in blocks if isinstance(inner, Figure)]
    if len(figures) == len(blocks) > 1:
        _figures(file, figures, pictures)
        return
    for inner in blocks:
        _block(file, inner, pictures)


def _paragraph(file: Any, block: Paragraph) -> None:
    paragraph = file.add_paragraph(_clean(block.text))
    if block.style == "note":
        _small(paragraph)
    elif block.style == "lead":
        paragraph.runs[0].bold = True
        paragraph.runs[0].font.size = Pt(12)


def _bullets(file: Any, block: Bullets) -> None:
    if block.title:
        file.add_heading(_clean(block.title), level=2)
    sign = {"for": "+", "against": "−"}.get(block.style)
    style = "Normal" if sign else "List Number" if block.style == "numbered" else "List Bullet"
    for item in block.items:
        paragraph = file.add_paragraph(_clean(f"{sign}\t{item}" if sign else item), style=style)
        if sign:  # the sign is the bullet
            paragraph.paragraph_format.left_indent = Cm(0.63)
            paragraph.paragraph_format.first_line_indent = Cm(-0.63)
            paragraph.paragraph_format.space_after = Pt(3)


def _tiles(file: Any, block: Tiles) -> None:
    table = file.add_table(rows=0, cols=3, style="Table Grid")
    for tile in block.tiles:
        cells = table.add_row().cells
        for cell, text in zip(cells, (tile.label, tile.figure, tile.note), strict=True):
            cell.text = _clean(text)
        cells[1].paragraphs[0].runs[0].bold = True
    _widths(table, (0.26, 0.2, 0.54))
    file.add_paragraph()


def _table(file: Any, block: Table) -> None:
    caption = file.add_paragraph(_clean(block.caption), style="Caption")
    caption.paragraph_format.keep_with_next = True
    table = file.add_table(rows=1, cols=len(block.columns), style="Table Grid")
    size = Pt(7.5 if block.wide else 9)
    _margins(table)
    _header(table.rows[0])
    for cell, column in zip(table.rows[0].cells, block.columns, strict=True):
        _fill(cell, column.label, Pt(6.5) if block.wide else size, bold=True, right=column.numeric)
    for row in block.rows:
        added = table.add_row()
        _unbroken(added)
        for i, (cell, content) in enumerate(zip(added.cells, row.cells, strict=True)):
            _fill_cell(cell, content, row, size, first=i == 0, right=block.columns[i].numeric)
    _widths(table, _shares(block))
    file.add_paragraph().paragraph_format.space_after = Pt(2)


def _shares(block: Table) -> list[float]:
    """Return the width of each column; those that have none share what is left by their longest text."""
    needs = []
    for i, column in enumerate(block.columns):
        # A head breaks between its words, a figure does not.
        words = [*column.label.split(), *(row.cells[i].text for row in block.rows)]
        needs.append(0.0 if column.width else max(text_width(word, 1.0) for word in words) + 1.0)
    rest = 1 - sum(column.width for column in block.columns)
    wished = [
        column.width or rest * need / sum(needs) for column, need in zip(block.columns, needs, strict=True)
    ]
    # No word is broken, but for long ones: what its column lacks for that, the wider ones give.
    letter = (0.26 if block.wide else 0.34) / TEXT_CM
    least = [_longest(i, block) * letter + 0.2 / TEXT_CM for i in range(len(block.columns))]
    spare = [max(wish - few, 0.0) for wish, few in zip(wished, least, strict=True)]
    if sum(least) > 1 or not any(spare):
        return [few / sum(least) for few in least]
    scale = (1 - sum(least)) / sum(spare)
    return [few + scale * more for few, more in zip(least, spare, strict=True)]


def _longest(column: int, block: Table) -> float:
    """Return the width of the longest word of a column, in letter sizes; a figure and its unit are one word."""
    texts = [row.cells[column].text for row in block.rows]
    figures = block.columns[column].numeric
    words = [w for text in texts for w in ([text] if figures else text.split()) if len(w) <= LONG_WORD]
    return max(
        (text_width(word, 1.0) for word in (*words, *block.columns[column].label.split())), default=0.0
    )


def _fill_cell(cell: Any, content: Cell, row: Row, size: Any, *, first: bool, right: bool) -> None:
    # A number stays with its unit.
    words = content.text.replace(" ", "\u00a0") if right else content.text
    _fill(cell, words, size, bold=first or row.style != "plain", right=right)
    if row.style != "plain":
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), "F3F5F2")
        cell._element.get_or_add_tcPr().append(shade)  # noqa: SLF001 - the library has no door to shading


def _fill(cell: Any, text: str, size: Any, *, bold: bool, right: bool) -> None:
    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(_clean(text))
    run.bold, run.font.size = bold, size
    paragraph.paragraph_format.space_after = Pt(1)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _margins(table: Any) -> None:
    """Leave less room beside the text of cells, so that long words fit narrow columns."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "40")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)  # noqa: SLF001 - as above


def _header(row: Any) -> None:
    """Repeat the first row on every page, and tell readers that it heads the table."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)  # noqa: SLF001 - as above
    _unbroken(row)


def _unbroken(row: Any) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001 - as above


def _widths(table: Any, shares: Sequence[float]) -> None:
    table.autofit = False
    for column, share in zip(table.columns, shares, strict=True):
        column.width = Cm(TEXT_CM * share)
    for row in table.rows:
        for cell, share in zip(row.cells, shares, strict=True):
            cell.width = Cm(TEXT_CM * share)


def _figures(file: Any, figures: Sequence[Figure], pictures: dict[str, bytes]) -> None:
    """Set pictures on one line, with one caption below."""
    paragraph = file.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    room = TEXT_CM / len(figures) - 0.75
    for figure in figures:
        run = paragraph.add_run()
        run.add_picture(io.BytesIO(pictures[figure.id]), width=Cm(min(room, figure.width * 0.0265)))
        drawing = run._r.xpath(".//wp:docPr")[-1]  # noqa: SLF001 - as above
        drawing.set("descr", _clean(figure.alt))
        drawing.set("title", _clean(figure.caption))
    file.add_paragraph(_clean("  |  ".join(figure.caption for figure in figures)), style="Caption")


def _small(paragraph: Any) -> None:
    for run in paragraph.runs:
        run.font.size, run.font.color.rgb = Pt(8.5), _SOFT


def _clean(text: str) -> str:
    """Leave out the signs that XML forbids."""
    return "".join(sign for sign in text if sign in "\t\n" or unicodedata.category(sign) not in {"Cc", "Cs"})


def _with_fixed_dates(file: Any) -> bytes:
    """Write the package with one date in all its entries."""
    written, fixed = io.BytesIO(), io.BytesIO()
    file.save(written)
    with zipfile.ZipFile(written) as old, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, FIXED.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return fixed.getvalue()

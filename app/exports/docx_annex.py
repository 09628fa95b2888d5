"""A document for a word processor: real headings, head rows that return, alternative texts."""

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

from app.core.tender.document import Block, Bullets, Document, Figure, Heading, Paragraph, Table
from app.exports.gdal import packed

A4_MM, MARGIN_MM, TEXT_MM = (210, 297), 22, 166
FACE, SIZE_PT, SMALL_PT = "Calibri", 10.5, 8.0
INK, HEAD_FILL, RULE = "0B5C6B", "E8EEF2", "C4CCD2"
TWIPS_PER_MM = 56.7
PADDING, WIDE = 5, 24  # characters of a column


def write(document: Document) -> bytes:
    """Write DOCX; equal documents give equal bytes."""
    import docx  # noqa: PLC0415  # loads the XML library

    file: Any = docx.Document()
    _page(file, document)
    file.add_paragraph(document.title, style="Title")
    file.add_paragraph(document.subtitle, style="Subtitle")
    for opening in document.front:
        _add(file, opening)
    file.add_page_break()
    for block in document.flow():
        _add(file, block)
    buffer = io.BytesIO()
    file.save(buffer)
    return _rezipped(buffer.getvalue())


def _page(file: Any, document: Document) -> None:  # noqa: ANN401
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import Mm  # noqa: PLC0415

    when = datetime.fromisoformat(f"{document.day}T00:00:00").replace(tzinfo=UTC)
    about = file.core_properties
    about.title, about.subject, about.language = (
        document.title,
        document.subtitle,
        document.language,
    )
    about.author = about.last_modified_by = document.program
    about.created = about.modified = when
    about.comments, about.revision = "", 1
    sheet = file.sections[0]
    sheet.page_width, sheet.page_height = (Mm(side) for side in A4_MM)
    sheet.left_margin = sheet.right_margin = sheet.top_margin = sheet.bottom_margin = Mm(MARGIN_MM)
    _faces(file.styles)
    for tongue in file.styles.element.iter(qn("w:lang")):
        tongue.set(qn("w:val"), document.language)
    _footer(sheet.footer.paragraphs[0], document)


def _faces(styles: Any) -> None:  # noqa: ANN401
    """Set one face and one colour of headings, instead of the template's."""
    from docx.shared import Pt, RGBColor  # noqa: PLC0415

    styles["Normal"].font.size = Pt(SIZE_PT)
    for name in ("Normal", "Title", "Subtitle", *(f"Heading {level}" for level in range(1, 5))):
        style = styles[name]
        style.font.name = FACE
        fonts = style.element.rPr.rFonts
        for each in [key for key in fonts.attrib if key.endswith("Theme")]:
            del fonts.attrib[each]
        if name != "Normal":
            style.font.color.rgb = RGBColor.from_string(INK)


def _footer(line: Any, document: Document) -> None:  # noqa: ANN401
    from docx.enum.text import WD_TAB_ALIGNMENT  # noqa: PLC0415
    from docx.oxml.parser import parse_xml  # noqa: PLC0415
    from docx.shared import Mm  # noqa: PLC0415

    line.text = f"{document.title}\t"
    for stop in list(line.style.paragraph_format.tab_stops):
        stop._tab.getparent().remove(stop._tab)  # noqa: SLF001
    line.paragraph_format.tab_stops.add_tab_stop(Mm(TEXT_MM), WD_TAB_ALIGNMENT.RIGHT)
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    number = f'<w:fldSimple {space} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    line._p.append(parse_xml(number))  # noqa: SLF001


def _add(file: Any, block: Heading | Block) -> None:  # noqa: ANN401
    match block:
        case Heading():
            file.add_heading(block.text, block.level)
        case Paragraph():
            file.add_paragraph().add_run(block.text).bold = block.strong or None
        case Bullets():
            for item in block.items:
                file.add_paragraph(item, style="List Bullet").paragraph_format.space_after = 0
        case Table():
            _table(file, block)
        case Figure():
            _figure(file, block)


def _figure(file: Any, figure: Figure) -> None:  # noqa: ANN401
    from docx.shared import Mm  # noqa: PLC0415

    drawn = file.add_picture(io.BytesIO(figure.pictures["png"]), width=Mm(TEXT_MM))
    drawn._inline.docPr.set("descr", figure.alt)  # noqa: SLF001
    file.add_paragraph(figure.caption, style="Caption")


def _table(file: Any, table: Table) -> None:  # noqa: ANN401
    """Add a table as one piece of XML: by cells, some hundred rows would take a minute."""
    from docx.oxml.ns import nsdecls  # noqa: PLC0415
    from docx.oxml.parser import parse_xml  # noqa: PLC0415

    shares = [min(most, WIDE) + PADDING for most in table.longest]
    widths = [round(TEXT_MM * TWIPS_PER_MM * share / sum(shares)) for share in shares]
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    edge = f'w:val="single" w:sz="4" w:space="0" w:color="{RULE}"'
    head = _row(table, table.head, widths, head=True)
    rows = "".join(_row(table, row, widths) for row in table.rows)
    title = _escaped(table.title)
    made = parse_xml(
        f"<w:tbl {nsdecls('w')}><w:tblPr><w:tblW w:w='5000' w:type='pct'/>"
        f"<w:tblBorders><w:bottom {edge}/><w:insideH {edge}/></w:tblBorders>"
        "<w:tblCellMar><w:left w:w='50' w:type='dxa'/><w:right w:w='50' w:type='dxa'/>"
        "</w:tblCellMar>"
        "<w:tblLook w:val='0020' w:firstRow='1' w:lastRow='0' w:firstColumn='0' w:lastColumn='0' "
        f"w:noHBand='1' w:noVBand='1'/><w:tblCaption w:val='{title}'/></w:tblPr>"
        f"<w:tblGrid>{columns}</w:tblGrid>{head}{rows}</w:tbl>"
    )
    file.element.body.insert_element_before(made, "w:sectPr")
    file.add_paragraph().paragraph_format.space_after = 0


def _row(table: Table, cells: tuple[str, ...], widths: list[int], *, head: bool = False) -> str:
    mark = "<w:tblHeader/>" if head else ""
    made = "".join(
        _cell(text, width, right=place in table.right, head=head)
        for place, (text, width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{mark}</w:trPr>{made}</w:tr>"


def _cell(text: str, width: int, *, right: bool, head: bool) -> str:
    fill = f'<w:shd w:val="clear" w:color="auto" w:fill="{HEAD_FILL}"/>' if head else ""
    side = "<w:jc w:val='right'/>" if right else ""
    size = f'<w:sz w:val="{SMALL_PT * 2:.0f}"/>'
    return (
        f"<w:tc><w:tcPr><w:tcW w:w='{width}' w:type='dxa'/>{fill}</w:tcPr>"
        "<w:p><w:pPr><w:spacing w:before='30' w:after='30' w:line='240' w:lineRule='auto'/>"
        f"{side}</w:pPr>"
        f"<w:r><w:rPr>{'<w:b/>' if head else ''}{size}</w:rPr>"
        f"<w:t xml:space='preserve'>{_escaped(text)}</w:t></w:r></w:p></w:tc>"
    )


def _escaped(text: str) -> str:
    signs = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("'", "&apos;"), ('"', "&quot;"))
    for sign, entity in signs:
        text = text.replace(sign, entity)
    return text


def _rezipped(data: bytes) -> bytes:
    """Pack the parts again in their order, without the clock."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return packed({name: parts.read(name) for name in parts.namelist()})

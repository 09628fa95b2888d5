"""Word and PDF from one tree: the same words, readable aloud, and nothing of a user runs."""

import io
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import docx
import pytest
from pypdf import PdfReader
from pypdf.generic import ContentStream

from app.core.tender.document import Bullets, Document, Figure, Paragraph, Section, Table
from app.exports import docx_annex, typst_pdf
from app.exports.paper.page import drawable

HOSTILE = (
    '#panic("run") #eval("1+1") #read("document.json")',
    "$x^2$ *bold* _it_ <label> @ref `raw` \\ ~ [a] // no comment /* none */",
    "= Not a heading",
    "=HYPERLINK(1) & <w:p/> ]]> \"'",
    "🚲 Plein \u202eRTL\u202c مرحبا שלום 漢字",
    "x" * 300,
    "Ő ű ő Ű ğ ı ş İ å ä ö ß é ë ï € − – ≤ “”",  # noqa: RUF001
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080600000"
    "01f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
FIGURE = Figure("The map", "Nine places around the station", {"svg": SVG, "png": PNG})


def _document() -> Document:
    rows = tuple((str(row), HOSTILE[row % len(HOSTILE)]) for row in range(90))
    return Document(
        title=f"Annex {HOSTILE[0]}",
        subtitle="Draft, public edition",
        language="en",
        day="2027-01-15",
        program="Kerbwatt 0",
        front=(Paragraph(HOSTILE[1], strong=True),),
        sections=(
            Section("One", (Paragraph(HOSTILE[2]), Bullets(HOSTILE))),
            Section("Two", (Table("Places", ("No.", "Name"), rows, (0,)), FIGURE)),
            Section("Three", (Section("Below #x", (Section("Lower", (Paragraph("End."),)),)),)),
        ),
    )


@pytest.fixture(scope="module")
def word() -> bytes:
    return docx_annex.write(_document())


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return typst_pdf.write(_document())


def word_text(data: bytes) -> str:
    """All words of the body in reading order, as far as a PDF can draw them."""
    file = docx.Document(io.BytesIO(data))
    texts = [node.text or "" for node in file.element.body.iter() if node.tag.endswith("}t")]
    return " ".join(drawable(text) for text in texts)


def pdf_text(data: bytes) -> str:
    """All words but running heads and feet, which are marked as no part of the content."""
    reader = PdfReader(io.BytesIO(data))
    for page in reader.pages:
        content, depth, kept = ContentStream(page.get_contents(), reader, "bytes"), [], []
        for operands, operator in content.operations:
            if operator in {b"BDC", b"BMC"}:
                depth.append(operands[0] == "/Artifact")
            if not any(depth) or operator not in {b"Tj", b"TJ"}:
                kept.append((operands, operator))
            if operator == b"EMC":
                depth.pop()
        content.operations = kept
        page[next(key for key in page if key == "/Contents")] = content
    return " ".join(page.extract_text() for page in reader.pages)


def squeezed(text: str) -> str:
    """Without spaces, bullets and breaks: where a line ends is not a word."""
    return re.sub(r"[\s•\u200b\u200e\u200f]+", "", text)


def left_to_right(text: str) -> str:
    """Without letters that are written right to left: files store them in either order."""
    return re.sub(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+", "", text)


def test_both_files_hold_the_same_words(word: bytes, pdf: bytes) -> None:
    told = left_to_right(squeezed(word_text(word)))
    assert left_to_right(squeezed(pdf_text(pdf))) == told
    assert "#panic" in told
    assert told.count("x" * 300) == 14  # once in the list, in every seventh of 90 rows
    assert "ŐűőŰğışİåäößéëï€−–≤“”" in told


def test_the_pdf_can_be_read_aloud(pdf: bytes) -> None:
    assert pdf.startswith(b"%PDF")
    root = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert "/StructTreeRoot" in root
    about = root["/Metadata"].get_data()
    assert b"<pdfuaid:part>1</pdfuaid:part>" in about
    assert b"2027-01-15T00:00:00Z" in about
    assert FIGURE.alt in _alternatives(pdf)


def _alternatives(pdf: bytes) -> list[str]:
    reader = PdfReader(io.BytesIO(pdf))
    found = [reader.get_object(number) for number in range(1, len(reader.xref[0]) + 1)]
    return [str(each["/Alt"]) for each in found if isinstance(each, dict) and "/Alt" in each]


def test_the_word_file_has_real_headings_heads_that_return_and_alternative_texts(
    word: bytes,
) -> None:
    file = docx.Document(io.BytesIO(word))
    names = [each.style.name for each in file.paragraphs if each.style.name.startswith("Heading")]
    assert names == ["Heading 1"] * 3 + ["Heading 2", "Heading 3"]
    table = file.tables[0]
    assert table._tbl.tr_lst[0].trPr.find(f"{{{table._tbl.nsmap['w']}}}tblHeader") is not None  # noqa: SLF001
    assert table.cell(4, 1).text == HOSTILE[3]
    assert table.cell(5, 1).text.startswith("🚲 Plein RTL")
    assert [shape._inline.docPr.get("descr") for shape in file.inline_shapes] == [FIGURE.alt]  # noqa: SLF001
    assert file.core_properties.title.startswith("Annex #panic")
    assert file.core_properties.created.isoformat().startswith("2027-01-15T00:00:00")
    assert file.core_properties.language == "en"


def test_equal_documents_give_equal_bytes(word: bytes, pdf: bytes) -> None:
    assert docx_annex.write(_document()) == word
    assert typst_pdf.write(_document()) == pdf
    with zipfile.ZipFile(io.BytesIO(word)) as parts:
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_an_office_suite_opens_the_word_file(word: bytes, tmp_path: Path) -> None:
    # Takes some seconds where an office suite is installed: it starts one.
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("needs an office suite: soffice is not installed")
    (tmp_path / "annex.docx").write_bytes(word)
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    told = [office, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*told, str(tmp_path / "annex.docx")], check=True, capture_output=True)  # noqa: S603
    made = squeezed(" ".join(p.extract_text() for p in PdfReader(tmp_path / "annex.pdf").pages))
    for words in ("#eval", "=Notaheading", "[a]//nocomment", "Below#x", "End."):
        assert words in made

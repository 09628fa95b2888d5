"""A document as PDF that can be read aloud: tagged, with language, titles and alternative texts."""

from dataclasses import asdict

from app.core.tender.document import Block, Bullets, Document, Figure, Heading, Paragraph, Table

NARROW, WIDE = 22, 40  # characters: a column up to the first is as wide as its words


def write(document: Document) -> bytes:
    """Write PDF/UA-1; equal documents give equal bytes."""
    from app.exports.typeset.compile import tagged_pdf  # noqa: PLC0415  # loads the typesetter

    pictures: dict[str, bytes] = {}
    told = {
        "title": document.title,
        "subtitle": document.subtitle,
        "language": document.language,
        "day": document.day,
        "program": document.program,
        "front": [_plain(block, pictures) for block in document.front],
        "flow": [_plain(block, pictures) for block in document.flow()],
    }
    return tagged_pdf("document", told, pictures)


def _plain(block: Heading | Block, pictures: dict[str, bytes]) -> dict[str, object]:
    match block:
        case Heading() | Paragraph() | Bullets():
            return {"kind": type(block).__name__.lower(), **asdict(block)}
        case Table():
            shares = [0 if most <= NARROW else min(most, WIDE) for most in block.longest]
            return {"kind": "table", **asdict(block), "shares": shares}
        case Figure():
            name = f"figure{len(pictures)}.svg"
            pictures[name] = block.pictures["svg"]
            return {"kind": "figure", "caption": block.caption, "alt": block.alt, "file": name}

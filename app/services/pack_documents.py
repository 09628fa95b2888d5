"""The documents of the tender pack: the annex for a word processor and for reading."""

from collections.abc import Sequence

from app.core.tender.annex import annex
from app.core.tender.document import Section
from app.core.tender.draft import TenderDraft
from app.exports import docx_annex, typst_pdf
from app.services.pack_member import Member

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"


def members(draft: TenderDraft, *, extra: Sequence[Section] = ()) -> list[Member]:
    """Write ``annex.docx`` and ``annex.pdf`` from one tree; ``extra`` as in ``annex``."""
    told = annex(draft, extra=extra)
    return [
        Member("annex.docx", DOCX, docx_annex.write(told)),
        Member("annex.pdf", PDF, typst_pdf.write(told)),
    ]

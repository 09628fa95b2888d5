"""Duties, yardsticks and checks of the pack itself: a file, and a section of the annex."""

from app.core.tender.annex_sections import compliance_section
from app.core.tender.document import Section
from app.core.tender.draft import TenderDraft
from app.services.compliance import compliance, table
from app.services.pack_member import Member, csv_member


def members(draft: TenderDraft) -> list[Member]:
    """Write ``compliance.csv``; the public edition names no transformer and no room on one."""
    return [csv_member("compliance", table(compliance(draft)))]


def sections(draft: TenderDraft) -> list[Section]:
    """Say the same in the annex."""
    return [compliance_section(table(compliance(draft)))]

"""One file of the tender pack: duties, yardsticks and checks of the pack itself."""

from app.core.tender.draft import TenderDraft
from app.services.compliance import compliance, table
from app.services.pack_member import Member, csv_member


def members(draft: TenderDraft) -> list[Member]:
    """Write ``compliance.csv``; the public edition names no transformer and no room on one."""
    return [csv_member("compliance", table(compliance(draft)))]

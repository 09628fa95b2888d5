"""The prices of clauses in a tender pack: for the authority alone."""

from app.core.tender.draft import TenderDraft
from app.services.clause_price import prices
from app.services.pack_member import Member, csv_member

ALL, NONE = "all", "none"


def members(draft: TenderDraft, asked: str = "") -> list[Member]:
    """Write ``clause_price.csv``; ``asked`` is all, none or ids with commas between.

    Nothing in the public edition, whatever is asked. Empty means all.
    """
    if not draft.internal or asked == NONE:
        return []
    chosen = {choice.requirement.id for choice in draft.selection.included}
    found = prices(draft.project, draft.scenario, chosen).table
    if asked not in {"", ALL}:
        found = found[found["clause"].isin([each.strip() for each in asked.split(",")])]
    return [csv_member("clause_price", found.reset_index(drop=True))]

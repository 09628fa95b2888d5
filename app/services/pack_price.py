"""The prices of clauses in a tender pack: for the authority alone."""

from app.core.errors import InputError
from app.core.tender.draft import TenderDraft
from app.services.clause_price import prices
from app.services.pack_member import Member, csv_member

ALL, NONE = "all", "none"
DECIMALS = {"window_mw": 4, "peak_mw": 4, "fit": 0, "late_percent": 2, "eur_year": 0}


def members(draft: TenderDraft, asked: str = "") -> list[Member]:
    """Write ``clause_price.csv``; ``asked`` is all, none or ids with commas between.

    Nothing in the public edition, whatever is asked. Empty means all.
    """
    if not draft.internal or asked == NONE:
        return []
    chosen = {choice.requirement.id for choice in draft.selection.included}
    named = set() if asked in {"", ALL} else {each.strip() for each in asked.split(",")}
    missing = sorted(named - chosen)
    if missing:
        raise InputError(f"--price: {', '.join(missing)} is no clause of this tender")
    found = prices(draft.project, draft.scenario, chosen).table
    kept = found[found["clause"].isin(named or chosen)].reset_index(drop=True)
    return [csv_member("clause_price", kept.round(DECIMALS))]

"""Use-case: put a tender into one file, the same bytes every time, with a list of its contents."""

from collections.abc import Callable, Mapping, Sequence

from app.core.changes import to_changes
from app.core.engine.contract import Contract
from app.core.layer import digest
from app.core.tender.draft import TenderDraft
from app.core.tender.lot_table import in_text
from app.services import (
    pack_assumptions,
    pack_calendar,
    pack_changes,
    pack_compliance,
    pack_documents,
    pack_formats,
    pack_loads,
    pack_money,
    pack_price,
)
from app.services.estimate import scenario_digest
from app.services.pack_member import Member, csv_member
from app.services.parameters import load_parameters
from app.services.remembered import provenance
from app.services.scenario_files import write_scenario
from app.services.seal import sealed_zip
from app.services.tender_readme import FILES, readme

FORMAT, VERSION = "kerbwatt-tender-pack", 1
Told = Callable[[float, str], None]


def _silent(share: float, doing: str) -> None:
    """Tell nobody."""


def pack(
    draft: TenderDraft,
    *,
    sheets: bool = False,
    contracts: Sequence[Contract] = (),
    price: str = "",
    report: Told = _silent,
) -> bytes:
    """Write the pack: a flat zip, the manifest last; equal drafts give equal bytes.

    ``sheets`` adds a page per place, ``contracts`` are calendars somebody brought, ``price`` names
    the clauses to be priced as ``pack_price`` reads it; ``report`` hears how far it is.
    """
    files = members(draft, sheets=sheets, contracts=contracts, price=price, report=report)
    told = readme(draft, [file.name for file in files])
    return sealed_zip([Member("README.txt", "text/plain", told.encode()), *files], facts(draft))


def members(
    draft: TenderDraft,
    *,
    sheets: bool = False,
    contracts: Sequence[Contract] = (),
    price: str = "",
    report: Told = _silent,
) -> list[Member]:
    """Write every file but README and manifest, in the order of the pack."""
    few = load_parameters()["tender_few_homes"].value
    asked = write_scenario(draft.scenario, project=draft.project.slug, layers=_layers(draft))
    extra = [
        *pack_calendar.sections(draft, contracts),
        *pack_loads.sections(draft),
        *pack_compliance.sections(draft),
    ]
    makers: tuple[tuple[str, Callable[[], list[Member]]], ...] = (
        ("Places and formats", lambda: pack_formats.members(draft)),
        ("Compliance", lambda: pack_compliance.members(draft)),
        ("Calendar of the contract", lambda: pack_calendar.members(draft, contracts)),
        ("Money and award", lambda: pack_money.members(draft)),
        ("Price of clauses", lambda: pack_price.members(draft, price)),
        ("Numbers and changes", lambda: pack_assumptions.members(draft)),
        ("Changes", lambda: pack_changes.members(draft)),
        ("Annex and maps", lambda: pack_documents.members(draft, extra=extra, sheets=sheets)),
    )
    found = [
        csv_member("lots", in_text(draft.lots, few)),
        csv_member("requirements", draft.requirements),
        csv_member("layers", provenance(draft.project)),
        Member("scenario.json", "application/json", asked),
    ]
    for nth, (doing, make) in enumerate(makers):
        report(nth / len(makers), doing)
        found += make()
    order = {name: at for at, name in enumerate(FILES)}
    found.sort(key=lambda file: order[file.name])
    found += pack_formats.notices(draft, found)
    return sorted(found, key=lambda file: order[file.name])


def facts(draft: TenderDraft) -> dict[str, object]:
    """Say what the pack is and from what, so that a changed byte is found."""
    return {
        "format": FORMAT,
        "format_version": VERSION,
        **draft.facts,
        "program_version": draft.meta["program"].removeprefix("Kerbwatt "),
        "seed": draft.scenario.seed,
        "scenario": to_changes(draft.scenario),
        "scenario_digest": scenario_digest(draft.scenario),
        "plan_digest": draft.plan_digest,
        "requirements_digest": digest(draft.requirements),
        "parameters_digest": pack_assumptions.parameters_digest(draft),
        "layers": [
            {"kind": kind, "digest": layer.digest, "licence": layer.licence, "as_of": layer.as_of}
            for kind, layer in sorted(draft.project.layers.items())
        ],
        "open_items": list(draft.open_items),
        "id_map": dict(draft.id_map),
        "retired": list(draft.retired),
    }


def _layers(draft: TenderDraft) -> Mapping[str, str]:
    return {kind: layer.digest for kind, layer in draft.project.layers.items()}

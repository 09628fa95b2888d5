"""Use-case: put a tender into one file, the same bytes every time, with a list of its contents."""

import hashlib
from collections.abc import Mapping

import pandas as pd

from app.core.changes import to_changes
from app.core.layer import digest
from app.core.tender.draft import TenderDraft
from app.exports.gdal import packed
from app.services import pack_compliance, pack_documents, pack_formats
from app.services.estimate import scenario_digest
from app.services.pack_member import Member, csv_member, json_member
from app.services.parameters import load_parameters, load_sources
from app.services.remembered import provenance
from app.services.scenario_files import write_scenario
from app.services.tender_readme import readme

FORMAT, VERSION = "kerbwatt-tender-pack", 1


def pack(draft: TenderDraft, *, sheets: bool = False) -> bytes:
    """Write the pack: a flat zip, the manifest last; equal drafts give equal bytes.

    ``sheets`` adds a page per place.
    """
    files = members(draft, sheets=sheets)
    told = readme(draft, [file.name for file in files])
    files = [Member("README.txt", "text/plain", told.encode()), *files]
    files.append(json_member("manifest", manifest(draft, files)))
    return packed({file.name: file.data for file in files})


def members(draft: TenderDraft, *, sheets: bool = False) -> list[Member]:
    """Write every file but README and manifest, in the order of the pack."""
    extra = pack_compliance.sections(draft)
    found = pack_documents.members(draft, extra=extra, sheets=sheets)
    found += pack_formats.members(draft)
    found += [csv_member("lots", draft.lots), csv_member("requirements", draft.requirements)]
    found += pack_compliance.members(draft)
    found.append(csv_member("assumptions", _assumptions()))
    asked = write_scenario(draft.scenario, project=draft.project.slug, layers=_layers(draft))
    last = [
        csv_member("layers", provenance(draft.project)),
        Member("scenario.json", "application/json", asked),
    ]
    return [*found, *pack_formats.notices(draft, [*found, *last]), *last]


def manifest(draft: TenderDraft, files: list[Member]) -> dict[str, object]:
    """Say what the pack holds and from what, so that a changed byte is found."""
    lines = "".join(f"{file.sha256}  {file.name}\n" for file in sorted(files, key=lambda f: f.name))
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
        "parameters_digest": digest(_assumptions()),
        "layers": [
            {"kind": kind, "digest": layer.digest, "licence": layer.licence, "as_of": layer.as_of}
            for kind, layer in sorted(draft.project.layers.items())
        ],
        "open_items": list(draft.open_items),
        "id_map": dict(draft.id_map),
        "retired": [],
        "files": [
            {
                "name": file.name,
                "bytes": len(file.data),
                "sha256": file.sha256,
                "media_type": file.media_type,
                "rows": file.rows,
            }
            for file in files
        ],
        "pack_digest": hashlib.sha256(lines.encode()).hexdigest(),
    }


def _assumptions() -> pd.DataFrame:
    sources = load_sources()
    rows = [
        {
            "name": each.name,
            "value": each.value,
            "low": each.low,
            "high": each.high,
            "unit": each.unit,
            "source": sources[each.source]["title"],
            "year": str(sources[each.source]["year"]),
            "confidence": sources[each.source]["confidence"],
            "edited": "no",
        }
        for each in load_parameters().values()
    ]
    return pd.DataFrame(rows)


def _layers(draft: TenderDraft) -> Mapping[str, str]:
    return {kind: layer.digest for kind, layer in draft.project.layers.items()}

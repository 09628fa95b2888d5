"""Use-case: a joint tender of several cities, from their public packs."""

import csv
from collections.abc import Hashable, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

import geopandas as gpd
import pandas as pd

from app.core.tender import pool as core
from app.core.tender.annex import LEVEL_WORDS
from app.core.tender.common_value import Stricter
from app.core.tender.document import Bullets, Document, Paragraph, Section
from app.core.tender.pool import Pooled
from app.core.tender.sealed import SealedPack
from app.exports import EXPORTS, Result, docx_annex, typst_pdf
from app.exports.base import UNDATED
from app.paths import DATA
from app.services.pack_documents import DOCX, PDF
from app.services.pack_member import Member, csv_member
from app.services.seal import sealed_zip
from app.services.tender import list_columns

FORMAT, VERSION = "kerbwatt-joint-pack", 1
WGS84 = 4326
LEGAL = " (check with legal)"
FORMS = (("docx", DOCX, docx_annex.write), ("pdf", PDF, typst_pdf.write))
HOW = {
    "strictest": "the strictest value; of words the majority's",
    "majority": "the value most cities ask for",
}
README = """Joint tender for public charging: {cities}

{sites} places, {points} charge points, {kw} kW.
{common} clauses in common, {deviations} deviations.
Common values: {how}. {program}.

Files
  annex.docx        the clauses all cities ask for
  annex.pdf         the same, tagged for screen readers
  cities.csv        sums per city, and the pack each came from
  sites.csv         places of all cities; numbers begin with the city
  sites.geojson     the same, for the web
  lots.csv          lots of all cities
  requirements.csv  every clause with its common value
  deviations.csv    every value of a city that differs from the common one

A city may leave: pool the other packs again, nothing else of them changes.
Only public editions were read. manifest.json lists every file with its SHA-256.
"""


@cache
def stricter() -> Stricter:
    """Read which way a parameter gets stricter."""
    text = (DATA / "requirements" / "stricter.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {(row["id"], row["parameter"]): row["stricter"] for row in rows}


def pool(packs: Sequence[SealedPack], rule: str = "strictest") -> Pooled:
    """Put the public packs of several cities together."""
    return core.pool(packs, rule, stricter())


def leave(pooled: Pooled, city: str) -> Pooled:
    """Take a city out."""
    return core.leave(pooled, city, stricter())


def joint_pack(pooled: Pooled) -> bytes:
    """Write the joint tender as one sealed file; equal packs give equal bytes in any order."""
    told = _annex(pooled)
    files = [
        *(Member(f"annex.{end}", kind, write(told)) for end, kind, write in FORMS),
        csv_member("cities", pooled.cities),
        csv_member("sites", pooled.sites),
        Member("sites.geojson", EXPORTS["geojson"].mime, _places(pooled), len(pooled.sites)),
        csv_member("lots", pooled.lots),
        csv_member("requirements", pooled.requirements),
        csv_member("deviations", pooled.deviations),
    ]
    words = README.format(
        cities=", ".join(pooled.names),
        common=len(pooled.common),
        deviations=len(pooled.deviations),
        how=HOW[pooled.rule],
        program=f"Kerbwatt {version('kerbwatt')}",
        **totals(pooled),
    )
    files.insert(0, Member("README.txt", "text/plain", words.encode()))
    return sealed_zip(files, facts(pooled))


def facts(pooled: Pooled) -> dict[str, object]:
    """Say what the joint tender is, as plain data."""
    rows = pooled.cities.to_dict("records")
    return {
        "format": FORMAT,
        "format_version": VERSION,
        "program_version": version("kerbwatt"),
        "rule": pooled.rule,
        "cities": rows,
        "totals": totals(pooled),
        "requirements": len(pooled.common),
        "deviations": len(pooled.deviations),
    }


def totals(pooled: Pooled) -> dict[str, str]:
    """Write the sums as they are, to the last digit."""
    return {
        name: "unknown" if value is None else f"{value:f}" for name, value in pooled.totals.items()
    }


def _annex(pooled: Pooled) -> Document:
    about = f"Common values: {HOW[pooled.rule]}. What a city asks for otherwise: deviations.csv."
    days = [str(day) for day in pooled.cities["date"]] if "date" in pooled.cities else []
    return Document(
        title=f"Joint tender annex: {', '.join(pooled.names)}",
        subtitle=f"{len(pooled.common)} common clauses",
        language="en",
        day=max(days, default=UNDATED),
        program=f"Kerbwatt {version('kerbwatt')}",
        front=(Paragraph(about),),
        sections=tuple(
            Section(str(topic), tuple(_clause(row) for row in rows.to_dict("records")))
            for topic, rows in pooled.common.groupby("topic", sort=False)
        ),
    )


def _clause(row: Mapping[Hashable, Any]) -> Section:
    level = LEVEL_WORDS.get(row["level"], row["level"])
    source = f"Source: {row['source']} (confidence {row['confidence']})"
    mark = LEGAL if row["legal_check"] == "yes" else ""
    settings = tuple(each for each in str(row["parameters"]).split(";") if each)
    lines = (Bullets(settings),) if settings else ()
    return Section(
        f"{row['id']} ({level})", (Paragraph(str(row["text"])), *lines, Paragraph(source + mark))
    )


def _places(pooled: Pooled) -> bytes:
    """Draw the places; what cannot be read as a number is not known."""
    rows = pooled.sites.copy()
    for column in list_columns():
        if column.name in rows and column.type in {"int", "float"}:
            rows[column.name] = pd.to_numeric(rows[column.name], errors="coerce")
    geometry = gpd.points_from_xy(rows["lon"], rows["lat"], crs=WGS84)
    found = gpd.GeoDataFrame(rows, geometry=geometry)
    return EXPORTS["geojson"].write(Result("sites", "Joint tender", {"sites": found}, {}))

"""Use-case: open a city by the name that stands in links: bundled, or with own layers."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.core.errors import InputError
from app.core.layer import Layer
from app.core.project import Project
from app.services.new_project import nearest_zone
from app.services.projects import bundled, load_project
from app.services.remembered import MAPPINGS, records
from app.services.store import store
from app.settings import SETTINGS
from app.sources.limits import MEGABYTE, size_text


def open_project(slug: str) -> Project:
    """Open a bundled city or a stored project; never a folder: the name may come from a link."""
    if slug in bundled():
        return load_project(slug)
    return store().projects.get(slug)


def keep_layer(project: Project, layer: Layer, record: Mapping[str, Any] | None = None) -> Project:
    """Store ``project`` with one layer put in. Its slug names the content, so it never changes.

    ``record`` says how a file became the layer; without one the mappings made before stay known.
    """
    own = replace(  # a map of one's own replaces what was schematic or an illustration
        project.with_layer(layer),
        schematic=project.schematic and layer.kind != "districts",
        illustrative=project.illustrative and layer.kind != "grid",
    )
    known = dict(records(project))
    before = known.pop(layer.kind, {})
    same = layer == project.layers.get(layer.kind)
    known[layer.kind] = record or (before if same else {MAPPINGS: before.get(MAPPINGS, [])})
    return _keep(own, known)


def drop_layer(project: Project, kind: str) -> Project:
    """Store ``project`` without one layer."""
    return _keep(project.without_layer(kind), records(project))


def _keep(project: Project, known: Mapping[str, Mapping[str, Any]] | None = None) -> Project:
    base = project.slug.partition("--")[0]
    said = [(k, v.origin, v.licence, v.as_of) for k, v in sorted(project.layers.items())]
    content = f"{replace(project, slug=base).digest}|{said}"
    named = replace(project, slug=f"{base}--{hashlib.sha256(content.encode()).hexdigest()[:10]}")
    size, most = store().projects.bytes(named), SETTINGS.limit_project_mb * MEGABYTE
    if size > most:
        raise InputError(
            f"The layers of {project.name} would hold {size_text(size)}; "
            f"the limit of this server is {size_text(most)}. Cut the map to the city."
        )
    store().projects.save(named, known)
    return named


def new_project(name: str, districts: Layer) -> Project:
    """Make and store a project from its districts; its metric system is theirs."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:30] or "city"
    if slug in bundled():
        slug = f"own-{slug}"
    west, south, east, north = districts.map.to_crs(4326).total_bounds
    zone, country = nearest_zone((west + east) / 2, (south + north) / 2) or ("UTC", "")
    return _keep(
        Project(
            slug, name.strip(), country, str(districts.map.crs), zone, {districts.kind: districts}
        )
    )

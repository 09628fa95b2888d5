"""Use-case: open a city by the name that stands in links: bundled, or with own layers."""

import hashlib
import re
from dataclasses import replace

from app.core.layer import Layer
from app.core.project import Project
from app.services.new_project import nearest_zone
from app.services.projects import bundled, load_project
from app.services.store import store


def open_project(slug: str) -> Project:
    """Open a bundled city or a stored project; never a folder: the name may come from a link."""
    if slug in bundled():
        return load_project(slug)
    return store().projects.get(slug)


def keep_layer(project: Project, layer: Layer) -> Project:
    """Store ``project`` with one layer put in. Its slug names the content, so it never changes."""
    own = replace(  # a map of one's own replaces what was schematic or an illustration
        project.with_layer(layer),
        schematic=project.schematic and layer.kind != "districts",
        illustrative=project.illustrative and layer.kind != "grid",
    )
    return _keep(own)


def drop_layer(project: Project, kind: str) -> Project:
    """Store ``project`` without one layer."""
    return _keep(project.without_layer(kind))


def _keep(project: Project) -> Project:
    base = project.slug.partition("--")[0]
    said = [(k, v.origin, v.licence, v.as_of) for k, v in sorted(project.layers.items())]
    content = f"{replace(project, slug=base).digest}|{said}"
    named = replace(project, slug=f"{base}--{hashlib.sha256(content.encode()).hexdigest()[:10]}")
    store().projects.save(named)
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

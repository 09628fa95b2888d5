"""Use-case: keep a layer by its content, and find it again."""

from app.core.layer import Layer
from app.services.store import store


def put_layer(layer: Layer) -> str:
    """Keep a layer on this server; returns the digest that names it."""
    return store().layers.put(layer)


def get_layer(digest: str) -> Layer:
    """Read a layer back, checked against its digest; raises InputError where it is not here."""
    return store().layers.get(digest)

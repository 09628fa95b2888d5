"""Rebuild a bundled city from its figures, byte for byte: ``python tools/make_city.py utrecht``."""

import argparse
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

from city_geometry import collection
from city_grid import grid
from city_layers import City, chargers, districts, parking, read_city

CITIES = Path(__file__).resolve().parent.parent / "data" / "cities"
LAYERS: dict[str, Callable[[City], Iterator[str]]] = {
    "districts": districts,
    "grid": grid,
    "chargers": chargers,
    "parking": parking,
}


def make_city(slug: str, into: Path) -> None:
    """Write the layers of one city into a folder."""
    about = tomllib.loads((CITIES / slug / "city.toml").read_text("utf-8"))
    city = read_city(CITIES / slug, about)
    into.mkdir(parents=True, exist_ok=True)
    for kind, layer in LAYERS.items():
        rows = list(layer(city))
        (into / f"{kind}.geojson").write_bytes(collection(rows).encode())
        print(f"{slug}: {len(rows)} {kind}")


def main() -> None:
    """Rebuild the named cities, or all that can be."""
    known = sorted(path.parent.name for path in CITIES.glob("*/figures.csv"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("slug", nargs="*", metavar="CITY", help=f"default: {', '.join(known)}")
    parser.add_argument("--into", type=Path, default=CITIES, help="default: data/cities")
    asked = parser.parse_args()
    for slug in asked.slug or known:
        if slug not in known:
            parser.error(f"no figures for {slug!r}; choose from {', '.join(known)}")
        make_city(slug, asked.into / slug)


if __name__ == "__main__":
    main()

"""Ask every source that is on whether it still answers: by hand, before a release, never in a test.

Nothing is stored in the repository. A source that wants a key is asked where the key is set.
Give ids to ask only some: ``python tools/presets_live.py nl-districts-cbs``.
"""

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from app.services.fetch import KEPT, fetch, hindered
from app.services.fetch_place import Where
from app.settings import SETTINGS
from app.sources.presets import Place, Preset, places, presets

BERLIN = (13.37, 52.5, 13.43, 52.53)  # small boxes in countries that have no place of their own
PARIS = (2.33, 48.85, 2.37, 48.87)
OSLO = (10.7, 59.9, 10.8, 59.93)
BOXES = {"DE": BERLIN, "FR": PARIS, "NO": OSLO}


def main() -> int:
    """Ask, say what came, and fail where a source did not do as its preset says."""
    wanted = sys.argv[1:]
    chosen = [each for name, each in presets().items() if not wanted or name in wanted]
    print(f"Asked on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
    bad = 0
    for preset in chosen:
        why = hindered(preset)
        said = {"off": "off: not asked", "key": "no key here: not asked"}.get(why) or _asked(preset)
        bad += not why and not said.startswith("answers")
        print(f"{preset.id:<26}{preset.confidence}  {said}")
    return 1 if bad else 0


def _asked(preset: Preset) -> str:
    with tempfile.TemporaryDirectory() as name:
        settings = SETTINGS.model_copy(update={"home": Path(name), "cache": None})
        haul = fetch([*_map_of(preset), preset], _where(preset), settings=settings)
    outcome = next(each for each in haul.outcomes if each.preset is preset)
    if outcome.state == KEPT:
        return f"answers: {outcome.rows:,} rows; {' '.join(outcome.warnings)}"
    return f"{outcome.state}: {outcome.said}"


def _map_of(preset: Preset) -> list[Preset]:
    """Find the map that a table goes onto."""
    if preset.join is None:
        return []
    mates = [presets()[name] for each in places().values() for name in each.presets]
    return [each for each in mates if each.kind == preset.kind and each.join is None][:1]


def _where(preset: Preset) -> Where:
    """Take a place that uses the source, or one of its country."""
    users = [each for each in places().values() if preset.id in each.presets]
    near = [each for each in places().values() if each.country in preset.countries]
    country = preset.countries[0] if preset.countries else ""
    if country in BOXES:
        return Where(country, BOXES[country], {}, None)
    found: Place = [*users, *near, places()["utrecht"]][0]
    return Where(found.title, found.box, found.names, None)


if __name__ == "__main__":
    sys.exit(main())

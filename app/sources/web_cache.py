"""What services answered before: fetched again only when it may have changed."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MOST_BYTES = 2_000_000_000
KEPT_HEADERS = ("etag", "last-modified", "content-type", "content-crs", "link")


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer of earlier: where its body is, the headers that matter, and when it came."""

    body: Path
    headers: Mapping[str, str]
    at: float


class AnswerCache:
    """A folder of answers, the oldest removed first. Names are hashes: nothing secret in them."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self._folder, self._most = folder, most_bytes

    def get(self, name: str) -> Kept | None:
        """Find the answer to a question; None where there is none or it is damaged."""
        body, facts = self._paths(name)
        try:
            said = json.loads(facts.read_text("utf-8"))
            headers = {str(key): str(value) for key, value in said["headers"].items()}
            return Kept(body, headers, float(said["at"])) if body.is_file() else None
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            return None

    def put(self, name: str, body: Path, headers: Mapping[str, str], at: float) -> None:
        """Keep a copy of an answer; the facts are written last, so that no half answer counts."""
        self._folder.mkdir(parents=True, exist_ok=True)
        kept, facts = self._paths(name)
        facts.unlink(missing_ok=True)
        shutil.copyfile(body, kept)
        some = {key: headers[key] for key in KEPT_HEADERS if key in headers}
        facts.write_text(json.dumps({"headers": some, "at": at}), "utf-8")
        self._prune()

    def _paths(self, name: str) -> tuple[Path, Path]:
        digest = hashlib.sha256(name.encode()).hexdigest()
        return self._folder / f"{digest}.bin", self._folder / f"{digest}.json"

    def _prune(self) -> None:
        bodies = sorted(self._folder.glob("*.bin"), key=lambda path: path.stat().st_mtime)
        total = sum(path.stat().st_size for path in bodies)
        while total > self._most and len(bodies) > 1:
            oldest = bodies.pop(0)
            total -= oldest.stat().st_size
            oldest.with_suffix(".json").unlink(missing_ok=True)
            oldest.unlink()

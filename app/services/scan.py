"""Use-case: let the operator's own scanner look at a stranger's file before we do."""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from app.sources.problems import refuse

PATIENCE_S = 60


def scan(content: bytes, command: Sequence[str]) -> None:
    """Run the scanner on the file under a name of ours; anything but success is a refusal.

    A scanner that cannot be started refuses, too: whoever set one wants nothing unscanned.
    """
    if not command:
        return
    with tempfile.TemporaryDirectory(prefix="kerbwatt-") as folder:
        path = Path(folder) / "file.bin"
        path.write_bytes(content)
        try:
            done = subprocess.run(  # noqa: S603  # the operator's own words, no shell
                [*command, str(path)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=PATIENCE_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise refuse("FILE-SCAN", why="could not look at it") from error
    if done.returncode != 0:
        raise refuse("FILE-SCAN", why="turned it away")

"""A visitor who lost the connection goes on where they stopped, for a week."""

import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from app.core.scenario import Scenario
from app.store.database import Database, open_database
from app.store.drafts import Drafts


def test_the_last_draft_counts_and_nobody_else_sees_it(
    database: Database, clock: Callable[[], datetime]
) -> None:
    drafts = Drafts(database, clock)
    drafts.keep("ann", "utrecht", Scenario(year=2031))
    drafts.keep("ann", "utrecht", Scenario(year=2032))
    drafts.keep("ann", "oslo", Scenario(year=2033))
    kept = drafts.last("ann", "utrecht")
    newest = drafts.last("ann")
    assert kept is not None
    assert kept.scenario == Scenario(year=2032)
    assert newest is not None
    assert newest.project == "oslo"
    assert drafts.last("bob") is None
    drafts.forget("ann")
    assert drafts.last("ann") is None


def test_a_draft_goes_after_a_week(
    database: Database, clock: Callable[[], datetime], pass_days: Callable[[float], None]
) -> None:
    drafts = Drafts(database, clock)
    drafts.keep("ann", "utrecht", Scenario())
    pass_days(6.9)
    assert drafts.purge() == 0
    drafts.keep("bob", "utrecht", Scenario())
    pass_days(0.2)
    assert drafts.last("ann") is None
    assert drafts.purge() == 1
    assert drafts.last("bob") is not None


def test_a_draft_survives_a_server_that_is_killed(tmp_path: Path) -> None:
    """Takes two seconds: a second interpreter loads the program."""
    program = (
        "import os, signal, sys, pathlib\n"
        "from app.core.scenario import Scenario\n"
        "from app.store.database import open_database\n"
        "from app.store.drafts import Drafts\n"
        "drafts = Drafts(open_database(pathlib.Path(sys.argv[1])))\n"
        "drafts.keep('ann', 'utrecht', Scenario(year=2044))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)  # noqa: S603
    assert ended.returncode == -signal.SIGKILL
    opened = open_database(tmp_path)
    kept = Drafts(opened).last("ann")
    opened.close()
    assert kept is not None
    assert kept.scenario == Scenario(year=2044)

"""Save in a child that is killed in the middle, again and again; what it said is kept must be.

Run as a program: its own process has no threads, so that forking is safe.
"""

import os
import random
import signal
import sys
from pathlib import Path

from app.core.scenario import Scenario
from app.store.database import open_database
from app.store.repository import Repository

LENGTH = 26


def save_until_killed(home: Path, url: str | None, told: int) -> None:
    """Save as fast as possible, saying each id once it is kept."""
    repository = Repository(open_database(home, url))
    number = 0
    while True:
        number += 1
        kept = repository.save(
            Scenario(year=2022 + number % 20), project="p", name=f"{os.getpid()}-{number}"
        )
        os.write(told, kept.id.encode())


def main() -> None:
    """Kill a hundred times; print how many were said to be kept, how many are, and the health."""
    home, url, times = Path(sys.argv[1]), sys.argv[2] or None, int(sys.argv[3])
    open_database(home, url).close()
    warm = open_database(home / "warm")  # so that the children need not get ready each time
    Repository(warm).save(Scenario(), project="p", name="Warm")
    warm.close()
    chance, said = random.Random(7), set()  # noqa: S311
    for _ in range(times):
        here, there = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(here)
            save_until_killed(home, url, there)
        os.close(there)
        heard = b""
        wanted = chance.randint(1, 4)
        while len(heard) < wanted * LENGTH:
            heard += os.read(here, LENGTH)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        while more := os.read(here, LENGTH * 100):
            heard += more
        os.close(here)
        said |= {heard[k : k + LENGTH].decode() for k in range(0, len(heard), LENGTH)}
    database = open_database(home, url)
    repository = Repository(database)
    lost = [key for key in said if repository.get(key).id != key]
    print(len(said), len(lost))  # noqa: T201
    database.close()


if __name__ == "__main__":
    main()

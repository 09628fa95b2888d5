"""The process that proves: reads a programme, tells what it finds, and ends with its parent.

Started by ``app.services.prove``; nobody else runs this.
"""

import json
import os
import sys
import threading

from app.core.siting.milp import Milp, News, solve

STDIN, STDOUT = 0, 1


def main() -> None:
    """Read seconds, seed and programme; write a line of JSON for each piece of news."""
    answers = os.dup(STDOUT)
    os.dup2(os.open(os.devnull, os.O_WRONLY), STDOUT)  # the solver says its name there

    def tell(news: News) -> None:
        line = json.dumps([news.status, news.bound, news.points]) + "\n"
        os.write(answers, line.encode())

    head = json.loads(sys.stdin.buffer.readline())
    problem = Milp.from_bytes(sys.stdin.buffer.read(head["size"]))
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    tell(solve(problem, head["seconds"], tell, seed=head["seed"]))
    os._exit(0)


def _leave_with_parent() -> None:
    os.read(STDIN, 1)  # returns when the parent is gone, however it went
    os._exit(0)


if __name__ == "__main__":
    main()

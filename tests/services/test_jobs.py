"""A long run reports, stops when told, and leaves nobody behind."""

import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError

import pytest

from app.core.errors import InputError
from app.services.jobs import Job, Jobs, Report

PATIENCE_S = 20


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    """One worker, two may wait; closed after the test."""
    before = set(threading.enumerate())
    queue = Jobs(workers=1, most_waiting=2)
    yield queue
    queue.close()
    assert not set(threading.enumerate()) - before


def hold(jobs: Jobs, owner: str = "holder") -> tuple[Job[str], threading.Event]:
    """Keep the worker busy until the event is set; begun when this returns."""
    begun, free = threading.Event(), threading.Event()

    def work(report: Report) -> str:
        begun.set()
        while not free.wait(0.01):
            report(0.5, "holding")
        return "held"

    job = jobs.submit(work, owner=owner)
    assert begun.wait(PATIENCE_S)
    return job, free


def count(report: Report) -> int:
    """Three pieces, each with a first result."""
    for piece in range(3):
        report(piece / 3, f"piece {piece + 1} of 3", partial=piece * 10)
    return 30


def test_reports_and_answers(jobs: Jobs) -> None:
    job = jobs.submit(count, owner="ann", title="Counting")
    assert job.result(PATIENCE_S) == 30
    assert (job.progress, job.doing, job.partial) == (1.0, "", (0, 10, 20))
    assert job.succeeded
    assert not job.cancelled
    assert job.error is None


def test_a_cancelled_run_stops_between_two_pieces_and_keeps_its_first_results(jobs: Jobs) -> None:
    shown, go_on = threading.Event(), threading.Event()

    def work(report: Report) -> int:
        report(0.2, "first", partial="first result")
        shown.set()
        assert go_on.wait(PATIENCE_S)
        report(0.4, "second")
        raise AssertionError("ran on after it was told to stop")

    job = jobs.submit(work, owner="ann")
    assert shown.wait(PATIENCE_S)
    assert (job.progress, job.doing) == (0.2, "first")
    job.cancel()
    go_on.set()
    with pytest.raises(CancelledError):
        job.result(PATIENCE_S)
    assert job.done
    assert job.cancelled
    assert job.error is None
    assert job.partial == ("first result",)


def test_what_waits_is_dropped_at_once(jobs: Jobs) -> None:
    held, free = hold(jobs)
    waiting = jobs.submit(count, owner="ann")
    assert (waiting.doing, jobs.waiting_before(waiting)) == ("waiting", 1)
    waiting.cancel()
    assert waiting.done
    free.set()
    assert held.result(PATIENCE_S) == "held"
    assert waiting.partial == ()


def test_a_visitors_new_run_ends_the_one_before_and_nobody_elses(jobs: Jobs) -> None:
    held, free = hold(jobs, "bob")
    old = jobs.submit(count, owner="ann")
    new = jobs.submit(count, owner="ann")
    assert old.cancelled
    free.set()
    assert new.result(PATIENCE_S) == 30
    assert held.result(PATIENCE_S) == "held"


def test_the_queue_is_bounded(jobs: Jobs) -> None:
    _, free = hold(jobs)
    for owner in ("ann", "bob"):
        jobs.submit(count, owner=owner)
    with pytest.raises(InputError, match="waiting already"):
        jobs.submit(count, owner="carl")
    free.set()


def test_a_fault_is_kept_for_whoever_asks(jobs: Jobs) -> None:
    def work(_: Report) -> None:
        raise InputError("no grid layer")

    job = jobs.submit(work, owner="ann")
    with pytest.raises(InputError, match="no grid layer"):
        job.result(PATIENCE_S)
    assert isinstance(job.error, InputError)
    assert not job.succeeded
    assert jobs.submit(count, owner="ann").result(PATIENCE_S) == 30  # the worker lives on


def test_closing_ends_all_and_a_visitor_who_left_ends_only_theirs(jobs: Jobs) -> None:
    held, _ = hold(jobs)
    ann, bob = (jobs.submit(count, owner=owner) for owner in ("ann", "bob"))
    jobs.cancel_all("ann")
    assert ann.cancelled
    assert not bob.cancelled
    jobs.close()
    assert all(job.wait(PATIENCE_S) and job.cancelled for job in (held, ann, bob))


def test_progress_never_goes_back(jobs: Jobs) -> None:
    seen: list[float] = []

    def work(report: Report) -> None:
        for value in (0.1, 0.7, 0.3, 9.0):
            report(value)
            seen.append(job.progress)

    free = threading.Event()
    jobs.submit(lambda _: free.wait(PATIENCE_S), owner="first")
    job = jobs.submit(work, owner="ann")
    free.set()
    job.result(PATIENCE_S)
    assert seen == [0.1, 0.7, 0.7, 1.0]

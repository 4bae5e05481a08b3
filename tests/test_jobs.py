"""Long work off the page's thread."""

from __future__ import annotations

import threading
import time

from assistant.errors import PushbackError
from ui.work import jobs
from ui.work.jobs import Job


def ended(job: Job) -> Job:
    for _ in range(500):
        if job.done:
            return job
        time.sleep(0.01)
    raise AssertionError("the job did not end")


def test_a_job_gives_its_result_and_is_found_by_its_id() -> None:
    def work(job: Job) -> int:
        job.at("Counting", 0.5)
        return 7

    job = ended(jobs.start("count", "to seven", work))

    assert (job.result, job.error, job.share) == (7, None, 0.5)
    assert jobs.job(job.id) is job
    assert jobs.of_kind("count")[0] is job
    jobs.forget(job)
    assert jobs.job(job.id) is None


def test_a_job_tells_the_last_things_that_it_was_doing() -> None:
    def work(job: Job) -> None:
        for number in range(60):
            job.at(f"Counting {number}", number / 60)
            job.at(f"Counting {number}", (number + 1) / 60)

    told = ended(jobs.start("count", "to sixty", work)).told

    assert told == [f"Counting {number}" for number in range(10, 60)]


def test_a_job_is_stopped_where_it_says_how_far_it_is() -> None:
    begun = threading.Event()

    def work(job: Job) -> None:
        while True:
            begun.set()
            job.at("Counting on")
            time.sleep(0.01)

    job = jobs.start("count", "for ever", work)
    begun.wait(5)
    job.stop()

    assert ended(job).stopped
    assert job.error is None


def test_what_goes_wrong_is_a_message_and_never_lost() -> None:
    def locked(_: Job) -> None:
        raise PushbackError("It is locked.", hint="Wait.")

    def broken(_: Job) -> None:
        raise ZeroDivisionError

    assert str(ended(jobs.start("x", "", locked)).error) == "It is locked."
    assert "should not" in str(ended(jobs.start("x", "", broken)).error)


def test_the_job_of_one_person_is_not_shown_to_another() -> None:
    job = ended(jobs.start("private", "", lambda _: 1, owner="ann"))

    assert jobs.job(job.id, "ann") is job
    assert jobs.job(job.id, "ben") is None
    assert jobs.of_kind("private", "ben") == []


def test_a_job_waits_for_the_one_before_it_and_both_are_found_in_their_order() -> None:
    go_on = threading.Event()
    done: list[str] = []

    def first(_: Job) -> None:
        go_on.wait(5)
        done.append("first")

    one = jobs.start("queue", "", first)
    other = jobs.start("queue", "", lambda _: done.append("second"), after=one)
    gone = jobs.start("queue", "", lambda _: done.append("third"), after=other)
    gone.stop()
    assert ended(gone).stopped
    assert jobs.line(one) == [one, other, gone]

    go_on.set()
    ended(other)

    assert done == ["first", "second"]


def test_what_waits_for_one_that_is_taken_back_waits_for_those_before_it_still() -> None:
    go_on, order = threading.Event(), list[str]()

    def first(job: Job) -> None:
        go_on.wait(60)
        order.append("first")

    one = jobs.start("line", "first", first)
    two = jobs.start("line", "second", lambda _: order.append("second"), after=one)
    three = jobs.start("line", "third", lambda _: order.append("third"), after=two)
    two.stop()
    ended(two)
    time.sleep(0.2)
    assert not three.done

    go_on.set()
    ended(three)

    assert order == ["first", "third"]

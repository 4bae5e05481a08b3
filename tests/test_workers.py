"""Workers: whatever a file does to the process that parses it, it is told and the next one is parsed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from assistant.errors import SourceError
from assistant.settings import Settings
from ingest.pipeline import workers
from ingest.pipeline.parsing import LIGHT, ParsedFile, Task, parse
from ingest.pipeline.workers import Workers

ROOT = Path(__file__).parents[1]
WORDS = "The buyer compares the offers. "
PATIENCE = 30.0  # seconds: much for a killed process's end, little beside the minutes for which these would go on


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    """Workers that take their files' words as orders."""
    monkeypatch.setattr(workers, "PARSER", "tests.misbehaving:parse")
    with Workers() as pool:
        yield pool


def make_task(text: str, source: str = "a.txt") -> Task:
    return Task(text.encode(), source, "0123456789", 80)


def refused(pool: Workers, text: str) -> str:
    with pytest.raises(SourceError) as caught:
        pool.parse(make_task(text)).result()
    return str(caught.value)


def whole(parsed: ParsedFile) -> tuple[object, ...]:
    return parsed.document, tuple(passage for some in parsed.passages for passage in some)


def processes() -> set[int]:
    """This process's children that live and are workers; other tests leave Python's resource tracker."""
    command = ["ps", "-ww", "-o", "pid=,stat=,args=", "--ppid", str(os.getpid())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as ps:
        listed, _ = ps.communicate()
        found = [line.split(maxsplit=2) for line in listed.splitlines()]
        return {int(pid) for pid, state, command in found if "Z" not in state and "ingest.pipeline.worker" in command}


def alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_worker_gives_what_this_process_would() -> None:
    task = make_task("\n\n".join(f"Paragraph {number}. {WORDS * 20}" for number in range(700)), "b.md")

    with Workers() as pool:
        parsed = pool.parse(task).result()
        count = parsed.length
        document, passages = whole(parsed)

    assert (document, passages, count) == (*parse(task), len(parse(task)[1]))
    assert count > 700


def test_a_file_that_cannot_be_read_is_refused_with_its_readers_reason() -> None:
    with Workers() as pool, pytest.raises(SourceError, match=r"^a\.txt: not a text file \(it holds zero bytes\)\.$"):
        pool.parse(make_task("\0\0\0")).result()


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ("die", "reading it breaks the reader (SIGSEGV). Save it in another format, or name it in a .pushbackignore."),
        (
            "leave",
            "reading it breaks the reader (exit code 3). Save it in another format, or name it in a .pushbackignore.",
        ),
        ("err so", "its reader failed (KeyError: 'so'). Save it in another format."),
    ],
)
def test_a_file_that_breaks_its_reader_is_told_and_the_next_is_parsed(pool: Workers, order: str, reason: str) -> None:
    assert refused(pool, order) == reason
    assert whole(pool.parse(make_task(WORDS)).result()) == parse(make_task(WORDS))


@pytest.mark.parametrize(
    ("order", "how"),
    [("hang", "longer than 5 s"), ("spin", "more than 2 s of processor time"), ("grip", "more than 2 s of processor")],
)
def test_a_file_that_takes_too_long_is_given_up(
    pool: Workers, order: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "SECONDS", 2.0)
    monkeypatch.setattr(workers, "WAITING", 2.5 if order == "hang" else 30.0)

    reason = refused(pool, order)

    assert reason.startswith(f"reading it takes {how}")
    assert reason.endswith(". Save it in another format, or name it in a .pushbackignore.")
    assert processes() == set()


def test_a_file_whose_reader_waits_for_a_busy_machine_is_not_given_up(
    pool: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "SECONDS", 1.0)

    assert whole(pool.parse(make_task("wait 3 " + WORDS)).result()) == parse(make_task("wait 3 " + WORDS))


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited where the system can")
def test_a_file_that_takes_too_much_memory_is_given_up(pool: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "MEMORY", 300 << 20)

    assert refused(pool, "burst") == "reading it takes more than 300 MB of memory. Split it into smaller files."
    assert whole(pool.parse(make_task(WORDS)).result()) == parse(make_task(WORDS))


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited where the system can")
def test_what_a_file_leaves_in_memory_is_not_the_next_ones_fault(
    pool: Workers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that grew makes room for a fresh one; one that did not is used again, whatever its parent holds."""
    monkeypatch.setattr(workers, "MEMORY", 600 << 20)
    of_the_parent = b"x" * 300_000_000
    for order in ("print it all. " + WORDS, "grow 300000000 " + WORDS, WORDS, WORDS):
        whole(pool.parse(make_task(f"tell {tmp_path / 'who'} {order}")).result())

    first, second, third, fourth = (tmp_path / "who").read_text().split()
    assert (first == second, second == third, third == fourth) == (True, False, True)
    del of_the_parent


@pytest.mark.parametrize(("kind", "before"), [("eml", ""), ("mbox", "From ann@example.org Mon Mar  4 10:00:00 2024\n")])
def test_what_is_attached_and_breaks_its_reader_does_not_sink_its_mail(pool: Workers, kind: str, before: str) -> None:
    head = "From: Ann <a@example.org>\nContent-Type: multipart/mixed; boundary=b\n\n"
    mail = f"{head}--b\n\n{WORDS}\n--b\nContent-Type: application/pdf; name=a.pdf\n\n%PDF\n--b--\n"

    document, passages = whole(pool.parse(make_task(before + mail, f"a.{kind}")).result())

    assert [passage.text for passage in passages] == [WORDS.strip()]  # type: ignore[attr-defined]
    why = "attachment not read: a.pdf, what is attached breaks its reader, or takes it too long."
    assert why in [dropped.reason for dropped in document.dropped]  # type: ignore[attr-defined]


def test_what_a_parser_prints_disturbs_nothing(pool: Workers) -> None:
    assert whole(pool.parse(make_task("print " + WORDS)).result()) == parse(make_task("print " + WORDS))


def test_workers_start_with_the_first_file_and_end_with_the_last() -> None:
    with Workers() as pool:
        before = processes()
        pool.parse(make_task(WORDS)).result()
        during = processes()

    assert (before, len(during), processes()) == (set(), 1, set())


def test_closing_ends_what_is_on_its_way(pool: Workers) -> None:
    """Each would hang for minutes, and be told as what took too long."""
    waiting = [pool.parse(make_task("hang")) for _ in range(pool.most)]
    time.sleep(0.5)

    pool.close()

    assert processes() == set()
    assert all(one.cancelled() or isinstance(one.exception(), SourceError) for one in waiting)
    assert not any("takes longer" in str(one.exception()) for one in waiting if not one.cancelled())


@pytest.mark.posix
def test_a_worker_that_died_while_it_waited_is_not_the_next_files_fault(pool: Workers) -> None:
    whole(pool.parse(make_task(WORDS)).result())
    for pid in processes():
        os.kill(pid, signal.SIGKILL)
    time.sleep(0.2)

    assert whole(pool.parse(make_task(WORDS)).result()) == parse(make_task(WORDS))


def test_nothing_is_imported_from_the_folder_that_the_program_runs_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pickle.py", "lxml.py", "ingest.py", "sitecustomize.py"):
        (tmp_path / name).write_text(f"open({str(tmp_path / 'was run')!r}, 'w')")
    monkeypatch.chdir(tmp_path)

    with Workers() as pool:
        pool.parse(make_task(WORDS)).result()

    assert not (tmp_path / "was run").exists()


@pytest.mark.posix
@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc")
@pytest.mark.parametrize("order", ["hang", "spin", "grip", ""])
def test_no_worker_outlives_a_parent_that_was_killed(tmp_path: Path, order: str) -> None:
    """Whether it waits, sleeps, works, or is deep inside one instruction."""
    program = (
        "import sys, time; from ingest.pipeline import workers; from tests.test_workers import make_task;"
        "workers.PARSER = 'tests.misbehaving:parse'; pool = workers.Workers();"
        f"future = pool.parse(make_task('tell {tmp_path / 'who'} {order} more words'));"
        "time.sleep(1000)"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT) as parent:
        try:
            for _ in range(300):
                if (tmp_path / "who").exists() and (tmp_path / "who").read_text().endswith("\n"):
                    break
                time.sleep(0.1)
            worker = int((tmp_path / "who").read_text())
        finally:
            parent.kill()  # also when there is no worker, else all wait for its end
    ends = time.monotonic() + PATIENCE

    while alive(worker) and time.monotonic() < ends:
        time.sleep(0.1)

    assert not alive(worker)


NASTY = ["# a\n", "- a\n", "|a|b|\n|-|-|\n", "A: said\n\n", "[a]: b\n", "![", "*a ", "`a``", "<a", "a\n\n"]


@pytest.mark.slow
@pytest.mark.usefixtures("ending")
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
@pytest.mark.parametrize("text", NASTY)
def test_no_light_file_takes_for_ever(text: str, name: str) -> None:
    """The longest that is parsed without a worker, at its worst."""
    task = make_task(text * (LIGHT // len(text)), name)

    with suppress(SourceError):
        parse(task)

    assert task.is_light


def test_settings_do_not_reach_into_a_worker(settings: Settings) -> None:
    """A worker loads what parses, and neither the model nor the index."""
    program = (
        "import sys, ingest.pipeline.worker, ingest.pipeline.parsing;"
        " print({'torch', 'chromadb', 'numpy', 'pydantic'} & {*sys.modules})"
    )

    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"

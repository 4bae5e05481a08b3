"""The web app: first paint against a bare Streamlit page, a question in the browser, and many who ask at once.

    python -m eval.benchmarks.app

Needs Chromium and the development packages. The first paint is from the browser's navigation until the page's heading
is there, each round in a fresh browser context; the server is warm. The first statement is timed from Enter until one
is shown, against one line of `pushback ask -`, warm, of the same question. Sessions at once are browsers' tabs.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

from eval.benchmarks.measuring import PUSHBACK, PYTHON, arguments, fresh_home, in_turn, ratio, run, tell

ROOT = Path(__file__).parents[2]
PAGE, SAMPLE = ROOT / "ui" / "app.py", ROOT / "eval" / "suites" / "sample" / "documents"
HELLO = "import streamlit as st\n\nst.title('Hello')\n"
QUESTION = "How big a discount can an account manager give without asking?"
ROUNDS, ASKED, SESSIONS, SECONDS = 10, 8, 20, 60
LATER = 0.5  # seconds that the browser may add to the first statement


def main() -> None:
    arguments(__doc__)
    with fresh_home() as home, sync_playwright() as playwright:
        run([PUSHBACK, "ingest", "--quiet", "--home", str(home), str(SAMPLE)])
        hello = home / "hello.py"
        hello.write_text(HELLO)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--headless"])
        with serving(PAGE, home) as ours, serving(hello, home) as bare:
            sides = {"ours": lambda: painted(browser, ours), "bare": lambda: painted(browser, bare)}
            in_turn(2, sides)
            seconds = in_turn(ROUNDS, sides)
            held = [ratio(seconds["ours"], seconds["bare"])]
            page = opened(browser, ours)
            asked(page)  # the model is loaded
            alone = sorted(asked(page) for _ in range(ASKED))
            added = median(alone) - median(answered(home))
            errors, several = crowd(browser, ours)
        told = f"{len(several)} answers to {SESSIONS} sessions in {SECONDS} s, {errors} errors"
        print(f"{told}; one session's p50 {median(alone):.2f} s")
        held.append(quantiles(several, n=20)[-1] / median(alone))
        tell("first paint : bare Streamlit", held[0], at_most=2)
        tell("first statement in the browser − `pushback ask`, seconds", added, at_most=LATER)
        tell("errors of sessions at once", errors, at_most=0)
        tell("their p95 : p50 of one session", held[1], at_most=25)


def painted(browser: Browser, address: str) -> None:
    page = opened(browser, address)
    page.context.close()


def opened(browser: Browser, address: str) -> Page:
    page = browser.new_context().new_page()
    page.set_default_timeout(120_000)
    page.goto(address)
    page.get_by_role("heading", level=1).first.wait_for()
    return page


def asked(page: Page) -> float:
    """Seconds from Enter to the first statement, of a new conversation."""
    page.get_by_role("button", name="New conversation").click()
    page.get_by_role("heading", name="Ask your documents").wait_for()
    started = send(page)
    page.locator(".arriving, .said").first.wait_for()
    return time.perf_counter() - started


def send(page: Page) -> float:
    box = page.get_by_placeholder("Ask your documents")
    box.fill(QUESTION)
    started = time.perf_counter()
    box.press("Enter")
    return started


def answered(home: Path) -> list[float]:
    """Seconds of each warm line of `pushback ask -`."""
    with subprocess.Popen(
        [PUSHBACK, "ask", "-", "--json", "--home", str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        seconds = []
        for _ in range(ASKED + 1):
            started = time.perf_counter()
            process.stdin.write(json.dumps({"question": QUESTION}) + "\n")
            process.stdin.flush()
            process.stdout.readline()
            seconds.append(time.perf_counter() - started)
        process.stdin.close()
    return seconds[1:]


def crowd(browser: Browser, address: str) -> tuple[int, list[float]]:
    """Errors shown, and seconds of each answer, of ``SESSIONS`` that ask again as soon as they are answered."""
    pages = [opened(browser, address) for _ in range(SESSIONS)]
    waiting = {page: (send(page), 1) for page in pages}
    seconds: list[float] = []
    end = time.perf_counter() + SECONDS
    while waiting:
        for page, (started, turns) in list(waiting.items()):
            if page.get_by_text("Searched ").count() < turns and not failed(page):
                continue
            seconds.append(time.perf_counter() - started)
            if time.perf_counter() < end and not failed(page):
                waiting[page] = (send(page), turns + 1)
            else:
                del waiting[page]
        if time.perf_counter() > end + 120:
            break
    return sum(map(failed, pages)) + len(waiting), seconds


def failed(page: Page) -> bool:
    return page.locator('[role="alert"], .stException').count() > 0


@contextmanager
def serving(page: Path, home: Path) -> Iterator[str]:
    """The address of a Streamlit page, for the length of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [PYTHON, "-m", "streamlit", "run", str(page), f"--server.port={port}", "--server.headless=true"]
    server = subprocess.Popen(
        [*command, "--server.address=127.0.0.1", "--browser.gatherUsageStats=false", "--server.fileWatcherType=none"],
        env={**os.environ, "PUSHBACK_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            try:
                urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5).close()
                break
            except OSError:
                time.sleep(0.2)
        else:
            sys.exit(f"The server of {page} did not start.")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


if __name__ == "__main__":
    main()

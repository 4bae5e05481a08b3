"""Measures the web app in a browser: the first paint against a bare Streamlit page, and the time to an answer.

    python -m eval.benchmarks.app

It needs Chromium and the development packages. The first paint is the time from navigation until the page's heading is
shown, each round in a fresh browser context; the server is warm. The time to an answer is the time from Enter until the
first statement is shown; it is compared with the time of the same question in a warm `pushback ask -`. For many users
at once, see `eval.benchmarks.sessions`.
"""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from eval.benchmarks.measuring import (
    APP,
    PUSHBACK,
    SAMPLE,
    Server,
    arguments,
    fresh_home,
    in_turn,
    ratio,
    run,
    serving,
    tell,
)

HELLO = "import streamlit as st\n\nst.title('Hello')\n"
QUESTION = "How big a discount can an account manager give without asking?"
ROUNDS, ASKED = 10, 8  # paints and questions: a browser takes seconds for each
LATER = 0.5  # seconds that the browser may add to the first statement: a guess at what is not noticed


def main() -> None:
    arguments(__doc__)
    with fresh_home() as home, sync_playwright() as playwright:
        run([PUSHBACK, "ingest", "--quiet", "--home", str(home), str(SAMPLE / "documents")])
        hello = home / "hello.py"
        hello.write_text(HELLO)
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--headless"])
        with serving(APP, home) as app, serving(hello, home) as bare:
            ours = address(app)
            sides = {"ours": lambda: painted(browser, ours), "bare": lambda: painted(browser, address(bare))}
            in_turn(2, sides)
            seconds = in_turn(ROUNDS, sides)
            page = opened(browser, ours)
            asked(page)  # the model is loaded
            alone = sorted(asked(page) for _ in range(ASKED))
            added = median(alone) - median(answered(home))
        print(f"first statement in the browser, p50 {median(alone):.2f} s")
        tell("first paint : bare Streamlit", ratio(seconds["ours"], seconds["bare"]), at_most=2)
        tell("first statement in the browser − `pushback ask`, seconds", added, at_most=LATER)


def address(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


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
    """Ask the benchmark's question on the page of the web app, in a new conversation. Returns the seconds from pressing
    Enter until the first statement of the answer is shown.
    """
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
    """Ask the benchmark's question ``ASKED`` times in one process of `pushback ask -`, over the library in the folder
    ``home``. Returns the seconds that each answer took. Before that, the process answers the question once while it is
    still starting; the time of this answer is not returned.
    """
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


if __name__ == "__main__":
    main()

"""Draws the pictures of the documentation: all of them, or those that are named, as in ``… eval.scripts.pictures
chat``.

It ingests the sample documents into a new library, and takes pictures of the web app in a browser. Run ``python -m
eval.scripts.pictures`` again after a change of the models or of the pages. It needs Debian's chromium.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLE = "eval/suites/sample/documents"
SUITE = "eval/suites/sample/suite.yaml"
IMAGES = ROOT / "docs" / "images"
QUESTION = "How big a discount can an account manager give without asking?"  # these two as the README has them
IDEA = "Hire ten more people for cold calling, since calls are how we reach new accounts."
WIDTH, HEIGHT = 1440, 900
COLOURS = 128  # enough for a page without photographs; a third of the bytes
WAIT = 900_000  # milliseconds, for a busy machine that prepares its readers


def main(names: list[str]) -> None:
    """Draw the documentation's pictures with these names, and write them to ``docs/images``; if no names are given,
    draw all pictures.
    """
    drawn = names or list(PICTURES)
    if unknown := sorted(set(drawn) - set(PICTURES)):
        sys.exit(f"There is no picture {unknown[0]!r}. There are: {', '.join(PICTURES)}.")
    chromium = shutil.which("chromium") or sys.exit("There is no chromium here (Debian: apt-get install chromium).")
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--headless"])
        for name in drawn:
            context = browser.new_context(color_scheme="light", viewport={"width": WIDTH, "height": HEIGHT})
            page = context.new_page()
            page.set_default_timeout(WAIT)
            _write(name, PICTURES[name](page, Path(home)))
            context.close()
        browser.close()


def _chat(page: Page, home: Path) -> bytes:
    """A picture of an answer, and beside it the cited document, open at the quoted words."""
    page.set_viewport_size({"width": WIDTH, "height": 1280})  # so that question and sources are on it
    with _served(home) as address:
        page.goto(address)
        box = page.get_by_placeholder("Ask your documents")
        box.fill(QUESTION)
        box.press("Enter")
        page.get_by_text(re.compile(r"^Searched \d")).wait_for()
        page.locator('[class*="st-key-cited-said"]').get_by_role("button").first.click()
        page.locator("mark.cited").first.wait_for()
        _settle(page)
        return page.screenshot()


def _verdict(page: Page, home: Path) -> bytes:
    """A picture of the first screen of a verdict."""
    with _served(home) as address:
        page.goto(f"{address}/pressure-test")
        field = page.get_by_label("Your idea")
        field.fill(IDEA)
        field.press("Tab")
        page.locator(".st-key-looked-at li").first.wait_for()
        page.get_by_role("button", name="Put it to the test").click()
        page.wait_for_url(re.compile(r"verdict=\w+$"))
        page.get_by_role("heading", name="What it rests on").wait_for()
        _settle(page)
        return page.screenshot()


def _report(page: Page, home: Path) -> bytes:
    """A picture of the first screen of the HTML report on a run of the sample suite."""
    out = home / "eval"
    _pushback(home, "eval", "run", SUITE, "--out", str(out), check=False)
    page.set_viewport_size({"width": 1180, "height": 1500})
    page.goto(next(out.rglob("report.html")).as_uri())
    return page.screenshot()


PICTURES: dict[str, Callable[[Page, Path], bytes]] = {"chat": _chat, "verdict": _verdict, "report": _report}


@contextmanager
def _served(home: Path) -> Iterator[str]:
    """Serve the web app over the sample documents until the end of the block; yields its address."""
    _pushback(home, "ingest", "--if-empty", SAMPLE)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(_command("ui", "--port", str(port)), cwd=ROOT, env=_environment(home))  # noqa: S603 - ours
    try:
        while server.poll() is None and not _answers(f"{address}/_stcore/health"):
            time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait()


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=5):  # noqa: S310 - our own server
            return True
    except (URLError, ConnectionError, TimeoutError):
        return False


def _pushback(home: Path, *arguments: str, check: bool = True) -> None:
    subprocess.run(_command(*arguments), cwd=ROOT, env=_environment(home), check=check)  # noqa: S603 - our own program


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "ui.cli", *arguments]


def _environment(home: Path) -> dict[str, str]:
    """The environment variables for Pushback, without the settings of the user who runs this."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("PUSHBACK_")}
    return {**others, "PUSHBACK_HOME": str(home)}


def _settle(page: Page) -> None:
    """Wait until the page has run, and until its colours and positions no longer change."""
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    page.wait_for_timeout(3_000)
    page.mouse.move(0, 0)
    page.wait_for_timeout(1_000)


def _write(name: str, picture: bytes) -> None:
    """Write a picture with few colours, so that its file is small."""
    file = IMAGES / f"{name}.png"
    with Image.open(io.BytesIO(picture)) as drawn:
        drawn.convert("RGB").quantize(COLOURS).save(file, optimize=True)
    sys.stderr.write(f"{file.relative_to(ROOT)}: {file.stat().st_size / 1000:.0f} kB\n")


if __name__ == "__main__":
    main(sys.argv[1:])

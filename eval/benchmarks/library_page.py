"""Measures how soon the library page can be used with ten thousand documents: from the first paint to a table that can
be searched.

The documents are written straight into the catalog, since only the page is measured. The server is restarted, and
Debian's Chromium visits the page. The program prints the seconds from the page's heading to its table, the seconds that
a search takes, and those of the catalog query alone.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

import numpy as np

from assistant.build import build_embedder
from assistant.library.library import Library
from assistant.library.places import CATALOG, in_file
from assistant.library.records import DocumentRow
from assistant.library.writer import row
from assistant.model.embedding import Embedding
from assistant.settings import Settings
from assistant.types import About, Block, BlockKind, Document, Passage, Sentence

BAR = 2.0  # seconds from paint to usable: a guess at what people wait
TOPICS = "price reach brand churn launch event channel budget partner survey".split()
KINDS = ("text/html", "application/pdf", "text/markdown", "text/plain")
BATCH = 500  # documents written at a time


def document(number: int, folder: Path) -> DocumentRow:
    """Make the document with this number: a hundred words in two passages. Each number gives different words.
    ``folder`` is stored as the folder of the document's file, but no file is written.
    """
    topic = TOPICS[number % len(TOPICS)]
    halves = [
        " ".join(f"{topic} {(number * 7919 + part * 104_729 + step * step) % 99_991}" for step in range(25))
        for part in range(2)
    ]
    text = "\n\n".join(halves)
    about = About(
        f"{number:010x}", f"{topic}/{number:05}.html", f"{number:064x}", KINDS[number % len(KINDS)],
        f"On {topic}, part {number:,}", f"Author {number % 97}", f"20{10 + number % 16}-0{1 + number % 9}", "en",
        "example.org",
    )  # fmt: skip
    spans = [(0, len(halves[0])), (len(halves[0]) + 2, len(text))]
    blocks = tuple(Block(BlockKind.PARAGRAPH, *span) for span in spans)
    passages = tuple(
        Passage(f"{number}-{at}", about, *span, text[slice(*span)], (Sentence(*span, BlockKind.PARAGRAPH),))
        for at, span in enumerate(spans)
    )
    flat = np.full(384, 384**-0.5, np.float32)
    rows = tuple(row(one, Embedding(flat, flat[None])) for one in passages)
    return DocumentRow(Document(about, text, blocks), str(folder / about.source), len(text), 1, rows)


def fill(settings: Settings, many: int) -> None:
    """Write ``many`` made-up documents into the database of the library that ``settings`` name, without ingesting any
    files. The folder of this library must not exist yet.
    """
    settings.folder.mkdir(parents=True)
    catalog = in_file(settings.folder / CATALOG, settings.passage_words)
    for start in range(0, many, BATCH):
        catalog.put([document(number, settings.home) for number in range(start, min(many, start + BATCH))])
    catalog.close()


def measure(address: str, many: int) -> dict[str, float]:
    """Open the library page at ``address`` in a browser, and search in it. Returns three durations in seconds:
    ``paint to table`` and ``paint to usable``, which begin when the heading appears and end when the table and the
    search box are shown, and ``a search``, which begins before the search is typed and ends when its result is shown.
    ``many`` is the number of documents in the library.
    """
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--headless", "--disable-gpu"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(120_000)
        page.goto(f"{address}/library")
        page.get_by_role("heading", name="Library").wait_for()
        painted = time.perf_counter()
        page.locator('[data-testid="stDataFrame"] canvas').first.wait_for()
        table = time.perf_counter() - painted
        box = page.get_by_placeholder("Find by title, author or file")
        box.wait_for()
        usable = time.perf_counter() - painted
        started = time.perf_counter()
        box.fill("brand 97")
        box.press("Enter")
        page.get_by_text(f" of {many:,} documents").wait_for()
        found = time.perf_counter() - started
        chromium.close()
    return {"paint to table": table, "paint to usable": usable, "a search": found}


def main() -> None:
    """Write a library of made-up documents, serve it, open its page twice, and print the durations that ``measure``
    returns each time. The exit code is 1 if the second ``paint to usable`` is longer than ``BAR`` seconds.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--many", type=int, default=10_000)
    many = parser.parse_args().many
    with TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        started = time.perf_counter()
        fill(settings, many)
        print(f"{many:,} documents written in {time.perf_counter() - started:.0f} s", flush=True)
        with Library.open(settings, build_embedder(settings)) as library:
            started = time.perf_counter()
            library.listed()
            print(f"listed in {time.perf_counter() - started:.2f} s", flush=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        app = Path(__file__).parents[2] / "ui" / "app.py"
        called = [sys.executable, "-m", "streamlit", "run", str(app), f"--server.port={port}", "--server.headless=true"]
        server = subprocess.Popen(
            called, env={**os.environ, "PUSHBACK_HOME": home}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(f"{address}/_stcore/health")
            for visit in ("first", "second"):
                told = measure(address, many)
                print(f"{visit} visit: " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in told.items()))
        finally:
            server.terminate()
            server.wait()
    print(f"paint to usable: {told['paint to usable']:.2f} s, bar {BAR} s")
    sys.exit(told["paint to usable"] > BAR)


def wait_for(address: str) -> None:
    """Wait until the server at this address answers. Exits the program if it does not answer in time."""
    for _ in range(600):
        try:
            with urlopen(address, timeout=5):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    raise SystemExit("the server did not start")


if __name__ == "__main__":
    main()

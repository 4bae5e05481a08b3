"""A real browser in front of a real server: Debian's Chromium, and Streamlit over a library of three documents."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from assistant.library.library import Library
from assistant.model.embedding import Embedder, SentenceTransformerEmbedder
from assistant.settings import Settings
from ingest.sync import sync
from ui.screens.pages import PAGES

ROOT = Path(__file__).parent.parent.parent
FLAGS = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

HOSTILE = (
    '<script>alert(1)</script> <img src="http://far.example/a.png" onerror="alert(2)"> '
    "![seen](http://far.example/b.png) [link](http://far.example) $x^2$ :smile: :red[hot] **bold**"
)
DOCUMENTS = {
    "campaign-review.md": (
        "# Review of the spring campaign\n\nBy the Marketing Manager, 4 June 2024\n\n## What it brought\n\n"
        "The spring campaign cost €42,000 and brought 310 qualified leads. Most of them came in the first week.\n\n"
        "## What we would do again\n\nThe letter to former customers was opened by half of those who received it. "
        "Two of the larger orders began with it.\n\n"
        "The radio spots were heard by many and remembered by few.\n"
    ),
    "onboarding.txt": (
        "Onboarding in the first month\n\nNew customers receive a call on the third day. The call is made by the "
        "person who signed the contract, and it lasts a quarter of an hour.\n\nCustomers who were called renewed more "
        "often than those who received a message.\n"
    ),
    "launch <b>note $y$.txt": (
        f"Launch of Bramble\n\nThe launch of Bramble is planned for the ninth of May in Antwerp.\n\n{HOSTILE}\n"
    ),
}

SCHEMES: tuple[Literal["dark"], Literal["light"]] = ("dark", "light")

expect.set_options(timeout=60_000)  # milliseconds; a loaded machine is slow, and what is waited for comes


class Visit(NamedTuple):
    """A page, the address of the app, and what the page did that it should not."""

    page: Page
    address: str
    requests: list[str]
    dialogs: list[str]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests here; each visitor has a context of their own in it."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("there is no chromium on this machine (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


class App(NamedTuple):
    """The app as it is served, and the home of its library."""

    address: str
    home: Path


@pytest.fixture(scope="package")
def shared(
    sentence_transformer: SentenceTransformerEmbedder, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[App]:
    """The app over our documents, for all modules that need no others."""
    with serving(DOCUMENTS, sentence_transformer, tmp_path_factory) as app:
        yield app


@pytest.fixture(scope="module")
def served(
    request: pytest.FixtureRequest,
    sentence_transformer: SentenceTransformerEmbedder,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """The address of the app, over the module's ``SERVED`` documents by a server of its own, or else over ours.

    Ours are shared, and what visitors left in the library is taken out when the module is done.
    """
    own: dict[str, str] | None = getattr(request.module, "SERVED", None)
    if own is not None:
        with serving(own, sentence_transformer, tmp_path_factory) as app:
            yield app.address
        return
    app = request.getfixturevalue("shared")
    yield app.address
    with Library.open(Settings(home=app.home), sentence_transformer) as library:
        for conversation in library.conversations.listed():
            library.conversations.delete(conversation.id)
        for verdict in library.verdicts.listed():
            library.verdicts.remove(verdict.id)
        with library.writing() as writer:
            writer.remove(sorted(library.known([str(app.home)])))  # dropped files are kept there
    shutil.rmtree(app.home / "default" / "uploads", ignore_errors=True)


@contextmanager
def serving(documents: dict[str, str], embedder: Embedder, folders: pytest.TempPathFactory) -> Iterator[App]:
    """Streamlit over a library of these documents; without any, there is no library either."""
    folder, home = folders.mktemp("documents"), folders.mktemp("home")
    for name, text in documents.items():
        (folder / name).write_text(text, encoding="utf-8")
    settings = Settings(home=home)
    if documents:
        with Library.open(settings, embedder, create=True) as library:
            assert not sync([folder], library, settings, embedder).failed
    log = home / "streamlit.log"
    port = _free_port()
    with log.open("w") as output:
        flags = [f"--server.port={port}", "--server.headless=true"]
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(ROOT / "ui" / "app.py"), *flags],
            cwd=home,
            env={**os.environ, "PUSHBACK_HOME": str(home)},
            stdout=output,
            stderr=output,
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/_stcore/health", log)
        yield App(f"http://127.0.0.1:{port}", home)
    finally:
        server.terminate()
        server.wait(timeout=60)


@pytest.fixture
def visit(browser: Browser, served: str) -> Iterator[Visit]:
    """A fresh visitor on the first page."""
    with visitor(browser, served) as seen:
        yield seen


@contextmanager
def visitor(browser: Browser, served: str, width: int = 1280) -> Iterator[Visit]:
    """Somebody with a browser of their own, on the first page; nothing of ours is what its policy forbids."""
    context = browser.new_context(
        color_scheme="light", viewport={"width": width, "height": 900 if width > 500 else 740}
    )
    seen = Visit(context.new_page(), served, [], [])
    seen.page.set_default_timeout(60_000)
    seen.page.on("request", lambda request: seen.requests.append(request.url))
    seen.page.on("dialog", lambda dialog: (seen.dialogs.append(dialog.message), dialog.dismiss()))
    forbidden: list[str] = []
    seen.page.on(
        "console", lambda told: forbidden.append(told.text) if "Content Security Policy" in told.text else None
    )
    seen.page.goto(served)
    yield seen
    context.close()
    assert forbidden == []


def ask(page: Page, question: str) -> None:
    """Ask, and wait until the whole answer is there."""
    answers = page.get_by_text(re.compile(r"^Searched \d"))
    before = answers.count()
    box = page.get_by_placeholder("Ask your documents")
    box.fill(question)
    box.press("Enter")
    expect(answers).to_have_count(before + 1, timeout=120_000)


def settle(page: Page) -> None:
    """Wait until the page has run."""
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    page.wait_for_timeout(500)  # and the browser has drawn it


def themed(page: Page, scheme: Literal["light", "dark"]) -> None:
    """Show the page by day or by night, and wait until its colours have faded to that."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(
        "scheme => getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme === scheme && "
        "document.getAnimations().every(one => one.playState !== 'running' || "
        "one.effect.getComputedTiming().endTime === Infinity)",  # what turns for ever is not waited for
        arg=scheme,
    )


def picture(page: Page, artifacts: Path, name: str) -> None:
    """The page as it looks by night and by day."""
    for scheme in SCHEMES:
        themed(page, scheme)
        page.screenshot(path=artifacts / f"{name}-{scheme}.png")


def serious(page: Page, where: str) -> list[str]:
    """What axe-core finds that keeps people out, by day and by night."""
    found = []
    for scheme in SCHEMES:
        themed(page, scheme)
        for one in Axe().run(page).response["violations"]:
            if one["impact"] in ("serious", "critical"):
                nodes = "; ".join(node["html"][:160] for node in one["nodes"][:3])
                found.append(f"{where} ({scheme}): {one['id']}: {nodes}")
    return found


def every_page(address: str) -> list[str]:
    """The addresses of all pages."""
    return [f"{address}/{path}" for _, _, path in PAGES.values()]


@pytest.fixture(scope="session")
def artifacts() -> Path:
    """Where screenshots go; CI keeps them."""
    folder = ROOT / "artifacts"
    folder.mkdir(exist_ok=True)
    return folder


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, log: Path) -> None:
    for _ in range(300):
        try:
            with urlopen(address, timeout=5):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    pytest.fail(f"the server did not start:\n{log.read_text()}")

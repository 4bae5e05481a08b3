"""What painting a page costs: of an empty library, no model and none of the heavy libraries."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.build import build_embedder
from assistant.library.library import Library
from assistant.settings import Settings
from tests.test_architecture import ROOT

HEAVY = ("torch", "transformers", "sentence_transformers", "chromadb", "langchain", "langchain_core", "docx")
PAINT = """
import json, sys
from streamlit.testing.v1 import AppTest
from ui.parts.page import nearby
nearby.connection = lambda: nearby.Connection("127.0.0.1", {"Host": "localhost"})
page = AppTest.from_file("ui/page.py", default_timeout=120).run()
assert not page.exception, page.exception
told = " ".join(element.body for element in page.get("html"))
print(json.dumps([sorted(sys.modules), "No documents yet" in told]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("there", [False, True])
def test_the_first_page_of_an_empty_library_loads_nothing_heavy(there: bool, home: Path) -> None:
    if there:
        settings = Settings(home=home)
        Library.open(settings, build_embedder(settings), create=True).close()

    ran = subprocess.run(
        [sys.executable, "-c", PAINT],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=180,
        env={**os.environ, "PUSHBACK_HOME": str(home)},
    )

    loaded, says_so = json.loads(ran.stdout.splitlines()[-1])
    assert says_so
    assert set(loaded) & set(HEAVY) == set()

"""What a server counts for Prometheus, and its log as lines of JSON: no text of anybody, no name that others choose."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from assistant.settings import Settings
from tests.api_server import ANN, TOKENS, Served, by, fill, serving
from ui.web import logs


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("home")
    fill(Settings(home=home), home / "suite")
    with serving(home, TOKENS) as server:
        yield server


def counted(served: Served) -> dict[tuple[str, ...], float]:
    """Each sample by its name and its labels' values."""
    text = served.get("/metrics", **by(ANN)).text
    families = text_string_to_metric_families(text)
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def test_requests_stages_and_jobs_are_counted(served: Served) -> None:
    before = counted(served)["pushback_jobs", "done"]  # of this process, which is that of other tests, too
    question = {"question": "What did the Runabout cost in 1925?"}
    assert served.post("/v1/ask", question, **by(ANN)).status_code == 200
    said = {"model": "default", "messages": [{"role": "user", "content": question["question"]}]}
    assert served.post("/v1/chat/completions", said, **by(ANN)).status_code == 200
    served.ended(
        served.post("/v1/challenge", {"idea": "A cheaper Runabout will reach more people."}, **by(ANN)), **by(ANN)
    )
    served.get("/v1/nothing/that/is/ours")

    found = counted(served)

    assert found["pushback_requests_total", "POST", "/v1/ask", "200"] == 1
    assert found["pushback_requests_total", "GET", "other", "401"] == 1
    assert found["pushback_request_seconds_count", "/v1/ask"] == 1
    assert found["pushback_stage_seconds_count", "search"] == 2
    assert found["pushback_stage_seconds_sum", "search"] > 0
    assert found["pushback_jobs", "done"] == before + 1
    assert found["pushback_waiting",] == 0
    assert not [name for name in map(str, found) if "Runabout" in name or "nothing" in name]


def test_counts_are_for_those_who_have_a_token(served: Served) -> None:
    assert served.get("/metrics").status_code == 401
    assert "/metrics" not in served.get("/openapi.json").json()["paths"]


def test_a_record_is_one_line_of_json_with_its_error() -> None:
    try:
        int("two\nlines")
    except ValueError:
        record = logging.LogRecord("ui.x", logging.ERROR, "", 0, "it %s", ("failed\nhere",), sys.exc_info())
    record.told = {"path": "/v1/ask"}

    line = logs.JsonLines().format(record)

    told = json.loads(line)
    assert "\n" not in line
    assert (told["level"], told["logger"], told["message"], told["path"]) == (
        "error",
        "ui.x",
        "it failed\nhere",
        "/v1/ask",
    )
    assert told["error"].endswith("ValueError: invalid literal for int() with base 10: 'two\\nlines'")
    assert told["time"].endswith("+00:00")


def test_the_log_is_json_only_where_it_is_asked_for(home: Path) -> None:
    assert Settings(home=home).logs == "text"

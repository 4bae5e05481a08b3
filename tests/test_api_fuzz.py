"""Requests made of the OpenAPI, fitting and not: none breaks the server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.generation import GenerationMode

from assistant.settings import Settings
from tests.api_server import PATIENCE, Served, fill, serving

EXAMPLES = 12  # for each operation


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("home")
    fill(Settings(home=home), home / "suite")
    with serving(home) as server:
        yield server


@pytest.mark.slow
@pytest.mark.parametrize("fits", list(GenerationMode))
def test_no_request_makes_the_server_fail(served: Served, fits: GenerationMode) -> None:
    schema = schemathesis.openapi.from_url(f"{served.url}/openapi.json")
    asked: Counter[str] = Counter()
    failed: list[tuple[str, int, str, str]] = []
    for found in schema.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy(generation_mode=fits))
        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        def tried(case: Any) -> None:
            response = case.call(timeout=PATIENCE)
            asked[case.operation.label] += 1
            if response.status_code >= 500:
                failed.append((case.operation.label, response.status_code, response.text, case.as_curl_command()))

        with suppress(Unsatisfiable):  # what takes nothing cannot be asked wrongly
            tried()

    assert failed == []
    assert len(asked) > 8


@pytest.mark.slow
def test_every_route_is_described_with_its_errors_and_its_token(served: Served) -> None:
    told = served.get("/openapi.json").json()
    asked = {path: operation for path, each in told["paths"].items() for operation in each.values() if "/v1" in path}

    assert len(asked) >= 12
    for path, operation in asked.items():
        assert operation["summary"], path
        assert operation["description"], path
        assert operation["security"], path
        assert {"401", "422", "429"} <= set(operation["responses"]), path

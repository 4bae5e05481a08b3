"""The Model Context Protocol's server, by a real client: over stdio as it runs, and in one process for its errors."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from assistant.build import Assistant
from assistant.errors import SettingsError
from assistant.library.library import Library
from assistant.model.embedding import SentenceTransformerEmbedder
from assistant.settings import Settings
from ingest.sync import sync
from tests.fakes import WordEmbedder
from ui import mcp_server


def data(result: Any) -> Any:
    assert not result.is_error, result.content
    return result.structured_content


def test_three_tools_are_offered_and_none_changes_a_thing(library: Library, embedder: WordEmbedder) -> None:
    async def asked() -> Any:
        async with Client(mcp_server.server(Assistant(library, embedder))) as client:
            return (await client.list_tools()).tools

    tools = asyncio.run(asked())

    assert sorted(tool.name for tool in tools) == ["ask", "challenge", "search"]
    assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [("ask", {"question": " "}), ("challenge", {"idea": "?!"}), ("search", {"query": "", "k": 3})],
)
def test_what_cannot_be_asked_is_told_with_its_remedy(
    library: Library, embedder: WordEmbedder, tool: str, arguments: dict[str, Any]
) -> None:
    async def asked() -> Any:
        async with Client(mcp_server.server(Assistant(library, embedder))) as client:
            return await client.call_tool(tool, arguments)

    result = asyncio.run(asked())

    assert result.is_error
    assert "Traceback" not in result.content[0].text


def test_without_the_sdk_its_install_line_is_named(
    library: Library, embedder: WordEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Missing:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "mcp" or name.startswith("mcp."):
                raise ModuleNotFoundError(name="mcp")

    for name in [name for name in sys.modules if name == "mcp" or name.startswith("mcp.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])

    with pytest.raises(SettingsError) as error:
        mcp_server.server(Assistant(library, embedder))

    assert 'pip install -e ".[mcp]"' in error.value.hint


@pytest.mark.slow
def test_a_client_over_stdio_searches_asks_and_challenges(
    tmp_path: Path, sentence_transformer: SentenceTransformerEmbedder
) -> None:
    """The whole way: a process of its own, the real model, and a client that knows nothing of us."""
    (tmp_path / "lamp.txt").write_text("The price of the blue lamp is forty dollars. The blue lamp is made of brass.\n")
    settings = Settings(home=tmp_path / "home")
    with Library.open(settings, sentence_transformer, create=True) as library:
        sync([tmp_path / "lamp.txt"], library, settings, sentence_transformer)
    command = ["-m", "ui.cli", "--home", str(settings.home), "mcp"]

    async def asked() -> list[Any]:
        server = StdioServerParameters(command=sys.executable, args=command, cwd=Path(__file__).parents[1])
        async with Client(server) as client:
            return [
                data(await client.call_tool("search", {"query": "blue lamp", "k": 1})),
                data(await client.call_tool("ask", {"question": "What is the price of the blue lamp?"})),
                data(await client.call_tool("challenge", {"idea": "Sell the blue lamp at a price of forty dollars."})),
            ]

    found, answer, verdict = asyncio.run(asked())

    assert [hit["source"] for hit in found["hits"]] == ["lamp.txt"]
    assert "forty dollars" in json.dumps(answer["statements"])
    assert verdict["assumptions"][0]["text"].startswith("Sell the blue lamp")

"""Settings as a page shows them."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.settings import Settings
from ui.views import present_settings
from ui.views.present_settings import SettingLine


def test_each_setting_says_what_sets_it() -> None:
    settings = Settings(home=Path("/here"), library="mine", model="ollama:small")

    told = present_settings.lines(settings, {"home": "PUSHBACK_HOME", "model": "a.toml"}, frozenset({"library"}))

    assert told[:4] == [
        SettingLine("Folder that holds the libraries", str(Path("/here")), "PUSHBACK_HOME"),
        SettingLine("The library", "mine", "this page"),
        SettingLine("The model that writes", "ollama:small", "a.toml"),
        SettingLine("How a model is asked to reply", "auto", "default"),
    ]
    assert len(told) == len(Settings.model_fields)


@pytest.mark.parametrize(
    ("model", "lacks_key", "told"),
    [
        (None, False, "Quotes only"),
        ("none", False, "Quotes only"),
        ("openai:gpt", True, "Quotes only, since openai:gpt needs a key"),
        ("gguf:/home/ann/small.gguf", False, "Written by gguf:small.gguf"),
        ("http://ann:pw@host:8/v1?key=s#a/b", False, "Written by a/b at host:8"),
        ("http://host:8/v1", False, "Written by the model at host:8"),
    ],
)
def test_what_answers_now_is_told_in_a_line(model: str | None, lacks_key: bool, told: str) -> None:
    assert present_settings.answers(Settings(model=model), lacks_key=lacks_key) == told

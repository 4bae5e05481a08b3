"""Settings as a page shows them."""

from __future__ import annotations

from pathlib import Path

from assistant.settings import Settings
from ui import present_settings
from ui.present_settings import Line


def test_each_setting_says_what_sets_it() -> None:
    settings = Settings(home=Path("/here"), library="mine", model="ollama:small")

    told = present_settings.lines(settings, {"home": "PUSHBACK_HOME", "model": "a.toml"}, frozenset({"library"}))

    assert told[:4] == [
        Line("Where libraries lie", str(Path("/here")), "PUSHBACK_HOME"),
        Line("The library", "mine", "this page"),
        Line("The model that writes", "ollama:small", "a.toml"),
        Line("How a model is asked to reply", "auto", "as it comes"),
    ]
    assert len(told) == len(Settings.model_fields)

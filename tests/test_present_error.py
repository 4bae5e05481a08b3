"""What went wrong, in the words of the pages."""

from __future__ import annotations

import inspect

import pytest

from assistant import errors
from assistant.errors import ModelDenied, PushbackError, SettingsError
from assistant.settings import load
from ui.views.present_error import COMMANDS, HINTS, RUNS, for_users

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, PushbackError)]


@pytest.mark.parametrize("kind", KINDS)
def test_no_error_tells_a_page_of_commands(kind: type[PushbackError]) -> None:
    assert not COMMANDS.search(for_users(kind("It is so.")).todo)
    assert not any(COMMANDS.search(hint) for hint in (RUNS, *HINTS.values()))


def test_a_hint_that_can_be_followed_on_a_page_stays() -> None:
    assert for_users(SettingsError("A key was typed.", hint="Name the model that the key is for.")) == (
        "A key was typed.",
        "Name the model that the key is for.",
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_of_the_command_line_is_told_in_other_words(kind: type[PushbackError]) -> None:
    error = kind("No such model. Run `pushback doctor --model NAME`, or set OPENAI_API_KEY.")

    assert not COMMANDS.search(for_users(error).what)
    assert for_users(error).what.endswith(".")


def test_a_message_that_can_be_read_on_a_page_stays() -> None:
    assert for_users(errors.SourceError("The file letter.pdf has no text.")).what == "The file letter.pdf has no text."


def test_a_providers_own_words_are_left_out_and_kept_for_the_log() -> None:
    error = ModelDenied("The model m cannot be used.", details="Error code: 404 - {'error': 'no such model'}")

    assert str(error) == "The model m cannot be used: Error code: 404 - {'error': 'no such model'}"
    assert for_users(error).what == "The model m cannot be used."


def test_no_pattern_of_those_who_check_settings_is_shown() -> None:
    with pytest.raises(SettingsError) as error:
        load({"library": "/"}, environ={})

    assert for_users(error.value).what == "The settings do not hold: library is not of the form that is needed."

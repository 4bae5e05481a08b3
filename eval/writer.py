"""The model that writes, in a run: from its recorded replies, or live and recorded."""

from __future__ import annotations

from assistant import providers
from assistant.errors import SettingsError
from assistant.model import MOST_TOKENS, Model
from assistant.settings import Settings
from eval.replay import Budget, Recording, RecordingChat, ReplayedChat, ReplyMissing
from eval.run import Wrap

RECORDED = "--profile llm-replay or llm-live"


def recorded(settings: Settings, recording: Recording, *, live: bool, budget: Budget) -> ReplayedChat:
    """The chat model that the settings name: what was recorded of it, and live what was not.

    Raises:
        SettingsError, ModelUnavailable: a live one cannot be opened.
    """
    name = settings.writer or ""
    if not live:
        return ReplayedChat(model=name, recording=recording)
    chat = providers.open_chat(name, seconds=settings.model_timeout, most_tokens=MOST_TOKENS).chat
    return RecordingChat(model=name, recording=recording, chat=chat, budget=budget)


def wrap(settings: Settings, chat: ReplayedChat) -> Wrap:
    """What is measured: the assistant, its answers written by the model."""
    model = Model(settings, chat)
    return lambda assistant: assistant.with_model(model)


def check(settings: Settings, profile: str, jobs: int) -> None:
    """Raises SettingsError where a model is named that the run would not ask, or could not share."""
    if settings.writer and profile == "offline":
        raise SettingsError("The profile offline asks no model.", hint=f"Leave --model out, or say {RECORDED}.")
    if settings.writer and jobs > 1:
        raise SettingsError("A model's replies are recorded by one process.", hint="Leave --jobs out.")


def check_whole(chat: ReplayedChat) -> None:
    """Raises ReplyMissing where a reply was not recorded: the answer was then the quoting writer's."""
    if chat.missing:
        raise ReplyMissing(f"{chat.missing} replies of {chat.model} are not recorded, so this run is not the model's.")

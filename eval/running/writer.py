"""The chat model of a run: it replays recorded replies, or is called live and recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.build import Assistant
from assistant.errors import SettingsError
from assistant.model import providers
from assistant.model.chat import MOST_TOKENS, Model
from assistant.settings import Settings
from eval.running.records import Json, Record
from eval.running.replay import Budget, Recording, RecordingChat, ReplayedChat, ReplyMissing
from eval.running.systems import System

RECORDED = "--profile llm-replay or llm-live"


def recorded(settings: Settings, recording: Recording, *, live: bool, budget: Budget) -> ReplayedChat:
    """Open a stand-in for the chat model that the settings name. The stand-in gives the replies in ``recording``. If a
    reply is not recorded, the stand-in calls the real model with ``live``, within the ``budget`` of calls and tokens;
    without ``live``, it fails.

    Raises:
        SettingsError, ModelUnavailable: the real model cannot be opened.
    """
    name = settings.writer or ""
    if not live:
        return ReplayedChat(model=name, recording=recording)
    chat = providers.open_chat(name, seconds=settings.model_timeout, most_tokens=MOST_TOKENS).chat
    return RecordingChat(model=name, recording=recording, chat=chat, budget=budget)


@dataclass
class Written:
    """The chat model of a run (``chat``), with the settings that name it, and the budget of calls and tokens that the
    run may use. ``chat`` replays recorded replies; in a live run, it also records new ones. ``wrap`` builds it into our
    assistant.
    """

    settings: Settings
    chat: ReplayedChat
    budget: Budget

    def wrap(self, assistant: Assistant) -> System:
        """Build this chat model into ``assistant``, and return the resulting system, which the run measures. Each call
        of ``wrap`` makes a new model object, since a model object remembers its replies.
        """
        return assistant.with_model(Model(self.settings, self.chat))

    def again(self, repeat: int) -> None:
        self.chat.sample = repeat

    def silent(self, records: Sequence[Record]) -> str:
        came = [record.output or {} for record in records]
        if not self.chat.usage.calls:
            return f"{self.chat.model} replied to nothing: {_why(came)}"
        if not any(one.get("model") or (one.get("refused") and not one.get("notices")) for one in came):
            return f"nothing that {self.chat.model} wrote is shown: {_why(came)}"
        return ""

    @property
    def spent(self) -> str | None:
        return self.budget.denied

    @property
    def summary(self) -> str:
        return f"{self.chat.model} replied {self.chat.usage.calls} times"


def _why(came: Sequence[Json]) -> str:
    """The reason why the model was not asked, as the notices of the answers give it."""
    notices = [notice for one in came for notice in one.get("notices") or ()]
    return notices[0] if notices else "nothing was asked of it"


def check(settings: Settings, profile: str, jobs: int) -> None:
    """Check that the profile of a run and its number of processes (``jobs``) allow a chat model, if the settings name
    one.

    ``profile`` says whether the run uses a chat model: ``offline`` (none), ``llm-replay`` (its recorded replies) or
    ``llm-live`` (the model itself).

    Raises:
        SettingsError: the settings name a chat model, but the profile is ``offline``; or more than one process would
            have to share the model.
    """
    if settings.writer and profile == "offline":
        raise SettingsError("The profile offline asks no model.", hint=f"Leave --model out, or say {RECORDED}.")
    if settings.writer and jobs > 1:
        raise SettingsError("A model's replies are recorded by one process.", hint="Leave --jobs out.")


def check_whole(chat: ReplayedChat) -> None:
    """Check, after a run, that the recording had a reply to every request of the run. ``chat`` is the run's chat model,
    which has counted the missing replies.

    Raises:
        ReplyMissing: a reply was missing. The assistant then answered with its reader that needs no model, so the run
            does not show what the model does.
    """
    if chat.missing:
        raise ReplyMissing(f"{chat.missing} replies of {chat.model} are not recorded, so this run is not the model's.")

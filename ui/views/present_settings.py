"""Formats the settings page. Pure functions; keys and passwords are never shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from assistant.addresses import without_secrets
from assistant.model import providers
from assistant.settings import Settings

TOLD = {  # what each setting is for, in the order in which they are shown
    "home": "Folder that holds the libraries",
    "library": "The library",
    "model": "The model that writes",
    "model_reply": "How a model is asked to reply",
    "check_claims": "Who checks the claims of a model, beside Pushback itself",
    "model_timeout": "Seconds to wait for a model",
    "model_budget": "Tokens that a model may use until the program ends",
    "evidence_model": "The model that says which side evidence is on",
    "lenses": "Folder with lenses of your own",
    "embedding_model": "The embedding model",
    "passage_words": "Words in a passage",
    "embed_headings": "Titles and headings in vectors",
    "catalog": "A catalog on PostgreSQL",
    "chroma_url": "A Chroma server",
    "host": "Served at",
    "port": "Port",
    "allowed_hosts": "Names by which others reach it",
    "everyone": "Role of everybody who is on no list",
    "readers": "People who read",
    "editors": "People who also change documents",
    "owners": "People who may change everything",
    "api_port": "Port of the HTTP API",
    "api_tokens": "File that names who may use the API",
    "api_questions": "Questions a minute through the API",
    "api_waiting": "Questions that may wait at the API",
    "queue": "Whether workers do the jobs of the API",
    "logs": "Form of the log of the API",
    "api_upload_mb": "Megabytes that an upload to the API may have",
    "server_folders": "Whether the page may name a folder of this machine",
}


PEOPLE = ("readers", "editors", "owners")


class SettingLine(NamedTuple):
    """A line of the settings page: what a setting is for (``told``), its value, and where the value comes from
    (``by``)."""

    told: str
    value: str
    by: str


def lines(settings: Settings, set_by: Mapping[str, str], chosen: frozenset[str]) -> list[SettingLine]:
    """The lines of the settings page, one for each setting. ``set_by`` maps the name of a setting to the source of its
    value, such as the settings file; ``chosen`` has the names of the settings that were chosen on the page."""
    found = []
    for name, told in TOLD.items():
        value = getattr(settings, name)
        by = "this page" if name in chosen else set_by.get(name, "")
        found.append(SettingLine(told, _value(name, value), by or "default"))
    return found


def _value(name: str, value: object) -> str:
    if isinstance(value, tuple):
        if name in PEOPLE and value:
            return f"{len(value)} named"  # who they are is nobody's business
        return without_secrets(", ".join(value)) or "none"
    return "none" if value is None else without_secrets(str(value))


def answers(settings: Settings, *, lacks_key: bool) -> str:
    """One line that says which model writes the answers, or that answers consist of quotes only. ``lacks_key`` is true
    if the model needs a key that is missing."""
    if not settings.writer:
        return "Quotes only"
    name = without_secrets(_spoken(settings.writer))
    if lacks_key:
        return f"Quotes only, since {name} needs a key"
    return f"Written by {name}"


def _spoken(model: str) -> str:
    """The name of a model for readers. For a model at an address, its name and the host."""
    address, _, called = model.partition("#")
    if not address.startswith(("http://", "https://")):
        return providers.shown(model)
    return f"{called or 'the model'} at {urlsplit(address).netloc.rpartition('@')[2]}"

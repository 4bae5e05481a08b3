"""Settings: read from a TOML file, then ``PUSHBACK_*`` in the environment, then flags; later ones override earlier
ones.

The entry points load the settings once and pass them on as an argument; nothing else reads the environment. They import
this module only when a command runs, since importing pydantic takes longer than all of ``--help``.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_data_path
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from assistant.errors import SettingsError
from assistant.plainly import unfit, why

PREFIX = "PUSHBACK_"
NO_SETTINGS = tuple(f"{PREFIX}{name}" for name in ("CONFIG", "API_KEY", "EMBEDDING_KEY", "SYSTEM_KEY"))  # keys stay out
NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"


def _named(value: Any) -> Any:
    """Split a text at its commas into a tuple of values, since environment variables are text. Other values are
    returned unchanged."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


Names = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_named)]


class Settings(BaseModel):
    """All settings of the program. The defaults work on a laptop without an API key and without a network."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    home: Path = Field(default_factory=lambda: user_data_path("pushback", appauthor=False))
    library: Annotated[str, Field(pattern=NAME)] = "default"
    model: str | None = None  # see providers.py for what it can be
    model_reply: Literal["auto", "schema", "lines"] = "auto"  # how a model is asked to reply
    check_claims: Literal["off", "model"] = "off"  # who judges claims beside code; all of them then wait for it
    model_timeout: Annotated[float, Field(gt=0, le=3600)] = 60  # seconds of each wait for it
    model_budget: Annotated[int, Field(ge=0)] | None = None  # tokens, until the program ends
    # Who tells the sides of evidence: the model where one is set, else pushback's; or pushback, none, llm, or a
    # cross-encoder by name or path.
    evidence_model: Annotated[str, Field(min_length=1)] = "auto"
    lenses: Path | None = None  # a folder of lenses of your own
    # English; another by name or path, or at an address: http://host:port/v1#NAME
    embedding_model: Annotated[str, Field(min_length=1)] = "all-MiniLM-L6-v2"
    passage_words: Annotated[int, Field(ge=20, le=400)] = 80
    embed_headings: bool = False  # whether passages are embedded under their titles and headings
    # Where the catalog is: a database of PostgreSQL (15 or newer); None: a file in the library's folder.
    catalog: Annotated[str, Field(pattern=r"^postgres(ql)?://\S+$")] | None = None
    chroma_url: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8501
    allowed_hosts: Names = ()  # by which others know the page, besides this machine's own names
    everyone: Literal["none", "reader", "editor", "owner"] = "reader"  # the role of those whom no list names
    readers: Names = ()  # each a subject of a token, or claim=value of it; ui/web/roles.py says what each role may do
    editors: Names = ()
    owners: Names = ()
    api_port: Annotated[int, Field(ge=1, le=65535)] = 8502  # of `pushback serve`
    api_tokens: Path | None = None  # a TOML file of those who may use it; see ui/api/people.py
    api_questions: Annotated[int, Field(ge=1, le=1_000_000)] = 60  # a minute, of each who has a token
    api_waiting: Annotated[int, Field(ge=1, le=10_000)] = 32  # requests that wait while one is answered
    queue: bool = False  # jobs of pages and the API wait in the catalog's database for a `pushback worker`
    logs: Literal["text", "json"] = "text"  # of `pushback serve` and its workers
    api_upload_mb: Annotated[int, Field(ge=1, le=100_000)] = 200  # of one upload
    server_folders: bool | None = None  # whether the page may name a folder of the machine; None: only from itself

    @property
    def folder(self) -> Path:
        """The folder of the chosen library. A copy of the folder is a copy of the library, except if the library's
        catalog is on PostgreSQL."""
        return self.home.expanduser() / self.library

    @property
    def writer(self) -> str | None:
        """The name of the chat model. None if the setting ``model`` is missing, empty or ``none``."""
        return None if self.model in (None, "", "none") else self.model


def load(flags: Mapping[str, Any], *, config: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Load the settings: ``flags`` override the environment, and the environment overrides the TOML file ``config``.
    Flags that are None are ignored.

    Without ``config``, the file that ``PUSHBACK_CONFIG`` names is read, if any. Without ``environ``, the environment of
    this process is used.

    Raises:
        SettingsError: a key is unknown, a value is out of range, or a file cannot be read; the message names every such
            fault.
    """
    environ = os.environ if environ is None else environ
    path = config or _named_in(environ)
    given = {name: value for name, value in flags.items() if value is not None}
    values = {**(_file(path) if path else {}), **_from(environ), **given}
    try:
        return Settings.model_validate(values)
    except ValidationError as exc:
        faults = "; ".join(unfit(exc.errors(), "what was given"))
        known = ", ".join(sorted(Settings.model_fields))
        raise SettingsError(f"The settings do not hold: {faults}.", hint=f"The settings are: {known}.") from exc


def set_by(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return where the values of settings come from, by the name of the setting: the name of the environment variable,
    or the path of the settings file if no variable sets it. A setting that has neither is left out. The settings file
    is the one that the variable ``PUSHBACK_CONFIG`` names. Flags of the web app count as environment variables, since
    the app gets its flags in this way. Without ``environ``, the environment of this process is used.

    Raises:
        SettingsError: the file cannot be read.
    """
    environ = os.environ if environ is None else environ
    path = _named_in(environ)
    by_file = dict.fromkeys(_file(path), str(path)) if path else {}
    return {**by_file, **{name: f"{PREFIX}{name.upper()}" for name in _from(environ)}}


def _from(environ: Mapping[str, str]) -> dict[str, str]:
    return {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(PREFIX) and name not in NO_SETTINGS and value
    }


def _named_in(environ: Mapping[str, str]) -> Path | None:
    return Path(named).expanduser() if (named := environ.get(f"{PREFIX}CONFIG")) else None


def _file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as exc:
        hint = "Correct it, or leave out --config."
        raise SettingsError(f"The settings file {path} cannot be read: {why(exc)}.", hint=hint) from exc

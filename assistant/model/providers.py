"""Opens the LangChain chat model for a model's name. Only this module names providers, and heavy libraries are imported
late.

```text
openai:gpt-… anthropic:… ollama:…   any name of LangChain's init_chat_model
http://host:port/v1#NAME            an OpenAI-compatible server; without #NAME, the first model that it serves
gguf:PATH                           a local file, served in this process through xllamacpp, on loopback
```

The caller passes an API key, or the key is read from the environment, where Streamlit puts its secrets: from the
provider's own variable, or for a server at an address from ``PUSHBACK_API_KEY``, so that an OpenAI key is never sent to
another host. No error contains a key or a part of one.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from assistant.addresses import without_secrets
from assistant.errors import (
    ContextTooLong,
    ModelBusy,
    ModelDenied,
    ModelError,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
    ReplyCut,
    RequestInvalid,
    SettingsError,
)
from assistant.installation import how_to_add

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel
    from pydantic import SecretStr

KEY = "PUSHBACK_API_KEY"
EMBEDDING_KEY = "PUSHBACK_EMBEDDING_KEY"  # of a server of embeddings, which need not be the one that writes
SMALL = 1_000_000_000  # parameters below which a model is not asked for a schema: see eval/benchmarks/writing.py
CONTEXT = 4_096  # tokens of context that a local file is served with: 12 sentences in their passages take about 2,500
OLLAMA = 8_192  # tokens of context asked of Ollama, which else takes fewer and cuts a longer prompt without a word
KEYS = {  # provider → the variables of which one holds its key
    "openai": ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY"),
    "anthropic": ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"),
}
SECRET = 8  # characters from which a key is one, and not a word for a server that looks at none
_NAMED = (*KEYS, "ollama")  # providers whose packages are always there
ADDRESS = re.compile(r"https?://[^\s#]+(#\S+)?")
_PIECE = re.compile(r"[\w-]{4,}")  # of a key
_CONTEXT = re.compile(r"context (?:size|length|window)|exceed_context|prompt is too long|maximum .*tokens", re.I)


class Facts(NamedTuple):
    """Facts about a model, each None if unknown: its context length in tokens, whether it can reply in the form of a
    schema, and its number of parameters."""

    context: int | None = None  # tokens
    structured: bool | None = None
    parameters: int | None = None


class Served(NamedTuple):
    """A LangChain chat model that is ready for calls, and the facts about it, such as its context length."""

    chat: BaseChatModel
    facts: Facts


def check(name: str) -> None:
    """Check that ``name`` is the name of a model that can be used on this machine. The model is neither loaded nor
    called.

    Raises:
        SettingsError: ``name`` cannot be a model's name, or names a file that does not exist.
        ModelUnavailable: a package that the provider needs is not installed; the hint has the command that installs it.
    """
    kind, _, rest = name.partition(":")
    if kind == "gguf":
        if not Path(rest).expanduser().is_file():
            raise SettingsError(f"There is no model file {rest or '(no path given)'}.", hint="Write gguf:PATH.gguf.")
        if find_spec("xllamacpp") is None:
            raise ModelUnavailable(
                "The package xllamacpp, which serves model files, is not installed.", hint=how_to_add("gguf")
            )
    elif kind in ("http", "https"):
        if not ADDRESS.fullmatch(name):
            raise SettingsError(f"The model {name!r} is no address.", hint="Write http://host:port/v1#model-name.")
    elif kind in _NAMED and not rest:
        raise SettingsError(f"The model {name!r} has no name after its provider.", hint=f"Write {kind}:NAME.")


def keyed(name: str) -> str:
    """Return the place to which the API key of the model ``name`` is sent: the name of its provider, or the address of
    its server. Empty if the model needs no key.

    Models with the same provider or server share a key.
    """
    kind = name.partition(":")[0]
    if kind in ("http", "https"):
        server = urlsplit(name)
        return f"{server.scheme}://{server.netloc}"
    return "" if kind in ("gguf", "ollama") else kind


def lacks_key(name: str) -> bool:
    """Whether the provider of the model ``name`` needs an API key that is not in the environment."""
    variables = KEYS.get(name.partition(":")[0], ())
    return bool(variables) and not any(map(os.environ.get, variables))


def shown(name: str) -> str:
    """Return the name of the model ``name`` as people see it: a model file without its folders, a server's address
    without login and query string."""
    return f"gguf:{Path(name).name}" if name.startswith("gguf:") else without_secrets(name)


def open_chat(name: str, *, seconds: float, most_tokens: int, key: SecretStr | None = None) -> Served:
    """Open the chat model ``name``, and return it ready for calls. ``seconds`` limits how long a call waits for the
    model; ``most_tokens`` limits the length of a reply.

    ``key`` is used instead of the API key in the environment.

    Raises:
        SettingsError: ``name`` cannot be a model's name, or names a file that does not exist.
        ModelUnavailable: a package that the provider needs is not installed, or ``name`` is a server's address without
            a model's name and the server does not list its models.
        ModelDenied: the model needs a key, and there is none.
    """
    check(name)
    kind, _, rest = name.partition(":")
    limits: dict[str, Any] = {"timeout": seconds, "max_retries": 0, "max_tokens": most_tokens}
    if kind == "gguf":
        address, own = _serve(str(Path(rest).expanduser().resolve()))
        served = _compatible(f"{address}/v1", "local", own, limits)
        return served._replace(facts=served.facts._replace(context=CONTEXT))
    if kind in ("http", "https"):
        address, _, model = name.partition("#")
        return _compatible(address, model, key.get_secret_value() if key else os.environ.get(KEY, ""), limits)
    if not key and lacks_key(name):
        hint = f"Set {KEYS[kind][0]} in the environment, or type the key under Settings on the page."
        raise ModelDenied(f"The model {name} needs a key.", hint=hint)
    from langchain.chat_models import init_chat_model

    if kind == "ollama":
        limits = {"num_predict": most_tokens, "num_ctx": OLLAMA, "client_kwargs": {"timeout": seconds}}
    elif key:
        limits["api_key"] = key
    try:
        chat: Any = init_chat_model(name, **limits)
    except ImportError as exc:
        raise ModelUnavailable(
            f"The model {name!r} cannot be used.", hint="Install what it names.", details=f"{exc}."
        ) from exc
    except ValueError as exc:  # pydantic's is one; so is an unknown provider
        told = _without_keys(str(exc).splitlines()[0], key)
        hint = "Write provider:name, as in openai:gpt-5-mini, and set the provider's key in the environment."
        raise SettingsError(f"The model {name!r} cannot be used.", hint=hint, details=f"{told}.") from exc
    except Exception as exc:  # a provider's own way to say that its key is missing
        raise translated(exc, name, key) from exc
    known: dict[str, Any] = {"max_input_tokens": OLLAMA} if kind == "ollama" else dict(chat.profile or {})
    structured = known.get("structured_output") or known.get("tool_calling")
    return Served(chat, Facts(known.get("max_input_tokens"), structured))


def translated(error: Exception, name: str, key: SecretStr | None = None) -> ModelError:
    """Turn an exception of a software library into the ``ModelError`` that fits it, and return this error. Its message
    has ``name``, the model's name. A builtin exception that shows a bug (any but OSError and ValueError) is raised
    again unchanged.

    ``key`` is the API key that the model was opened with, if it did not come from the environment; it is removed from
    the message.
    """
    if isinstance(error, ModelError):
        return error
    if type(error).__module__ == "builtins" and not isinstance(error, OSError | ValueError):
        raise error
    told = _without_keys(" ".join(str(error).split()), key)[:300]
    kind, what = next((kind, what) for kind, what, holds in _KINDS if holds(error, told))
    return kind(f"{what.format(name)}.", details="" if kind in _NEED_NO_MORE else told)


def _without_keys(text: str, key: SecretStr | None) -> str:
    """Return ``text`` with "…" in place of every API key, and of the parts of a key that a provider repeats when it
    rejects the key (“sk-ab…yz12”)."""
    names = (KEY, EMBEDDING_KEY, *(variable for variables in KEYS.values() for variable in variables))
    every = [key.get_secret_value() if key else "", *(os.environ.get(name, "") for name in names)]
    keys = [one for one in every if len(one) >= SECRET]
    for one in keys:
        text = text.replace(one, "…")
    return _PIECE.sub(lambda piece: "…" if any(piece[0] in one for one in keys) else piece[0], text)


def _is(error: Exception, *named: str, status: tuple[int, ...] = ()) -> bool:
    """Whether the class of the error, or one of its base classes, has one of the words ``named`` in its name, or the
    error has one of the HTTP statuses ``status``."""
    kinds = " ".join(kind.__name__ for kind in type(error).__mro__)
    return any(name in kinds for name in named) or getattr(error, "status_code", 0) in status


_NEED_NO_MORE = (ModelTimeout, ReplyCut)
_KINDS: tuple[tuple[type[ModelError], str, Callable[[Exception, str], bool]], ...] = (
    (
        ContextTooLong,
        "This is longer than the model {} can read",
        lambda e, told: (
            _is(e, "ContextOverflowError")
            or (getattr(e, "status_code", 0) in (0, 400, 413) and bool(_CONTEXT.search(told)))
        ),
    ),
    (ModelRefused, "The model {} refuses", lambda e, _: _is(e, "ContentFilter", "Refusal")),
    (ReplyCut, "The reply of the model {} reached its longest length", lambda e, _: _is(e, "LengthFinishReason")),
    (ModelBusy, "The model {} takes no more calls for now", lambda e, _: _is(e, "RateLimit", status=(429,))),
    (ModelTimeout, "The model {} did not reply in time", lambda e, _: _is(e, "Timeout", status=(408, 504))),
    (
        ModelDenied,
        "The model {} cannot be used",
        lambda e, _: _is(e, "Authentication", "PermissionDenied", "NotFound", status=(401, 403, 404)),
    ),
    (
        RequestInvalid,
        "The model {} rejects the request",
        lambda e, _: _is(e, "InvalidRequest", "BadRequest", status=(400, 405, 413, 415, 422)),
    ),
    (ModelUnavailable, "The model {} cannot be reached", lambda *_: True),
)


def _compatible(address: str, model: str, key: str, limits: dict[str, Any]) -> Served:
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    try:
        told = _model_entry(address, model, key, limits["timeout"])
    except ModelUnavailable:
        if not model:
            raise
        told = {}  # what is not known of it is not needed, and the first call tells what is wrong
    model = model or str(told.get("id") or "")
    meta: dict[str, Any] = told.get("meta") or {}
    chat = ChatOpenAI(
        base_url=address,
        api_key=SecretStr(key or "none"),
        model=model,
        temperature=0,  # so that the same evidence gives the same answer
        stream_usage=True,
        use_responses_api=False,
        **limits,
    )
    return Served(chat, Facts(told.get("max_model_len") or meta.get("n_ctx_train"), None, meta.get("n_params")))


def _model_entry(address: str, model: str, key: str, seconds: float) -> dict[str, Any]:
    """Return the entry for this model in the server's list of models; the first entry if the model is not in the list.

    Raises:
        ModelUnavailable: the server cannot be reached, or lists no models.
    """
    import httpx
    from pydantic import SecretStr

    try:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        reply = httpx.get(f"{address}/models", headers=headers, timeout=min(seconds, 10))
        reply.raise_for_status()
        served: list[dict[str, Any]] = reply.json()["data"]
        return next((one for one in served if one.get("id") == model), served[0])
    except httpx.HTTPError as exc:
        hint = f"Check the address, and {KEY} if the server asks for a key."
        told = _without_keys(str(exc), SecretStr(key))
        raise ModelUnavailable(f"The model server {address} cannot be reached.", hint=hint, details=told) from exc
    except (ValueError, LookupError, TypeError, AttributeError) as exc:
        raise ModelUnavailable(f"{address} does not say what it serves.", hint=f"Write {address}#NAME.") from exc


@cache
def _serve(path: str) -> tuple[str, str]:
    """Serve the model file ``path`` on loopback until the process ends; return the server's address and key.

    Raises:
        ModelUnavailable: the file cannot be served.
    """
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = path
    params.model_alias = {"local"}
    params.n_ctx = CONTEXT
    params.n_parallel = 1
    threads = max(1, (os.cpu_count() or 2) - 1)  # with all of them it spins where anybody else works, and is far slower
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.warmup = False
    params.verbosity = -1
    params.api_keys = [secrets.token_urlsafe()]
    params.ui = False
    try:
        server = xllamacpp.Server(params)
    except RuntimeError as exc:
        raise ModelUnavailable(
            f"The model file {path} cannot be served.", hint="Is it a GGUF file?", details=f"{exc}."
        ) from exc
    _SERVERS.append(server)
    return str(server.listening_address), params.api_keys[0]


_SERVERS: list[Any] = []  # what is served stops when nobody holds it

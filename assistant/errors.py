"""All errors, as one tree. Each entry point catches ``PushbackError`` once and shows its message and hint.

```text
PushbackError                what happened · hint: what to do about it · retryable
├─ SettingsError             a setting or an argument is missing, misspelt or out of range
├─ SourceError               a document cannot be read
├─ LibraryError
│  ├─ LibraryMissing         the library does not exist yet
│  ├─ LibraryLocked          another process is writing to the library (retryable)
│  ├─ LibraryFull            the disk is full (retryable)
│  ├─ LibraryDamaged         a part of the library cannot be read
│  ├─ IndexMismatch          built with another embedding model or passage length
│  └─ DocumentMissing        no document, conversation or verdict with that id
├─ ModelError
│  ├─ ModelUnavailable       weights or server cannot be reached (retryable)
│  │  └─ ModelTimeout        the model did not reply in time (retryable)
│  ├─ ModelBusy              the model accepts no more calls for now (retryable)
│  ├─ ModelDenied            the key, the permissions or the model's name is not accepted
│  ├─ ModelRefused           the provider refuses to answer this request
│  ├─ RequestInvalid         the provider rejects the form of the request
│  ├─ ContextTooLong         the text is too long for the model
│  ├─ ReplyInvalid           the model's reply cannot be parsed (retryable)
│  ├─ ReplyCut               the model's reply ends before it is complete
│  └─ OverBudget             the budget of model tokens is used up
├─ ClusterUnavailable        no machine of the Dask cluster can be reached (retryable)
└─ CaseError                 an evaluation case or suite cannot be understood
```
"""

from typing import ClassVar

from assistant.addresses import without_secrets


class PushbackError(Exception):
    """Base class of all errors that a user can cause or fix. ``str(error)`` says what happened, ``hint`` what to do
    about it.

    ``details`` is the message of the software library or model provider that failed. ``str(error)`` ends with it;
    ``summary`` is the message without it. In all these texts, logins and query strings are removed from URLs,
    since they can contain API keys. ``retryable`` says whether the same action may succeed later.
    """

    hint: str = ""
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, hint: str | None = None, details: str = "") -> None:
        super().__init__(without_secrets(f"{message.removesuffix('.')}: {details}" if details else message))
        self.summary, self.details = without_secrets(message), without_secrets(details)
        if hint is not None:
            self.hint = without_secrets(hint)


class SettingsError(PushbackError):
    """A setting or an argument is missing, misspelt or out of range."""

    hint = "Run `pushback --help`."


class SourceError(PushbackError):
    """A document cannot be read."""

    hint = "Repair or remove the file, then run `pushback ingest` again; everything else went in."


class LibraryError(PushbackError):
    """An operation on the library failed. Its subclasses name the common reasons."""

    hint = "Run `pushback doctor`."


class LibraryMissing(LibraryError):
    """The library does not exist yet."""

    hint = "Run `pushback ingest FOLDER` first, or name another one with --home or --library."


class LibraryLocked(LibraryError):
    """Another process is writing to the library."""

    hint = "Wait until it is done, then try again. Questions can be asked meanwhile."
    retryable = True


class LibraryFull(LibraryError):
    """The disk is full, so the library cannot grow."""

    hint = "Free some space, then run the same command again; it continues where it stopped."
    retryable = True


class LibraryDamaged(LibraryError):
    """A part of the library, such as its vector index, cannot be read."""

    hint = "Run `pushback doctor`: it rebuilds the vector index from the catalog."


class IndexMismatch(LibraryError):
    """The library was built with another embedding model or another passage length than the current settings have."""

    hint = "Run `pushback reindex`, or set the settings back."


class DocumentMissing(LibraryError):
    """The library has no document, conversation or verdict with the given id."""

    hint = "Run `pushback documents` for the ids."


class ModelError(PushbackError):
    """A call to a model failed. The subclasses name the reasons."""


class ModelUnavailable(ModelError):
    """The model cannot be used, for instance because its weights or a package are missing, or its server cannot be
    reached."""

    hint = "Check the model's name, and that its server runs; `pushback doctor --model` lists those on this machine."
    retryable = True


class ReplyInvalid(ModelError):
    """The model's reply cannot be parsed."""

    hint = "Try again, or use another model."
    retryable = True


class ModelTimeout(ModelUnavailable):
    """The model did not reply in time."""

    hint = "Try again, or allow more time with PUSHBACK_MODEL_TIMEOUT."


class ModelBusy(ModelError):
    """The model's provider accepts no more calls for now, for instance because a rate limit is reached."""

    hint = "Wait a little, then try again."
    retryable = True


class ModelDenied(ModelError):
    """The model's provider does not accept the API key, the user's permissions or the name of the model."""

    hint = "Check the model's name, and its key: in the environment, or under Settings on the page."


class ModelRefused(ModelError):
    """The model's provider refuses to answer this request, for instance because of its content."""

    hint = "Ask otherwise, or use another model."


class RequestInvalid(ModelError):
    """The model's provider rejects the form of the request, for instance an option or a reply schema."""

    hint = "Run `pushback doctor --model NAME`."


class ContextTooLong(ModelError):
    """The text is too long for the model's context."""

    hint = "Use a model with a longer context."


class ReplyCut(ModelError):
    """The model's reply ends before it is complete."""

    hint = "Try again."


class OverBudget(ModelError):
    """The budget of model tokens, the setting ``model_budget``, is used up."""

    hint = "Allow more with PUSHBACK_MODEL_BUDGET."


class ClusterUnavailable(PushbackError):
    """No machine of the Dask cluster can be reached."""

    hint = "Check its scheduler and workers, then run the same command again; it continues where it stopped."
    retryable = True


class CaseError(PushbackError):
    """An evaluation case (a question or idea with its expected result) or a suite of such cases is not in the expected
    form."""

    hint = "Correct the suite; its format is shown in eval/suites/sample/suite.yaml."

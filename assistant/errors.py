"""All errors, as one tree. Each entry point catches ``PushbackError`` once and shows its message and hint.

```text
PushbackError                what happened · hint: what to do about it · retryable
├─ SettingsError             a setting or an argument is missing, misspelt or out of range
├─ SourceError               a document cannot be read
├─ LibraryError
│  ├─ LibraryMissing         no library there yet
│  ├─ LibraryLocked          another process is writing (retryable)
│  ├─ LibraryFull            the disk is full (retryable)
│  ├─ LibraryDamaged         a part of the library cannot be read
│  ├─ IndexMismatch          built with another embedding model or other passages
│  └─ DocumentMissing        no document or conversation of that id
├─ ModelError
│  ├─ ModelUnavailable       weights or server cannot be reached (retryable)
│  │  └─ ModelTimeout        it did not reply in time (retryable)
│  ├─ ModelBusy              it takes no more calls for now (retryable)
│  ├─ ModelDenied            the key, the rights or the name is not accepted
│  ├─ ModelRefused           the provider refuses to reply to this
│  ├─ RequestInvalid         the provider rejects how it was asked
│  ├─ ContextTooLong         it cannot read so much
│  ├─ ReplyInvalid           a model's reply cannot be understood (retryable)
│  ├─ ReplyCut               a reply ended in its middle
│  └─ OverBudget             the tokens that were allowed are used up
├─ ClusterUnavailable        no machine that was to help can be reached (retryable)
└─ CaseError                 an evaluation case or suite cannot be understood
```
"""

from typing import ClassVar

from assistant.addresses import without_secrets


class PushbackError(Exception):
    """Something that a user can cause or fix: ``str(error)`` says what happened, ``hint`` what to do.

    ``details`` are the words of a software library or a provider; ``summary`` says what happened without those words.
    Addresses of models and servers are shown without the parts that can be a key.
    """

    hint: str = ""
    retryable: ClassVar[bool] = False

    def __init__(self, message: str, *, hint: str | None = None, details: str = "") -> None:
        super().__init__(without_secrets(f"{message.removesuffix('.')}: {details}" if details else message))
        self.summary = without_secrets(message)
        if hint is not None:
            self.hint = without_secrets(hint)


class SettingsError(PushbackError):
    """A setting or an argument is missing, misspelt or out of range."""

    hint = "Run `pushback --help`."


class SourceError(PushbackError):
    """A document cannot be read."""

    hint = "Mend or remove the file, then run `pushback ingest` again; everything else went in."


class LibraryError(PushbackError):
    """The library cannot do what was asked."""

    hint = "Run `pushback doctor`."


class LibraryMissing(LibraryError):
    """The library does not exist yet."""

    hint = "Run `pushback ingest FOLDER` first, or name another one with --home or --library."


class LibraryLocked(LibraryError):
    """Another process is writing."""

    hint = "Wait until it is done, then try again. Questions can be asked meanwhile."
    retryable = True


class LibraryFull(LibraryError):
    """The disk is full."""

    hint = "Free some space, then run the same command again; it continues where it stopped."
    retryable = True


class LibraryDamaged(LibraryError):
    """A part of the library cannot be read."""

    hint = "Run `pushback doctor`: it rebuilds the vector index from the catalog."


class IndexMismatch(LibraryError):
    """The index was built with another embedding model or other passage settings than the current ones."""

    hint = "Run `pushback reindex`, or set the settings back."


class DocumentMissing(LibraryError):
    """There is no document or conversation with that id."""

    hint = "Run `pushback documents` for the ids."


class ModelError(PushbackError):
    """A model cannot do what was asked."""


class ModelUnavailable(ModelError):
    """Weights or a server cannot be reached."""

    hint = "Check the model's name, and that its server runs; `pushback doctor --model` lists those on this machine."
    retryable = True


class ReplyInvalid(ModelError):
    """A model's reply cannot be understood."""

    hint = "Try again, or use another model."
    retryable = True


class ModelTimeout(ModelUnavailable):
    """The model did not reply in time."""

    hint = "Try again, or allow more time with PUSHBACK_MODEL_TIMEOUT."


class ModelBusy(ModelError):
    """The model accepts no more calls for now."""

    hint = "Wait a little, then try again."
    retryable = True


class ModelDenied(ModelError):
    """The model's provider does not accept the key, the rights or the name."""

    hint = "Check the model's name, and its key: in the environment, or under Settings on the page."


class ModelRefused(ModelError):
    """The provider refuses to reply to this."""

    hint = "Ask otherwise, or use another model."


class RequestInvalid(ModelError):
    """The provider rejects the form of the request."""

    hint = "Run `pushback doctor --model NAME`."


class ContextTooLong(ModelError):
    """The text is too long for the model."""

    hint = "Use a model with a longer context."


class ReplyCut(ModelError):
    """A reply ended in its middle."""

    hint = "Try again."


class OverBudget(ModelError):
    """The tokens that were allowed are used up."""

    hint = "Allow more with PUSHBACK_MODEL_BUDGET."


class ClusterUnavailable(PushbackError):
    """No machine of the Dask cluster can be reached."""

    hint = "Check its scheduler and workers, then run the same command again; it continues where it stopped."
    retryable = True


class CaseError(PushbackError):
    """An evaluation case or suite cannot be understood."""

    hint = "Mend the suite; its format is shown in eval/suites/sample/suite.yaml."

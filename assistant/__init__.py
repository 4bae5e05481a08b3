"""Ask a team's own documents, and test ideas against them, from Python.

```python
from assistant import open_library

with open_library() as assistant:
    answer = assistant.ask("How long is a quotation valid?")
    for statement in answer.statements:
        print(statement.text, statement.citations[0].about.source)
```

``__all__`` lists what other programs may rely on. Each name is loaded when it is first used, so that importing the
package costs nothing. The package imports no other room.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.build import Assistant, open_library
    from assistant.chain import PassageRetriever, as_runnable, pressure_test
    from assistant.errors import (
        DocumentMissing,
        IndexMismatch,
        LibraryDamaged,
        LibraryError,
        LibraryFull,
        LibraryLocked,
        LibraryMissing,
        ModelError,
        ModelUnavailable,
        PushbackError,
        SettingsError,
        SourceError,
    )
    from assistant.settings import Settings
    from assistant.types import (
        Answer,
        Assumption,
        Citation,
        Conflict,
        Filters,
        Finding,
        Grounding,
        Hit,
        IdeaRuling,
        Passage,
        Role,
        Stance,
        Statement,
        Turn,
        Verdict,
    )

__all__ = [
    "Answer",
    "Assistant",
    "Assumption",
    "Citation",
    "Conflict",
    "DocumentMissing",
    "Filters",
    "Finding",
    "Grounding",
    "Hit",
    "IdeaRuling",
    "IndexMismatch",
    "LibraryDamaged",
    "LibraryError",
    "LibraryFull",
    "LibraryLocked",
    "LibraryMissing",
    "ModelError",
    "ModelUnavailable",
    "Passage",
    "PassageRetriever",
    "PushbackError",
    "Role",
    "Settings",
    "SettingsError",
    "SourceError",
    "Stance",
    "Statement",
    "Turn",
    "Verdict",
    "as_runnable",
    "open_library",
    "pressure_test",
]

_MODULES = {
    "Answer": "types",
    "Assistant": "build",
    "Assumption": "types",
    "Citation": "types",
    "Conflict": "types",
    "DocumentMissing": "errors",
    "Filters": "types",
    "Finding": "types",
    "Grounding": "types",
    "Hit": "types",
    "IdeaRuling": "types",
    "IndexMismatch": "errors",
    "LibraryDamaged": "errors",
    "LibraryError": "errors",
    "LibraryFull": "errors",
    "LibraryLocked": "errors",
    "LibraryMissing": "errors",
    "ModelError": "errors",
    "ModelUnavailable": "errors",
    "Passage": "types",
    "PassageRetriever": "chain",
    "PushbackError": "errors",
    "Role": "types",
    "Settings": "settings",
    "SettingsError": "errors",
    "SourceError": "errors",
    "Stance": "types",
    "Statement": "types",
    "Turn": "types",
    "Verdict": "types",
    "as_runnable": "chain",
    "open_library": "build",
    "pressure_test": "chain",
}

if not TYPE_CHECKING:  # a type checker would take every other name for one of ours

    def __getattr__(name: str) -> Any:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})

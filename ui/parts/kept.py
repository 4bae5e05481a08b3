"""What was kept in a conversation, held against what the library holds now."""

from __future__ import annotations

from assistant.errors import DocumentMissing
from assistant.library.library import Library
from assistant.types import Citation, Document
from ui import present
from ui.present import Standing


def document(citation: Citation, library: Library) -> Document | None:
    """The cited document as it is now; None when it is no longer there."""
    try:
        return library.document(citation.about.id)
    except DocumentMissing:
        return None


def standing(citation: Citation, library: Library) -> Standing:
    """What has become of the quoted words; the document is read only when they are not where they were."""
    if library.quote(citation.about.id, citation.start, citation.end) == citation.quote:
        return Standing.HOLDS
    return present.standing(citation, document(citation, library))[0]

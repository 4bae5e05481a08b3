"""Lists all documents of a library in one query: ten thousand take 0.4 seconds on a slow core."""

from __future__ import annotations

import json
import os

from assistant.library.records import Listed, Version
from assistant.library.sql import Database
from assistant.library.tables import versions

QUERY = """
SELECT d.id, d.source, d.media_type, d.title, d.author, d.date, c.language, g.fields,
    (SELECT count(*) FROM passages p WHERE p.document = d.id),
    (SELECT json_group_array(s.path) FROM sources s WHERE s.document = d.id),
    v.family, v.figures,
    first_value(v.document) OVER newest, first_value(d.date) OVER newest, first_value(v.figures) OVER newest
FROM documents d LEFT JOIN cleaned c ON c.document = d.id LEFT JOIN versions v ON v.document = d.id
    LEFT JOIN guessed g ON g.document = d.id
WINDOW newest AS (PARTITION BY v.family ORDER BY v.time DESC, v.key DESC)
ORDER BY d.source, d.id
"""


def listed(db: Database) -> list[Listed]:
    """A short list entry for every document, sorted by source (the path of the document's file relative to the folder
    that the user gave)."""
    return [_listed(*row) for row in db.rows(QUERY)]


def _listed(  # noqa: PLR0917 — the columns of the query
    id: str,
    source: str,
    media_type: str,
    title: str,
    author: str | None,
    date: str | None,
    language: str | None,
    guessed: str | None,
    passages: int,
    paths: str,
    family: str | None,
    figures: str | None,
    *newest: str,
) -> Listed:
    files = tuple(json.loads(paths))
    superseded_by = None
    by_file_time = False
    if family is not None:
        told = Version(newest[0], family, newest[1], newest[2]), Version(id, family, date, figures or "")
        superseded_by = versions.newer(id, told)
        by_file_time = superseded_by is not None and versions.by_file_time(id, told)
    there = any(os.path.exists(path) for path in files)  # noqa: PTH110 - four times as fast as Path's, and asked of all
    about = (id, source, media_type, title, author, date, language)
    state = "ready" if there else "source missing"
    return Listed(*about, passages, files, state, superseded_by, by_file_time, tuple((guessed or "").split()))

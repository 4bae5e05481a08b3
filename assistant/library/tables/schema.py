"""The SQL that creates the catalog's tables in SQLite, one statement at a time, in order."""

# Since 2 there is feedback, since 3 versions of a piece, since 4 verdicts and what cleaning went by, since 5 owners of
# conversations and verdicts, and conversations that can be brought back, since 6 questions without an answer, since 7
# what tells a catalog from every other, and words of scripts without spaces (of texts that are read or reindexed from
# then on), since 8 questions that wait for files, since 9 what people said of a document, since 10 what of a document
# is guessed, and the indexes without which a voice's passages, and where a line recurs, are looked for in all, since 11
# the dates of messages in chats, since 12 whether vectors know the titles and headings of their passages.
VERSION = 12

WORDS = "CREATE VIRTUAL TABLE words USING fts5 (text, title, voice, tokenize = 'porter unicode61 remove_diacritics 2')"

TABLES = """
CREATE TABLE state (
    generation INTEGER NOT NULL DEFAULT 0,
    in_doubt INTEGER NOT NULL DEFAULT 0,
    passage_words INTEGER NOT NULL,
    headed INTEGER NOT NULL DEFAULT 0,
    model TEXT,
    weights TEXT,
    dimension INTEGER
);

CREATE TABLE documents (
    id TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL,
    media_type TEXT NOT NULL,
    title TEXT NOT NULL,
    author TEXT,
    date TEXT,
    source TEXT NOT NULL,
    text TEXT NOT NULL,
    blocks TEXT NOT NULL,
    dropped TEXT NOT NULL
);

CREATE INDEX documents_by_content ON documents (sha256);

CREATE TABLE sources (
    key INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    document TEXT NOT NULL REFERENCES documents (id)
);

CREATE INDEX sources_by_document ON sources (document);

CREATE INDEX sources_by_source ON sources (source);

-- The vector comes last: nothing that answers a question reads it, only what rebuilds the index.
CREATE TABLE passages (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    voice TEXT NOT NULL,
    speaker TEXT,
    page INTEGER,
    date TEXT,
    headings TEXT NOT NULL,
    text TEXT NOT NULL,
    spans TEXT NOT NULL,
    sentences BLOB NOT NULL,
    vector BLOB NOT NULL
);

CREATE INDEX passages_by_document ON passages (document, start);

-- Passages of a library that is being reindexed, until all are there.
CREATE TABLE staged AS SELECT * FROM passages WHERE 0;

-- How many passages have a word.
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, col);

CREATE TRIGGER passage_gone AFTER DELETE ON passages BEGIN
    DELETE FROM words WHERE rowid = old.key;
END;

CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    title TEXT NOT NULL,
    created TEXT NOT NULL
);

CREATE TABLE turns (
    key INTEGER PRIMARY KEY,
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    created TEXT NOT NULL,
    answer TEXT NOT NULL
);

CREATE INDEX turns_by_conversation ON turns (conversation, key);
"""

# One verdict for each answer (no citation) and each citation.
FEEDBACK = """
CREATE TABLE feedback (
    key INTEGER PRIMARY KEY,
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    turn INTEGER NOT NULL,
    citation INTEGER,
    verdict TEXT NOT NULL,
    note TEXT NOT NULL,
    created TEXT NOT NULL
);

CREATE UNIQUE INDEX feedback_by_place ON feedback (conversation, turn, coalesce(citation, 0));
"""

# Which documents are versions of one piece (a family), and the hashes by which one is found for another.
VERSIONS = """
CREATE TABLE versions (
    key INTEGER PRIMARY KEY,
    document TEXT NOT NULL UNIQUE REFERENCES documents (id) ON DELETE CASCADE,
    family TEXT NOT NULL,
    time TEXT NOT NULL,
    figures TEXT NOT NULL
);

CREATE INDEX versions_by_family ON versions (family);

CREATE TABLE shingles (
    hash INTEGER NOT NULL,
    document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    PRIMARY KEY (hash, document)
) WITHOUT ROWID;

CREATE INDEX shingles_by_document ON shingles (document);
"""

# What is known of a document's origin and language, and what it was cleaned by (none of before version 4 has it); the
# lines by which it is known what recurs over a site's or an author's documents (``recurs``: it was known when the
# document was cleaned); and what a team wants kept, of which paths.
CLEANING = """
CREATE TABLE IF NOT EXISTS cleaned (
    document TEXT PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    language TEXT,
    site TEXT,
    origin TEXT,
    kept TEXT NOT NULL,
    stale INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS cleaned_by_origin ON cleaned (origin);

CREATE TABLE IF NOT EXISTS lines (
    document TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    hash INTEGER NOT NULL,
    recurs INTEGER NOT NULL,
    PRIMARY KEY (document, hash)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS recurring (
    hash INTEGER PRIMARY KEY,
    origin TEXT NOT NULL
);

CREATE INDEX IF NOT EXISTS recurring_by_origin ON recurring (origin);

CREATE TABLE IF NOT EXISTS keeps (
    path TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (path, reason)
) WITHOUT ROWID;
"""

# Pressure tests, each as it was made; ``revises`` is the one whose idea it revises.
VERDICTS = """
CREATE TABLE IF NOT EXISTS verdicts (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    created TEXT NOT NULL,
    idea TEXT NOT NULL,
    ruling TEXT NOT NULL,
    revises TEXT,
    verdict TEXT NOT NULL
);
"""

# Whose a conversation or a verdict is, where people sign in (without a row: nobody's), and which conversations were
# deleted, and when, in ISO 8601 and UTC.
OWNERS = """
CREATE TABLE IF NOT EXISTS conversation_owners (
    conversation TEXT PRIMARY KEY REFERENCES conversations (id) ON DELETE CASCADE,
    owner TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS deleted (
    conversation TEXT PRIMARY KEY REFERENCES conversations (id) ON DELETE CASCADE,
    at TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS verdict_owners (
    verdict TEXT PRIMARY KEY REFERENCES verdicts (id) ON DELETE CASCADE,
    owner TEXT NOT NULL
) WITHOUT ROWID;
"""

# What was asked in a conversation and has no answer yet; ``turn`` is the one in whose place it was asked, from 1.
UNANSWERED = """
CREATE TABLE IF NOT EXISTS unanswered (
    conversation TEXT PRIMARY KEY REFERENCES conversations (id) ON DELETE CASCADE,
    question TEXT NOT NULL,
    turn INTEGER
) WITHOUT ROWID;
"""

# Questions that are asked when the files that came with them have been read: these by their names in the folder for
# dropped files, as a list of JSON.
AWAITING = """
CREATE TABLE IF NOT EXISTS awaiting (
    key INTEGER PRIMARY KEY,
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    question TEXT NOT NULL,
    files TEXT NOT NULL
);
"""

# What people said of a document, and what its file says, each as a list of JSON: title, author and date. It outlives
# the document, so that it holds again when the file is read again.
CORRECTED = """
CREATE TABLE IF NOT EXISTS corrected (
    document TEXT PRIMARY KEY,
    said TEXT NOT NULL,
    read TEXT NOT NULL
) WITHOUT ROWID;
"""

# Which of a document's title, author and date no place of its file states, with spaces between.
GUESSED = """
CREATE TABLE IF NOT EXISTS guessed (
    document TEXT PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    fields TEXT NOT NULL
) WITHOUT ROWID;
"""

# What tells this catalog from every other; written when it is first asked for.
IDENTITY = """
CREATE TABLE IF NOT EXISTS identity (
    id TEXT NOT NULL
);
"""

INDEXES = """
CREATE INDEX IF NOT EXISTS passages_by_voice ON passages (voice);

CREATE INDEX IF NOT EXISTS lines_by_hash ON lines (hash, document);
"""

# Dates of messages in chats; none where nothing but the document is dated.
DATES = ("ALTER TABLE passages ADD COLUMN date TEXT", "ALTER TABLE staged ADD COLUMN date TEXT")

# Whether vectors know the titles and headings of their passages; those of libraries that were made before do not.
HEADED = "ALTER TABLE state ADD COLUMN headed INTEGER NOT NULL DEFAULT 0"

ADDED = """CREATE TRIGGER passage_added AFTER INSERT ON passages BEGIN
    INSERT INTO words (rowid, text, title, voice)
    VALUES (
        new.key, apart(new.text), apart((SELECT title FROM documents WHERE id = new.document)), apart(new.voice)
    );
END;"""
_ADDED_NOW = ("DROP TRIGGER IF EXISTS passage_added", ADDED)
_FEEDBACK, _VERSIONS = tuple(FEEDBACK.split(";\n\n")), tuple(VERSIONS.split(";\n\n"))
_INDEXES = tuple(INDEXES.split(";\n\n"))
_CLEANING, _OWNERS = tuple(CLEANING.split(";\n\n")), tuple(OWNERS.split(";\n\n"))
# What each version added to the one before.
ADDITIONS = {
    2: _FEEDBACK,
    3: _VERSIONS,
    4: (*_CLEANING, VERDICTS),
    5: _OWNERS,
    6: (UNANSWERED,),
    7: (IDENTITY, *_ADDED_NOW),
    8: (AWAITING,),
    9: (CORRECTED,),
    10: (GUESSED, *_INDEXES),
    11: DATES,
    12: (HEADED,),
}


def _since(version: int, until: int = VERSION) -> tuple[str, ...]:
    """What was added after a version, up to the version ``until``."""
    return tuple(sql for number in range(version + 1, until + 1) for sql in ADDITIONS[number])


# What makes a library of each version one of today's; 0 is none. Its tables have what 11 and 12 added.
STEPS = {
    0: (*TABLES.split(";\n\n"), WORDS, ADDED, *_since(1, until=10)),
    **{version: _since(version) for version in range(1, VERSION)},
}

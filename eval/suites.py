"""Suite files to suites: cases over a corpus, each gold quote found in the source that it names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from assistant.errors import CaseError, SourceError
from eval.cases import Case, Gold, Parsed, fault, parse
from ingest.drafts import collapse
from ingest.reading.decoding import decode
from ingest.reading.formats import read


@dataclass(frozen=True, slots=True)
class Suite:
    """Cases over one folder of documents."""

    name: str
    path: Path
    corpus: Path
    cases: tuple[Case, ...]


def load(path: Path) -> Suite:
    """The suite in the file ``path``.

    Raises:
        CaseError: the file or its corpus is missing, a case cannot be understood, two have one id, or a quote
            does not stand in its source; names each with its line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise CaseError(f"The suite {path} cannot be read: {exc}.") from exc
    parsed = parse(text, path.name)
    corpus = (path.parent / parsed.file.corpus).resolve()
    if not corpus.is_dir():
        raise CaseError(fault(path.name, parsed.lines[("corpus",)], None, f"the corpus {corpus} is no folder"))
    if faults := [*_same_ids(parsed, path.name), *_missing_quotes(parsed, path.name, corpus)]:
        raise CaseError("\n".join(faults))
    return Suite(parsed.file.name or path.stem, path, corpus, parsed.file.cases)


def _same_ids(parsed: Parsed, name: str) -> Iterator[str]:
    met: Counter[str] = Counter()
    for index, case in enumerate(parsed.file.cases):
        met[case.id] += 1
        if met[case.id] == 2:
            yield fault(name, parsed.lines.get(("cases", index)), case.id, "the id stands twice")


def _missing_quotes(parsed: Parsed, name: str, corpus: Path) -> Iterator[str]:
    sources: dict[str, _Source] = {}
    for index, case in enumerate(parsed.file.cases):
        for key in ("evidence", "supports", "challenges"):
            golds: tuple[Gold, ...] = getattr(case, key)
            for number, gold in enumerate(golds):
                source = sources.setdefault(gold.source, _Source(corpus, gold.source))
                if what := source.lacks(gold.quote):
                    yield fault(name, parsed.lines.get(("cases", index, key, number)), case.id, what)


class _Source:
    """One file of a corpus, and whether words stand in it: as its bytes say, or as its reader shows it."""

    def __init__(self, corpus: Path, source: str) -> None:
        self._corpus, self._source = corpus, source

    def lacks(self, quote: str) -> str | None:
        """What is wrong with a quote of this source; None when it stands there, whitespace aside."""
        path = (self._corpus / self._source).resolve()
        if not (path.is_relative_to(self._corpus) and path.is_file()):
            return f"there is no {self._source} in the corpus"
        words = collapse(quote)
        try:
            if words in self._written or words in self._visible:
                return None
        except OSError as exc:
            return f"{self._source} cannot be read: {exc}"
        return f"not in {self._source}: {quote!r}"

    @cached_property
    def _data(self) -> bytes:
        return (self._corpus / self._source).read_bytes()

    @cached_property
    def _written(self) -> str:
        try:
            return collapse(decode(self._data))
        except SourceError:
            return ""  # not a text file: only its reader can show it

    @cached_property
    def _visible(self) -> str:
        try:
            return collapse(" ".join(piece.text for piece in read(self._source, self._data).pieces))
        except SourceError:
            return ""

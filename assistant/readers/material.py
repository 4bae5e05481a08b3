"""Prepares the extracts that a reader gets for a question: whole passages, numbered, and joined if one follows the
other.

For questions that outsiders wrote, the first 12 passages hold the whole evidence for 0.97 of them in a small library,
and the first 24 for 0.90 in a company's handbook. For 7 of the 9 questions for which they do not, the right document
was among the first two. So 24 passages, and more from the two best documents, would be enough. More are read, as far as
the reader's context has room.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from assistant.evidence.broad import leading_sentences
from assistant.library.library import Library
from assistant.model.embedding import Embedder, Vectors
from assistant.search.named import Named, may_name, named
from assistant.search.question import Asks, Question
from assistant.search.retrieval import ANYWHERE, Candidate, candidates, spread
from assistant.text.introductions import part_of
from assistant.text.words import content_stems, tokens
from assistant.types import Filters, Passage, Sentence, Span

READ = 40  # passages that rank best: with the next two, some 10,000 tokens of a model's context
BEST = 4  # documents of which more is read than ranks so high,
BEYOND = 6  # by so many passages each, the nearest to the question
FOR_MORE = 8  # passages read of each further search
OF_A_LIST = 6  # passages by which a list or a table that goes on is made whole, on either side
TITLED = 100  # passages by whose titles the documents are found that a question can name
LEADING = 24  # passages of the documents that it names, before all others: as many as would be enough (see above),
BEHIND = 2.0  # which score so much less: twice what lies between the best and the worst of a search
NAMED = 0.6  # share of a name's content words by which a question names it: "the kitchenware brand director"


class Extract(NamedTuple):
    """A numbered stretch of one document, by one speaker, in which a reader (a chat model or a program) looks for an
    answer. ``passage`` is a single passage, or several consecutive ones joined.

    ``parts`` are the passages before they were joined. A reader refers to the extract by its ``number``.
    """

    number: int
    passage: Passage
    parts: tuple[Passage, ...]

    def part(self, span: Span, at: int) -> Passage:
        """Return the passage of ``parts`` that contains all of ``span``. If there is none, return the whole extract as
        a passage, with the headings and the page of the part that contains ``at``, an offset in the document's text."""
        within = next((p for p in self.parts if p.start <= span.start and span.end <= p.end), None)
        if within:
            return within
        there = next((p for p in self.parts if p.start <= at < p.end), self.passage)
        return replace(self.passage, headings=there.headings, page=there.page)

    def sentences(self, span: Span) -> list[Sentence]:
        """The sentences of the extract that overlap ``span``."""
        return [s for s in self.passage.sentences if s.start < span.end and span.start < s.end]


class Given:
    """The material from which a reader (a chat model or a program) answers a ``question``: numbered ``extracts`` of
    documents, and the search results from which the extracts were made (``candidates``, the best first)."""

    def __init__(self, question: Question, extracts: Sequence[Extract], candidates: Sequence[Candidate] = ()) -> None:
        self.question, self.extracts, self.candidates = question, tuple(extracts), tuple(candidates)
        self._rank = {candidate.passage.id: place for place, candidate in enumerate(self.candidates)}

    def more(self, queries: Iterable[str]) -> tuple[Extract, ...]:  # noqa: ARG002
        """Search with further ``queries``, and add the passages that they find as further extracts, numbered after the
        present ones. Returns the new extracts, without passages that earlier extracts have. This base class searches
        nothing and returns an empty tuple."""
        return ()

    def within(self, characters: int) -> tuple[Extract, ...]:
        """Return the best extracts, with at most ``characters`` characters together, in the order of their numbers. At
        least one extract is returned; if it is too long, it is cut to its best passage and the passages around it."""
        worst = len(self.candidates)
        places = {part.id: self._rank.get(part.id, worst) for one in self.extracts for part in one.parts}
        best = sorted(self.extracts, key=lambda one: min(places[part.id] for part in one.parts))
        kept: list[Extract] = []
        for one in best:
            fits = one if kept else _cut(one, characters, places)
            characters -= len(fits.passage.text)
            if kept and characters < 0:
                break
            kept.append(fits)
        return tuple(sorted(kept, key=lambda one: one.number))


def _cut(extract: Extract, characters: int, places: Mapping[str, int]) -> Extract:
    """Return the best passage of an extract, with as many of the passages around it as fit into ``characters``.
    ``places`` has the rank of each passage by id; the lowest is the best."""
    whole, parts = extract.passage, extract.parts
    first = last = min(range(len(parts)), key=lambda n: places[parts[n].id])
    grown = True
    while grown:
        grown = False
        for n in (last + 1, first - 1):
            low, high = min(first, n), max(last, n)
            if low >= 0 and high < len(parts) and parts[high].end - parts[low].start <= characters:
                first, last, grown = low, high, True
                break
    start, end = parts[first].start, parts[last].end
    if last - first + 1 == len(parts):
        return extract
    text = whole.text[start - whole.start : end - whole.start]
    sentences = tuple(one for one in whole.sentences if start <= one.start and one.end <= end)
    cut = replace(whole, start=start, end=end, text=text, sentences=sentences)
    return Extract(extract.number, cut, parts[first : last + 1])


class Shelf:
    """Makes extracts, which are numbered stretches of documents, from passages of a library. Consecutive passages are
    joined. If the passages have only a part of a bulleted or numbered list, the rest of the list can be added."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._flows: dict[str, list[Passage]] = {}

    def flow(self, document: str) -> list[Passage]:
        """All passages of the document whose id is ``document``, in the order of the text."""
        if document not in self._flows:
            self._flows[document] = [stored.passage for stored in self._library.stored_of(document)]
        return self._flows[document]

    def extracts(self, passages: Iterable[Passage], first: int = 1) -> tuple[Extract, ...]:
        """Make extracts from passages, and number them from ``first`` on. The extracts are sorted by document, in the
        order in which the documents first occur in ``passages``; within a document, they are in the order of the
        text."""
        by_document: dict[str, dict[str, Passage]] = {}
        for passage in passages:
            by_document.setdefault(passage.about.id, {})[passage.id] = passage
        runs = [run for document, own in by_document.items() for run in self._runs(document, own)]
        return tuple(self._extract(number, run) for number, run in enumerate(runs, first))

    def rest_of_list(self, passage: Passage) -> Iterator[Passage]:
        """If a list or table continues before or after ``passage``, yield the neighbouring passages that have the rest
        of it."""
        flow = self.flow(passage.about.id)
        at = next((n for n, one in enumerate(flow) if one.id == passage.id), None)
        if at is None or not any(map(part_of, passage.sentences)):
            return
        for step in (1, -1):
            for n in range(1, OF_A_LIST + 1):
                here, there = at + step * (n - 1), at + step * n
                if not (0 <= there < len(flow) and _goes_on(*((flow[here], flow[there])[::step]))):
                    break
                yield flow[there]

    def _runs(self, document: str, chosen: dict[str, Passage]) -> Iterator[list[Passage]]:
        """Yield the ``chosen`` passages of a document (by id) in groups of consecutive passages of one speaker and day.
        A single passage that is missing between two is added."""
        run: list[Passage] = []
        skipped: list[Passage] = []
        for passage in self.flow(document):
            if run and (_speaker_and_date(passage) != _speaker_and_date(run[0]) or len(skipped) > 1):
                yield run
                run, skipped = [], []
            if passage.id in chosen:
                run, skipped = [*run, *skipped, passage], []
            elif run:
                skipped.append(passage)
        if run:
            yield run

    def _extract(self, number: int, run: Sequence[Passage]) -> Extract:
        """Make one extract of consecutive passages. If the document's text has changed so that it cannot be read, the
        extract has only the first passage."""
        first, last = run[0], run[-1]
        text = self._library.quote(first.about.id, first.start, last.end) if len(run) > 1 else first.text
        if text is None:
            return Extract(number, first, (first,))
        sentences = tuple(sentence for passage in run for sentence in passage.sentences)
        return Extract(number, replace(first, end=last.end, text=text, sentences=sentences), tuple(run))


class Material(Given):
    """The evidence for one question: the ``candidates`` that a search found, the best first, and the extracts made from
    them and from more passages of the best documents.

    If the question names documents, their passages are the first candidates. Otherwise, if it names a speaker or
    author, only passages by this person are candidates. If it asks about the documents as a whole, there are no
    candidates: ``leading`` has sentences that represent the documents, and the extracts are made from the passages of
    these sentences.
    """

    def __init__(self, question: Question, library: Library, embedder: Embedder, filters: Filters = ANYWHERE) -> None:
        self.vector = embedder.query(question.text)
        self._library, self._embedder, self._filters = library, embedder, filters
        self._shelf = Shelf(library)
        self._seen: set[str] = set()  # passages, and those that say the same as one of them
        self.leading: tuple[tuple[Passage, Sentence], ...] = ()
        self.named: Named | None = None
        if question.asks is Asks.BROAD:
            self.leading = tuple(leading_sentences(self.vector, library, filters))
            super().__init__(question, self._shelf.extracts(passage for passage, _ in self.leading))
            return
        self.named = self._named(question)
        anywhere = self._searched(question.text, self.vector, filters)
        led = self._led(question, anywhere)
        first = self._unseen((*led[:READ], *anywhere[:READ]))
        super().__init__(question, self._shelf.extracts(self._chosen(first)), led or anywhere)

    def more(self, queries: Iterable[str]) -> tuple[Extract, ...]:
        self._seen |= {part.id for extract in self.extracts for part in extract.parts}
        new: list[Passage] = []
        for query in queries:
            found = self._searched(query, self._embedder.query(query), self._filters)[:FOR_MORE]
            for place, one in enumerate(found):  # what was asked for is read before the worst of the rest
                self._rank[one.passage.id] = min(place, self._rank.get(one.passage.id, place))
            new += self._unseen(found)
        added = self._shelf.extracts(new, len(self.extracts) + 1)
        self.extracts = (*self.extracts, *added)
        return added

    def _unseen(self, found: Iterable[Candidate]) -> list[Passage]:
        """The passages of ``found`` that are new: neither they nor their near-duplicates were found before. They are
        remembered for the next call."""
        fresh: list[Passage] = []
        for one in found:
            alike = {one.passage.id, *(passage.id for passage in one.hit.folded)}
            if not alike & self._seen:
                fresh.append(one.passage)
            self._seen |= alike
        return fresh

    def flow(self, document: str) -> list[Passage]:
        """All passages of the document whose id is ``document``, in the order of the text."""
        return self._shelf.flow(document)

    def superseded(self, documents: Sequence[str]) -> dict[str, str]:
        """Map the id of each of these documents that a newer version supersedes to the id of the newest version. The
        result is empty if the question has a year, since it may be that of an older version."""
        return {} if self.question.years else self._library.superseded(documents)

    def mentions(self, word: str) -> bool:
        """Whether ``word`` occurs in any of the documents that are searched."""
        return bool(self._library.lexical([word], 1, self._filters))

    def _named(self, question: Question) -> Named | None:
        """The documents that the question names by their titles; None if it names none."""
        if not may_name(question):
            return None
        words = [token.word for token in tokens(question.text) if token.content]
        return named(question, self._library.titled(words, TITLED, self._filters))

    def _led(self, question: Question, anywhere: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """The candidates for a question that names documents or a person, the best first; empty if it names neither.

        If it names documents, these are passages of the documents, followed by the candidates from ``anywhere``. If it
        names a speaker or author, these are passages by this person only.
        """
        if self.named:
            own = replace(self._filters, documents=tuple(about.id for about in self.named.documents))
            of_it = self._searched(question.text, self.vector, own)
            known = {one.passage.id for one in of_it}
            others = (one for one in anywhere if one.passage.id not in known)
            return *of_it[:LEADING], *(
                one._replace(hit=replace(one.hit, score=one.hit.score - BEHIND)) for one in others
            )
        voice = None if self._filters.authors else named_voice(question, [one.passage for one in anywhere])
        of_voice = replace(self._filters, authors=(voice,)) if voice else None
        return self._searched(question.text, self.vector, of_voice) if of_voice else ()

    def _searched(self, query: str, vector: Vectors, filters: Filters) -> tuple[Candidate, ...]:
        return tuple(spread(candidates(query, vector, self._library, filters)))

    def _chosen(self, ranked: Sequence[Passage]) -> list[Passage]:
        """The passages to read: those in ``ranked``, more passages of the best documents, and the missing parts of
        lists and tables."""
        chosen = {passage.id: passage for passage in ranked}
        for document in list(dict.fromkeys(passage.about.id for passage in chosen.values()))[:BEST]:
            rest = [stored for stored in self._library.stored_of(document) if stored.passage.id not in self._seen]
            near = sorted(rest, key=lambda stored: -float((stored.vectors @ self.vector).max(initial=-1.0)))
            chosen.update({stored.passage.id: stored.passage for stored in near[:BEYOND]})
        for passage in list(chosen.values()):
            chosen.update({one.id: one for one in self._shelf.rest_of_list(passage)})
        return list(chosen.values())


def named_voice(question: Question, passages: Sequence[Passage]) -> str | None:
    """Return the speaker or author of one of ``passages`` whose name occurs in the question; None if there is none. If
    the question names several, the one whose name it gives most completely is returned."""
    asked = {token.stem for token in question.content}
    best: tuple[float, str] | None = None
    for voice in dict.fromkeys(p.speaker or p.about.author for p in passages):
        words = set(content_stems(voice or ""))
        named = len(words & asked)
        if voice and words and named >= min(2, len(words)) and named >= NAMED * len(words):
            best = max(best or (0.0, ""), (named / len(words), voice))
    return best[1] if best else None


def _of_list(passage: Passage) -> tuple[str, ...]:
    """The headings over a passage, without the list items above its first sentence."""
    return passage.headings[: len(passage.headings) - passage.sentences[0].depth]


def _goes_on(one: Passage, other: Passage) -> bool:
    """Whether ``one`` ends with a list or table that continues in the next passage, ``other``."""
    ends, begins = one.sentences[-1:], other.sentences[:1]
    return (
        bool(ends and begins)
        and part_of(ends[0]) is part_of(begins[0]) is not None
        and all(ours == theirs for ours, theirs in zip(_of_list(one), _of_list(other), strict=False))
        and _speaker_and_date(one) == _speaker_and_date(other)
    )


def _speaker_and_date(passage: Passage) -> tuple[str | None, str | None]:
    """Who says a passage, and when, as far as it is known."""
    return passage.speaker, passage.about.date

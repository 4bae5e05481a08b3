"""The judgements of people in pressure tests, as labelled pairs and as cases.

A verdict stores each judgement with its idea, document, offsets and side. This module collects them. If the same words
were judged twice, the later judgement counts. A judgement counts only if the words are still at those offsets.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from assistant import wire
from assistant.library.library import Library
from assistant.types import Citation, IdeaRuling, Passage, Stance

SOMEBODY = "somebody"  # who judged where nobody signs in
LABELS = {Stance.SUPPORTS: "supports", Stance.CHALLENGES: "challenges", Stance.UNCLEAR: "no"}


class JudgedPair(NamedTuple):
    """A citation in the test of an idea, and the ``side`` that a person chose for it: for the idea, against it, or
    ``UNCLEAR``, which means that the words are not about the idea. ``by`` names the person.
    """

    citation: Citation
    side: Stance
    by: str


class JudgedIdea(NamedTuple):
    """An idea that was tested, and people's judgements of the sentences that its test listed (``pairs``). ``ruling`` is
    what the test decided on the idea after the last judgement: it holds, is contested, is challenged, or is not covered
    by the documents.
    """

    idea: str
    ruling: IdeaRuling
    pairs: tuple[JudgedPair, ...]

    @property
    def id(self) -> str:
        return f"idea-{hashlib.blake2b(self.idea.encode(), digest_size=4).hexdigest()}"


def judged(library: Library) -> list[JudgedIdea]:
    """Find the tested ideas in a library for which a person has judged at least one of the sentences that the test
    listed. They are in the order in which they were first tested.
    """
    found: dict[str, dict[tuple[str, int, int], JudgedPair]] = {}
    rulings: dict[str, IdeaRuling] = {}
    for kept in library.verdicts.every():
        verdict, _ = wire.stored_verdict(kept)
        for one in (finding for assumption in verdict.assumptions for finding in assumption.findings):
            place = one.citation.about.id, one.citation.start, one.citation.end
            if one.judged and library.quote(*place) == one.citation.quote:
                pair = JudgedPair(one.citation, one.stance, one.judged.by or SOMEBODY)
                found.setdefault(verdict.idea, {})[place] = pair
                rulings[verdict.idea] = verdict.ruling
    return [JudgedIdea(idea, rulings[idea], tuple(pairs.values())) for idea, pairs in found.items()]


def write(library: Library, corpus: str, folder: Path) -> int:
    """Write people's judgements of tested ideas as labels for training, in the files and format of
    ``eval/training/labelling``. Returns the number of judgements.

    ``corpus`` is the name of the corpus in the labels; ``folder`` is the folder for the files. A label belongs to a
    whole passage, and has the spans of the judged sentences.
    """
    every = judged(library)
    asked = [{"id": one.id, "kind": "idea", "corpus": corpus, "text": one.idea} for one in every]
    _write(folder / "asked.jsonl", asked)
    _write(folder / "labels" / "ideas.jsonl", (sheet for one in every for sheet in _sheets(one, library, corpus)))
    cited = {pair.citation.about.id: pair.citation.about.source for one in every for pair in one.pairs}
    files = [{"corpus": corpus, "file": source, "text_sha256": _hash(library, id)} for id, source in cited.items()]
    _write(folder / "labels" / "files.jsonl", files)
    return sum(len(one.pairs) for one in every)


def _sheets(one: JudgedIdea, library: Library, corpus: str) -> Iterator[dict[str, Any]]:
    """A sheet for each person who judged findings of the idea: the passages that are for or against it, and the places
    of those that are not about it.
    """
    for by in dict.fromkeys(pair.by for pair in one.pairs):
        spans: dict[Passage, dict[str, list[list[int]]]] = {}
        for pair in (pair for pair in one.pairs if pair.by == by):
            for passage in _passages(pair.citation, library):
                of_passage = spans.setdefault(passage, {})
                if pair.side is not Stance.UNCLEAR:
                    of_passage.setdefault(LABELS[pair.side], []).extend(_sentences(passage, pair.citation))
        no: dict[str, list[list[int]]] = {}
        for passage in (passage for passage, sides in spans.items() if not sides):
            no.setdefault(passage.about.source, []).append([passage.start, passage.end])
        bears = [
            {
                "file": passage.about.source,
                "start": passage.start,
                "end": passage.end,
                "label": "both" if len(sides) > 1 else next(iter(sides)),
                "spans": sides,
            }
            for passage, sides in spans.items()
            if sides
        ]
        yield {"asked": one.id, "corpus": corpus, "by": by, "bears": bears, "no": no}


def _passages(cited: Citation, library: Library) -> list[Passage]:
    """The passages that have some of the cited words."""
    passages = (stored.passage for stored in library.stored_of(cited.about.id))
    return [one for one in passages if one.start < cited.end and cited.start < one.end]


def _sentences(passage: Passage, cited: Citation) -> list[list[int]]:
    return [[one.start, one.end] for one in passage.sentences if one.start < cited.end and cited.start < one.end]


def _hash(library: Library, document: str) -> str:
    return hashlib.sha256(library.document(document).text.encode()).hexdigest()[:16]


def _write(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")

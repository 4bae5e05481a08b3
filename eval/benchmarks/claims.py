"""Measures which faulty claims of a model the checks catch, and which sound claims they drop by mistake.

    python -m eval.benchmarks.claims [--told]

Each claim of eval/suites/claims/ is put through ``Verifier`` over all sample documents, as if a model had made it.
There are also faults that code cannot judge, such as claims that are reversed or too strong; their figures are printed,
but have no limit.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path
from typing import Any, NamedTuple

from assistant import build
from assistant.checking.verifying import Verifier
from assistant.library.library import Library
from assistant.model.embedding import Embedder
from assistant.readers.material import Extract, Given, Shelf
from assistant.readers.seam import Claim, Outcome, Quote, Reading
from assistant.search import question as questions
from assistant.settings import Settings
from eval.benchmarks.measuring import SAMPLE, tell
from ingest.sync import sync

CLAIMS = SAMPLE.parent / "claims" / "claims.jsonl"
SOUND = "sound"
CERTAIN = ("figure", "name", "wrong passage", "words not there")  # faults that code is to catch


class Tried(NamedTuple):
    """The result of checking one claim that a model might have made. ``kind`` is the kind of fault that the claim has,
    or ``SOUND`` if it has none; ``claim`` is its text. ``why`` says why the verifier (the code that checks a model's
    claims against the documents) dropped the claim; it is empty if the claim was kept.
    """

    kind: str
    claim: str
    why: str


def tried(embedder: Embedder) -> list[Tried]:
    """Check every claim of the benchmark with ``Verifier`` (the code that checks a model's claims against the
    documents), as if a chat model had made the claim from the sample documents. Returns the results.
    """
    with tempfile.TemporaryDirectory(prefix="pushback-bench-") as home:
        settings = Settings(home=Path(home))
        with Library.open(settings, embedder, create=True) as library:
            sync([SAMPLE / "documents"], library, settings, embedder)
            everything = [stored.passage for one in library.entries() for stored in library.stored_of(one.about.id)]
            extracts = Shelf(library).extracts(everything)
            rows = [json.loads(line) for line in CLAIMS.read_text("utf-8").splitlines()]
            return [_tried(row, extracts, library, embedder) for row in rows]


def _tried(row: dict[str, Any], extracts: tuple[Extract, ...], library: Library, embedder: Embedder) -> Tried:
    verifier = Verifier(Given(questions.read(row["question"]), extracts), library.quote, embedder)
    numbers = {one.passage.about.source: one.number for one in reversed(extracts)}
    claim = Claim(row["claim"], tuple(Quote(numbers[one["source"]], one["quote"]) for one in row["quotes"]))

    def reading() -> Generator[Claim, None, Reading]:
        yield claim
        return Reading(Outcome.ANSWERED)

    made = list(verifier.statements(reading()))
    return Tried(row["fault"] or SOUND, row["claim"], "" if made else verifier.dropped[-1].why)


def shares(done: list[Tried]) -> dict[str, tuple[int, float]]:
    """Return a dictionary from each kind of claim to a pair: the number of claims of this kind, and the share of them
    that the verifier (the code that checks a model's claims against the documents) dropped. The kind of a claim is the
    kind of fault that it has, or ``SOUND``. ``done`` has the result of checking each claim.
    """
    kinds: dict[str, list[bool]] = defaultdict(list)
    for one in done:
        kinds[one.kind].append(bool(one.why))
    return {kind: (len(dropped), sum(dropped) / len(dropped)) for kind, dropped in sorted(kinds.items())}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--told", action="store_true", help="tell each sound claim dropped and each fault missed")
    given = parser.parse_args()
    done = tried(build.build_embedder(Settings()))
    for kind, (count, share) in shares(done).items():
        print(f"{kind:18} {count:4}  dropped {share:.3f}")
    if given.told:
        for one in done:
            if bool(one.why) is (one.kind == SOUND):
                print(f"{one.kind}: {one.claim} {f'— {one.why}' if one.why else ''}")
    certain = [one for one in done if one.kind in CERTAIN]
    bars = (
        ("sound claims dropped", shares(done)[SOUND][1], None, 0.02),
        ("faults caught of which code can be sure", sum(bool(one.why) for one in certain) / len(certain), 0.97, None),
    )
    for name, value, least, most in bars:
        try:
            tell(name, value, at_least=least, at_most=most)
        except SystemExit:
            continue


if __name__ == "__main__":
    main()

"""Measures whether reading four times as much repeated text takes four times as long.

    python -m eval.benchmarks.linear

The measure is the processor time of parsing alone, the least of ``ROUNDS`` rounds. The time of a quadratic reader would
grow sixteenfold. That each of these files can be read is tested in ``tests/test_reading_linear.py``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress

from assistant.errors import SourceError
from eval.benchmarks.measuring import arguments, tell
from ingest.pipeline.parsing import Task, parse
from ingest.reading.pdf import pdf_blocks

ROUNDS = 3  # the least of them counts, since other work only adds
LONGER = 4  # times as much text
AT_MOST = 8.0  # between 4, which is linear, and 16, which is quadratic
PROSE = "The buyer compares the offers, and then she picks the one that she can explain to her colleagues. "
INPUTS: Mapping[str, Callable[[int], str]] = {  # a file of so many units, each of some tenths of a second
    "han.txt": lambda times: "東京は大きい。" * (8_000 * times),
    "marks.txt": lambda times: "a\u0301\u0302\u0303" * (60_000 * times),
    "short.txt": lambda times: "Yes. " * (8_000 * times),
    "titles.txt": lambda times: "A Heading That Stands Alone\n\n" * (1_000 * times),
    "two-words.txt": lambda times: "A word\n\n" * (1_000 * times),
    "voices.txt": lambda times: "".join(f"Ann{n % (1_000 * times)} Lee: {PROSE}\n\n" for n in range(2_000 * times)),
    "links.html": lambda times: "<ul><li><a href='/'>A link to a page</a></li></ul>" * (3_000 * times),
    "data.html": lambda times: f"<script type='application/ld+json'>[{'{},' * (150_000 * times)}0]</script><p>{PROSE}",
    "quote.csv": lambda times: 'a,b\n1,"' + "c,d\n" * (40_000 * times),
    "brackets.md": lambda times: "[" * (2_000 * times),
}


def main() -> None:
    arguments(__doc__)
    ratios = {name: of_parsing(name) for name in INPUTS}
    ratios["a word of a PDF"] = longer(lambda times: pdf_blocks.WHOLE.findall("word" * (500_000 * times)))
    for name, ratio in ratios.items():
        print(f"{name}, {LONGER} times as much : once: {ratio:.3g}")
    worst = max(ratios, key=ratios.__getitem__)
    tell(f"the worst, {worst}", ratios[worst], at_most=AT_MOST)


def of_parsing(name: str) -> float:
    tasks = {times: Task(INPUTS[name](times).encode(), name, "0123456789", 80) for times in (1, LONGER)}

    def parsed(times: int) -> None:
        with suppress(SourceError):
            parse(tasks[times])

    return longer(parsed)


def longer(work: Callable[[int], object]) -> float:
    """Time ``work`` on a text and on a text of ``LONGER`` times the length, and return the second time divided by the
    first. ``work`` is called with a factor, 1 or ``LONGER``, by which it multiplies its text."""
    seconds: dict[int, list[float]] = {1: [], LONGER: []}
    work(1)  # whatever is loaded with the first
    for _ in range(ROUNDS):
        for times, found in seconds.items():
            started = time.process_time()
            work(times)
            found.append(time.process_time() - started)
    return min(seconds[LONGER]) / min(seconds[1])


if __name__ == "__main__":
    main()

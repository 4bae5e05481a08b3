"""Compares the time of ``pushback --help`` with that of ``python -c "import click"``.

python -m eval.benchmarks.startup
"""

from __future__ import annotations

from eval.benchmarks.measuring import PUSHBACK, PYTHON, arguments, in_turn, ratio, run, tell

ROUNDS = 30  # medians of so many: a start is short, and other work disturbs it


def main() -> None:
    arguments(__doc__)
    seconds = in_turn(
        ROUNDS,
        {"help": lambda: run([PUSHBACK, "--help"]), "click": lambda: run([PYTHON, "-c", "import click"])},
    )
    tell('`pushback --help` : `python -c "import click"`', ratio(seconds["help"], seconds["click"]), at_most=4)


if __name__ == "__main__":
    main()

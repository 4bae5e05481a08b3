"""The assistant that everyone who has the page open shares."""

from __future__ import annotations

import threading
import time
from typing import Any

from ui.parts.settings import running
from ui.parts.settings.running import AT_ONCE


def test_answers_are_made_by_turns_and_none_is_passed_over() -> None:
    begun: list[int] = []
    go_on = threading.Event()

    class Held:
        def ask(self, question: str, _history: object, _within: object) -> str:
            begun.append(int(question))
            assert go_on.wait(60)
            return question

    held: Any = Held()
    waiting = [running.answering(held, str(number), ()) for number in range(8)]
    while len(begun) < AT_ONCE:
        time.sleep(0.01)
    first = set(begun)
    go_on.set()

    answers: list[Any] = [one.result(60) for one in waiting]
    assert answers == [str(number) for number in range(8)]
    assert first == set(range(AT_ONCE))
    assert all(abs(place - number) < AT_ONCE for place, number in enumerate(begun))

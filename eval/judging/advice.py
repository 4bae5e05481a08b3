"""The ratings of an LLM judge: stored beside the scores in `judge.json`, never among them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant import wire
from eval.judging import judge as judging
from eval.judging.judge import CRITERIA, Calibration, Judge, Judgement
from eval.running.records import Record
from eval.running.replay import Budget, Recording, RecordingChat, ReplayedChat, Usage

FILE = "judge.json"


def chat(model: str, recording: Recording, *, live: bool, budget: Budget) -> ReplayedChat:
    """The chat model of the judge, which replays the replies in ``recording``.

    With ``live``, requests that are not recorded go to the real model, within the ``budget``, and their replies are
    recorded.

    Raises:
        ModelUnavailable: no provider of that name is installed.
    """
    if not live:
        return ReplayedChat(model=model, recording=recording)
    from langchain.chat_models import init_chat_model

    from assistant.errors import ModelUnavailable

    try:
        real: Any = init_chat_model(model)
    except (ImportError, ValueError) as exc:
        raise ModelUnavailable(f"The model {model!r} cannot be used: {exc}.") from exc
    return RecordingChat(model=model, recording=recording, chat=real, budget=budget)


def advise(records: Sequence[Record], judge: Judge) -> dict[str, tuple[Judgement, ...]]:
    """Ask the judge to rate every answer that has statements. Returns the ratings by the id of the case."""
    answers = {
        r.id: wire.read_answer({**r.output, "timings_ms": {}}) for r in records if r.output and "question" in r.output
    }
    return {id: judge.judge(one.standalone_question, one.statements) for id, one in answers.items() if one.statements}


def calibrated(advice: dict[str, tuple[Judgement, ...]], labels: Path | None) -> dict[str, Calibration]:
    """How well the judge agrees with people, for each criterion by its id.

    ``labels`` is a JSONL file with people's ratings; without it, no criterion is calibrated.

    Raises:
        CaseError: the labels cannot be read, or name an unknown case or criterion.
    """
    human = judging.read_labels(labels.read_text("utf-8"), labels.name, list(advice), CRITERIA) if labels else ()
    said = {(case, one.criterion): one.yes for case, those in advice.items() for one in those}
    return {
        id: judging.calibration(said, [label for label in human if label.criterion == id])
        for id in (one.id for one in CRITERIA)
    }


def write(
    folder: Path, advice: dict[str, tuple[Judgement, ...]], how: dict[str, Calibration], usage: Usage
) -> list[str]:
    """Write the ratings and their cost to `judge.json` in the folder. Returns the lines that report both to people."""
    cases = {
        case: [judging.advice(one, how[one.criterion].calibrated) for one in those] for case, those in advice.items()
    }
    told = {"usage": usage._asdict(), "cases": cases}
    (folder / FILE).write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", "utf-8")
    of = {id: [one for those in advice.values() for one in those if one.criterion == id] for id in how}
    cost = f"{usage.calls} calls, {usage.input_tokens:,} tokens in, {usage.output_tokens:,} out"
    return [*(_line(id, of[id], how[id]) for id in how), cost]


def _line(criterion: str, judged: Sequence[Judgement], how: Calibration) -> str:
    yes = sum(one.yes is True for one in judged)
    open_ = sum(one.yes is None for one in judged)
    return f"judge, {criterion}: yes for {yes} of {len(judged)}, undecided for {open_}; {how}"

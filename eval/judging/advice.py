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
    """Make the chat model that serves as the judge of answers. It replays the replies in ``recording``.

    ``model`` is the model's name in the form that LangChain takes. With ``live``, requests without a recorded reply go
    to the real model, within the ``budget`` of calls and tokens, and its replies are recorded.

    Raises:
        ModelUnavailable: the real model cannot be opened, for example because its provider's package is not installed.
    """
    if not live:
        return ReplayedChat(model=model, recording=recording)
    from langchain.chat_models import init_chat_model

    from assistant.errors import ModelUnavailable

    try:
        real: Any = init_chat_model(model)
    except (ImportError, ValueError) as exc:
        raise ModelUnavailable(f"The model {model!r} cannot be used.", details=f"{exc}.") from exc
    return RecordingChat(model=model, recording=recording, chat=real, budget=budget)


def advise(records: Sequence[Record], judge: Judge) -> dict[str, tuple[Judgement, ...]]:
    """Ask the judge (a chat model) to rate each recorded answer that has statements. Returns the ratings of each answer
    by the id of its case.
    """
    answers = {
        r.id: wire.read_answer({**r.output, "timings_ms": {}}) for r in records if r.output and "question" in r.output
    }
    return {id: judge.judge(one.standalone_question, one.statements) for id, one in answers.items() if one.statements}


def calibrated(advice: dict[str, tuple[Judgement, ...]], labels: Path | None) -> dict[str, Calibration]:
    """Compute how well the judge (a chat model) agrees with people on each criterion. Returns the results by the id of
    the criterion.

    ``advice`` has the judge's ratings by the id of the case. ``labels`` is a JSONL file with people's ratings; if it is
    None, no criterion counts as calibrated, since nothing shows that the judge agrees with people.

    Raises:
        CaseError: a line of the file is not a rating, or names an unknown case or criterion.
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
    """Write the judge's ratings and their cost to the file `judge.json` in ``folder``. Returns a report on the ratings
    and the cost as lines of text.

    ``advice`` has the ratings by the id of the case, ``how`` has the judge's agreement with people by the id of the
    criterion, and ``usage`` has the calls and tokens that the ratings cost.
    """
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

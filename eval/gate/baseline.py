"""Baselines: the accepted results of a suite's cases, stored beside the code and read in review."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from assistant.errors import PushbackError
from assistant.plainly import why
from eval.gate.compare import CaseResult, result_of
from eval.gate.summary import RunSummary
from eval.running.records import Record, reviewed

SCHEMA = 1  # raised when a file of before can no longer be read as one of now


class BaselineMissing(PushbackError):
    """Raised if a suite names a baseline (the stored results of an accepted run) that does not exist or
    cannot be read.
    """

    hint = "Run the suite, read its report, then `pushback eval accept SUITE --reason WHY`."


@dataclass(frozen=True, slots=True)
class Baseline:
    """The results of a run that somebody accepted, and the ``reason`` for accepting it. Later runs are compared with
    it.

    ``measures`` has the value of each measure by its name, ``cases`` the result of each case by its id, and ``files``
    the SHA-256 of each file of the corpus by its path.
    """

    suite: str
    corpus_sha256: str
    reason: str
    measures: Mapping[str, float | None]
    cases: Mapping[str, CaseResult]
    files: Mapping[str, str] = field(default_factory=dict)

    def changed(self, corpus_sha256: str, files: Mapping[str, str]) -> tuple[str, ...]:
        """The paths of the files that were changed, added or removed since the baseline was accepted. ``corpus_sha256``
        is the hash of the whole corpus as it is now, ``files`` has the hash of each of its files by path.

        Empty if ``corpus_sha256`` equals that of the baseline. If the corpus differs but the baseline has no hashes of
        files, the only item is a text that says that the files are unknown.
        """
        if corpus_sha256 == self.corpus_sha256:
            return ()
        names = sorted(name for name in {*self.files, *files} if self.files.get(name) != files.get(name))
        return tuple(names) if self.files else ("the baseline does not say which files",)


def of(summary: RunSummary, records: Sequence[Record], reason: str, files: Mapping[str, str] | None = None) -> Baseline:
    """Make a baseline from the summary and the records of a run. Cases that are only drafts are left out.

    ``reason`` says why the run is accepted. ``files`` has the SHA-256 of each file of the corpus by its path; if it is
    None, the baseline cannot tell later which files have changed.
    """
    measures = {one.name: one.value for one in (*summary.measures, *summary.robustness)}
    cases = {r.id: result_of(r) for r in reviewed(records)}
    return Baseline(summary.suite, summary.corpus_sha256, reason, measures, cases, files or {})


def write(baseline: Baseline, path: Path) -> None:
    """Write a baseline to the file ``path``, with one line for each case, so that changes are easy to review."""
    head = {
        "schema": SCHEMA,
        "suite": baseline.suite,
        "reason": baseline.reason,
        "corpus_sha256": baseline.corpus_sha256,
        "measures": {name: _rounded(value) for name, value in baseline.measures.items()},
        "files": dict(baseline.files),
    }
    lines = [
        f" {json.dumps(name)}: {json.dumps(value, ensure_ascii=False, indent=2 if name == 'files' else None)}"
        for name, value in head.items()
    ]
    cases = [
        f"  {json.dumps(id)}: "
        + json.dumps({"passed": one.passed, "outcome": one.outcome, "values": _values(one)}, ensure_ascii=False)
        for id, one in baseline.cases.items()
    ]
    text = "{\n" + ",\n".join([*lines, ' "cases": {\n' + ",\n".join(cases) + "\n }"]) + "\n}\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def read(path: Path) -> Baseline:
    """Read the baseline in the file ``path``.

    Raises:
        BaselineMissing: the file does not exist, is not a baseline, or was written in another version of the format.
    """
    try:
        data = json.loads(path.read_text("utf-8"))
        schema = data["schema"]
        cases = {id: CaseResult(one["passed"], one["outcome"], one["values"]) for id, one in data["cases"].items()}
        found = Baseline(data["suite"], data["corpus_sha256"], data["reason"], data["measures"], cases)
        found = replace(found, files=dict(data.get("files", {})))
    except FileNotFoundError as exc:
        raise BaselineMissing(f"There is no baseline {path}.") from exc
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
        raise BaselineMissing(f"The baseline {path} cannot be read: {why(exc)}.") from exc
    if schema != SCHEMA:
        raise BaselineMissing(f"The baseline {path} has schema {schema}, ours is {SCHEMA}.")
    return found


def _values(one: CaseResult) -> dict[str, float | None]:
    return {name: _rounded(value) for name, value in one.values.items()}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)

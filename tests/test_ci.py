"""What CI people use: the action, the template, the hook, the comment, the badge, and running what changed."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from assistant.settings import Settings
from eval.drafting.starting import BASELINE, CASES, FOLDER, SUITE
from eval.gate.gate import Exit
from eval.harness import accept, artifacts
from eval.harness.artifacts import StoredRun
from eval.harness.harness import Options, measure
from eval.render import html, markdown
from eval.render.shown import may_merge, to_read
from eval.suite import suites
from eval.suite.cases import Gate
from tests import rendered
from tests.fakes import WordEmbedder
from tests.rendered import MADE_WITH

ROOT = Path(__file__).resolve().parent.parent
GH = """#!/bin/sh
echo "$@" >> "$ASKED"
for one in "$@"; do case "$one" in body=@*) cat "${one#body=@}" > "$SENT" ;; esac; done
case "$*" in *--jq*) printf '%s' "$THERE" ;; esac
"""


def test_the_first_screen_says_whether_to_merge_and_the_three_cases_to_read() -> None:
    run = rendered.every_end()["flips"]

    page = html.render(*run, MADE_WITH)
    head = page[: page.index("<section")]

    assert [one.id for one in to_read(run.records, run.verdict, run.comparison)] == [
        "fact-part",
        "who-wrong",
        "who-watch",
    ]
    assert "Do not merge" in head
    assert head.index("fact-part") < head.index("who-wrong")
    assert may_merge(run.verdict) in markdown.render(*run)


def test_who_may_merge_is_told_to_read_nothing() -> None:
    run = rendered.judged([one for one in rendered.records() if one.passed], Gate())

    assert run.verdict.passed
    assert to_read(*run[1:]) == []
    assert "You may merge." in markdown.comment(*run)


def test_the_badge_is_what_shields_reads() -> None:
    run = rendered.every_end()["flips"]

    told = markdown.badge(run.summary, run.verdict)

    assert told == {"schemaVersion": 1, "label": "tiny", "message": "2 of 5 right", "color": "red"}


def commented(tmp_path: Path, there: str) -> tuple[list[str], str]:
    """What is asked of GitHub, and what it is sent."""
    run = rendered.every_end()["flips"]
    artifacts.render(tmp_path / "out" / "tiny", StoredRun(*run, MADE_WITH))
    (tmp_path / "gh").write_text(GH)
    (tmp_path / "gh").chmod(0o755)
    asked, sent = tmp_path / "asked", tmp_path / "sent"
    environment = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}", "OUT": str(tmp_path / "out"), "NUMBER": "7", "THERE": there,
        "GITHUB_REPOSITORY": "owner/name", "ASKED": str(asked), "SENT": str(sent),
    }  # fmt: skip
    subprocess.run(["bash", str(ROOT / "templates" / "comment.sh")], env=environment, check=True)
    return asked.read_text().splitlines(), sent.read_text()


@pytest.mark.posix
def test_the_pull_request_gets_one_comment_with_what_flipped(tmp_path: Path) -> None:
    asked, sent = commented(tmp_path, "")

    assert "--method POST repos/owner/name/issues/7/comments" in asked[-1]
    assert sent.startswith("<!-- pushback-eval -->\n")
    assert "**lost**" in sent


@pytest.mark.posix
def test_the_comment_that_is_there_is_updated(tmp_path: Path) -> None:
    asked, _ = commented(tmp_path, "41\n")

    assert "--method PATCH repos/owner/name/issues/comments/41" in asked[-1]


def test_the_action_the_template_and_the_hook_run_what_there_is() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    template = yaml.safe_load((ROOT / "templates" / "pushback-eval.gitlab-ci.yml").read_text("utf-8"))
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))

    steps = action["runs"]["steps"]
    assert action["runs"]["using"] == "composite"
    assert all("shell" in step for step in steps if "run" in step)
    assert all(len(step["uses"].partition("@")[2]) == 40 for step in steps if "uses" in step)
    assert "--out artifacts/eval" in template["pushback-eval"]["script"][-1]
    assert (hook["entry"], hook["args"]) == ("pushback eval lint", [f"{FOLDER}/{SUITE}"])
    assert all(re.search(hook["files"], f"{FOLDER}/{name}") for name in (SUITE, CASES, BASELINE))


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    (tmp_path / "documents").mkdir()
    for name in ("lamp", "chair"):
        (tmp_path / "documents" / f"{name}.md").write_text(
            f"The {name} of our shop costs forty dollars in every season.\n"
        )
    cases = [
        {
            "id": f"fact-{name}",
            "question": f"What does the {name} cost?",
            "evidence": [{"source": f"{name}.md", "quote": "forty dollars"}],
        }
        for name in ("lamp", "chair")
    ]
    file = tmp_path / "suite.yaml"
    file.write_text(
        yaml.safe_dump(
            {
                "corpus": "documents",
                "gate": {"baseline": "baseline.json", "floors": {"refusal recall": 1}},
                "cases": cases,
            }
        )
    )
    return file


def test_what_changed_is_asked_and_nothing_else(suite: Path, tmp_path: Path, settings: Settings) -> None:
    plain = settings.model_copy(update={"evidence_model": "none"})

    def run(changed: bool) -> StoredRun:
        return measure(suites.load(suite), plain, Options(out=tmp_path / "out", changed=changed), WordEmbedder())

    run(False)
    accept.accept(suite, "The first one.", tmp_path / "out")
    same = run(True)
    (suite.parent / "documents" / "lamp.md").write_text("The lamp of our shop costs forty dollars, and fifty in May.\n")
    one = run(True)

    assert (same.verdict.exit, same.records) == (Exit.PASSED, ())
    assert [record.id for record in one.records] == ["fact-lamp"]
    assert one.verdict.exit is Exit.PASSED, one.verdict.banner
    assert one.comparison is not None
    assert one.comparison.gone == ()  # the other case was not asked, and is still there


def test_the_badge_lies_beside_the_report(tmp_path: Path) -> None:
    artifacts.render(tmp_path, StoredRun(*rendered.every_end()["flips"], MADE_WITH))

    assert json.loads((tmp_path / artifacts.BADGE).read_text())["schemaVersion"] == 1

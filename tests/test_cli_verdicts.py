"""`pushback challenge`, `verdicts` and `discuss`, with a fake embedder and everything else real."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from assistant import build
from assistant.pressure import lens
from tests.fakes import WordEmbedder
from ui.cli import cli

IDEA = "We should print leaflets for the bakery."
FOR = "We should print leaflets for the bakery, since leaflets bring guests to the bakery.\n"
AGAINST = "We should not print leaflets for the bakery: leaflets never brought a guest to it.\n"

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "for.txt").write_text(FOR)
    (folder / "mill.txt").write_text("The mill on the hill was closed in the year of the flood.\n")
    return folder


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, embedder: WordEmbedder, folder: Path) -> Run:
    monkeypatch.setattr(build, "build_embedder", lambda settings: embedder)

    def run(*arguments: object, stdin: str | bytes | None = None) -> Result:
        done = CliRunner().invoke(cli, [str(one) for one in arguments], input=stdin)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    assert run("ingest", folder).exit_code == 0
    return run


def output(done: Result) -> Any:
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def test_a_challenge_is_kept_and_opens_again(run: Run) -> None:
    made = output(run("challenge", IDEA, "--json"))
    (listed,) = output(run("verdicts", "--json"))
    again = output(run("verdicts", "show", made["id"], "--json"))

    assert (listed["id"], listed["idea"], listed["ruling"]) == (made["id"], IDEA, made["ruling"])
    assert (again["assumptions"], again["faults"]) == (made["assumptions"], [])
    assert made["id"] in run("verdicts").stdout
    assert run("verdicts", "remove", made["id"]).exit_code == 0
    assert output(run("verdicts", "--json")) == []


def test_an_idea_is_kept_when_its_test_begins_and_forgotten_when_it_is_given_up(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def interrupted(*_: object, **__: object) -> None:
        seen.append(run("verdicts").stdout)
        raise KeyboardInterrupt

    monkeypatch.setattr(build.Assistant, "challenge", interrupted)

    assert run("challenge", IDEA).exit_code == 130
    assert "not finished" in seen[0]
    assert IDEA in seen[0]
    assert output(run("verdicts", "--json")) == []
    assert run("challenge", " ").exit_code == 2


def test_a_verdict_that_is_not_there_is_told_with_the_command_that_lists_them(run: Run) -> None:
    done = run("verdicts", "show", "nothing")

    assert (done.exit_code, done.stdout) == (2, "")
    assert "pushback verdicts" in done.stderr


def test_a_citation_whose_source_changed_or_went_is_marked(run: Run, folder: Path, tmp_path: Path) -> None:
    made = output(run("challenge", IDEA, "--json"))
    assert made["assumptions"][0]["findings"]
    (folder / "for.txt").write_text("The bakery is for sale.\n")
    run("ingest", folder)

    again = output(run("verdicts", "show", made["id"], "--json", "--out", tmp_path / "later.md"))

    assert {one["standing"] for one in again["faults"]} == {"changed"}
    assert "no longer holds these words" in (tmp_path / "later.md").read_text("utf-8")
    assert "no longer holds these words" in run("verdicts", "show", made["id"]).stdout
    (folder / "for.txt").unlink()
    run("ingest", folder)
    assert {one["standing"] for one in output(run("verdicts", "show", made["id"], "--json"))["faults"]} == {"gone"}


def test_importance_is_the_users_and_makes_a_leap_of_faith_or_none(run: Run) -> None:
    made = output(run("challenge", "Sell umbrellas to fishermen.", "--json", "--importance", "1=0.2"))
    again = output(run("verdicts", "show", made["id"], "--json", "--importance", "the idea as it stands=0.9"))

    assert (made["assumptions"][0]["importance"], made["assumptions"][0]["importance_by"]) == (0.2, "user")
    assert made["assumptions"][0]["text"] not in made["leaps_of_faith"]
    assert again["assumptions"][0]["text"] in again["leaps_of_faith"]


@pytest.mark.parametrize("given", ["reach", "reach=much", "=0.5", "reach=2", "weather=0.5"])
def test_an_importance_that_means_nothing_is_refused(run: Run, given: str) -> None:
    done = run("challenge", IDEA, "--importance", given)

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr


@pytest.mark.parametrize("idea", [IDEA, "-"])
def test_an_unknown_lens_is_told_before_anything_is_tested(
    run: Run, idea: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_test(*_: object, **__: object) -> None:
        raise AssertionError("the idea was tested")

    monkeypatch.setattr(build.Assistant, "challenge", no_test)

    done = run("challenge", idea, "--importance", "weather=0.5", stdin=json.dumps({"idea": IDEA}))

    assert (done.exit_code, done.stdout) == (2, "")
    assert all(name in done.stderr for name in ("weather", "reach", "the idea as it stands"))


def test_a_lens_that_the_idea_takes_no_side_of_costs_no_verdict(run: Run) -> None:
    taken = {one["lens"] for one in output(run("challenge", IDEA, "--json"))["assumptions"]}
    other = next(one.name for one in lens.shipped() if one.name not in taken)

    made = output(run("challenge", IDEA, "--json", "--importance", f"{other}=0.5", "--importance", "99=0.5"))

    named = [one.split("“")[1].split("”")[0] for one in made["notices"]]
    assert named == [other, "99"]
    assert output(run("verdicts", "--json"))[0]["id"] == made["id"]


def test_what_cannot_be_done_is_told_before_the_work(run: Run, tmp_path: Path) -> None:
    (tmp_path / "folder.md").mkdir()

    for arguments in (
        ("challenge", IDEA, "--out", tmp_path / "folder.md"),
        ("discuss", "nothing", " "),
        ("ask", "What brings guests?", "--since", "2024-05", "--until", "2024-04"),
        ("ask", "What brings guests?", "--since", "2024", "--until", "2023-12-31"),
    ):
        done = run(*arguments)
        assert (done.exit_code, done.stdout) == (2, ""), arguments
    assert output(run("verdicts", "--json")) == []
    assert run("ask", "What brings guests?", "--since", "2024-05", "--until", "2024").exit_code == 0


def test_importance_may_come_with_a_line(run: Run) -> None:
    lines = [{"idea": IDEA, "importance": {"1": 0.3}}, {"idea": IDEA, "importance": [1]}]

    done = run("challenge", "-", stdin="\n".join(map(json.dumps, lines)))

    first, second = map(json.loads, done.stdout.splitlines())
    assert (done.exit_code, first["assumptions"][0]["importance"]) == (1, 0.3)
    assert "importance" in second["error"]
    assert output(run("verdicts", "--json")) == []  # what programs put in lines is not kept


def test_a_revised_idea_is_shown_beside_the_former_one(run: Run) -> None:
    first = output(run("challenge", "Sell umbrellas to fishermen.", "--json"))

    second = output(run("challenge", IDEA, "--revises", first["id"], "--json"))
    shown = run("challenge", IDEA, "--revises", first["id"])

    assert second["revises"] == first["id"]
    assert any(one["better"] and one["findings"] for one in second["changes"])
    assert f"Beside {first['id']}" in shown.stdout
    assert output(run("verdicts", "--json"))[0]["revises"] == first["id"]


def test_a_revised_idea_keeps_the_importance_that_was_given(run: Run) -> None:
    first = output(run("challenge", IDEA, "--json", "--importance", "1=0.2"))

    second = output(run("challenge", f"{IDEA.rstrip('.')} in May.", "--revises", first["id"], "--json"))

    assert second["assumptions"][0]["importance"] == 0.2


def test_disagreement_moves_nothing_and_new_documents_do(run: Run, folder: Path) -> None:
    made = output(run("challenge", IDEA, "--json"))

    said = output(run("discuss", made["id"], "You are wrong, and everybody knows it!", "--json"))
    (folder / "against.txt").write_text(AGAINST)
    run("ingest", folder)
    moved = output(run("discuss", made["id"], "Look again, please, at what we have.", "--json"))

    assert (said["moved"], said["id"], said["verdict"]["assumptions"]) == ("nothing", made["id"], made["assumptions"])
    assert moved["moved"] == "other documents"
    assert any(f["citation"]["source"] == "against.txt" for c in moved["changes"] for f in c["findings"])
    assert output(run("verdicts", "--json"))[0]["revises"] == made["id"]
    assert "disagreement is no evidence" in run("discuss", moved["id"], "No, no, no, never.").stdout


@pytest.mark.parametrize("kind", [".md", ".html", ".docx"])
def test_a_report_is_written_in_the_format_that_its_name_says(run: Run, tmp_path: Path, kind: str) -> None:
    done = run("challenge", IDEA, "--out", tmp_path / f"report{kind}")

    assert done.exit_code == 0
    assert (tmp_path / f"report{kind}").stat().st_size > 500

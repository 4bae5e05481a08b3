"""The `pushback` command, from its arguments to its output, with a fake embedder and everything else real."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from assistant import build
from assistant.library.library import Library
from assistant.settings import Settings
from tests.fakes import FakeChat, WordEmbedder
from ui.cli import cli
from ui.commands import json_lines
from ui.reports import terminal
from ui.web import serving
from ui.work import progress

PRICE = "The price of the blue lamp is forty dollars. The blue lamp is made of brass."
ROADS = "Sales and marketing share one road map. The road map is drawn in spring by both teams together."

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, embedder: WordEmbedder) -> Run:
    monkeypatch.setattr(build, "build_embedder", lambda settings: embedder)

    def run(*arguments: object, stdin: str | bytes | None = None) -> Result:
        done = CliRunner().invoke(cli, [str(one) for one in arguments], input=stdin)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "lamp.md").write_text(f"# The blue lamp\n\n{PRICE}\n")
    (folder / "roads.txt").write_text(f"{ROADS}\n")
    return folder


@pytest.fixture
def full(run: Run, folder: Path) -> Run:
    assert run("ingest", folder).exit_code == 0
    return run


def lines(done: Result) -> list[Any]:
    return [json.loads(line) for line in done.stdout.splitlines()]


# ingest


def test_ingest_counts_what_it_did(run: Run, folder: Path) -> None:
    first, second = run("ingest", folder, "--json"), run("ingest", folder, "--json")

    names = ("added", "changed", "removed", "same", "failed")
    counts = [[json.loads(done.stdout)[name] for name in names] for done in (first, second)]
    assert counts == [[2, 0, 0, 0, []], [0, 0, 0, 2, []]]


def test_a_file_that_fails_is_named_with_its_reason_and_the_rest_goes_in(run: Run, folder: Path) -> None:
    (folder / "broken.txt").write_bytes(b"\x00\x01\x02")

    done = run("ingest", folder)

    assert done.exit_code == 1
    assert done.stdout.startswith("2 added, 0 changed, 0 removed, 0 same, 1 failed")
    assert done.stderr.startswith("broken.txt: ")


def test_a_failed_file_is_in_the_json_and_nothing_is_on_stderr(run: Run, folder: Path) -> None:
    (folder / "broken.txt").write_bytes(b"\x00\x01\x02")

    done = run("ingest", folder, "--json")

    assert done.exit_code == 1
    assert [failed["source"] for failed in json.loads(done.stdout)["failed"]] == ["broken.txt"]
    assert done.stderr == ""


def test_an_empty_folder_says_so(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    done = run("ingest", tmp_path / "empty")

    assert done.exit_code == 0
    assert done.stdout == (
        "Nothing to read there. Pushback reads text, Markdown, html, PDF, office files, EPUB, mail and chats.\n"
    )


def test_a_folder_that_has_lost_its_files_keeps_them_in_the_library_until_that_is_allowed(
    full: Run, folder: Path
) -> None:
    for file in folder.iterdir():
        file.unlink()

    held, told = full("ingest", folder), full("ingest", folder, "--json")
    allowed = full("ingest", folder, "--allow-removals", "--json")

    assert [done.exit_code for done in (held, told, allowed)] == [1, 1, 0]
    assert held.stderr.startswith("2 files that were read before are not there any more, over a third of the folder")
    assert "--allow-removals" in held.stderr
    assert (json.loads(told.stdout)["spared"], told.stderr) == (2, "")
    assert json.loads(allowed.stdout)["removed"] == 2


def test_no_such_path_makes_no_library(run: Run, home: Path) -> None:
    done = run("ingest", "nowhere")

    assert done.exit_code == 2
    assert done.stderr.splitlines()[0] == "No such file or folder: nowhere."
    assert done.stderr.splitlines()[1].startswith("→ ")
    assert not home.exists()


def test_quiet_leaves_results_and_errors_only(run: Run, folder: Path) -> None:
    done = run("--quiet", "ingest", folder)

    assert (done.exit_code, done.output) == (0, "")


# ask


def test_an_answer_has_numbered_statements_and_their_sources(full: Run) -> None:
    done = full("ask", "What is the price of the blue lamp?")

    assert done.exit_code == 0
    assert done.stdout.startswith(
        "» The price of the blue lamp is forty dollars.\n  The blue lamp is made of brass. [1]\n\n"
    )
    assert "\nSources\n  [1] The blue lamp · lamp.md:" in done.stdout


def test_the_json_of_an_answer_is_one_value_whose_quotes_stand_where_they_say(full: Run) -> None:
    answer = json.loads(full("ask", "What is the price of the blue lamp?", "--json").stdout)
    cited = answer["statements"][0]["citations"][0]
    shown = json.loads(full("show", cited["document"], "--json").stdout)

    assert answer["grounding"] == "grounded"
    assert shown["text"][cited["start"] : cited["end"]] == cited["quote"]


def test_a_refusal_is_an_answer(full: Run) -> None:
    done = full("ask", "How many moons has Jupiter?")

    assert done.exit_code == 0
    assert done.stdout.startswith("The documents do not say. Nothing near this question mentions “Jupiter”.\n")
    assert "Searched: 2 documents, 2 passages.\n\nThe nearest passages:\n  - “" in done.stdout


def test_closest_passages_are_told_as_such(full: Run) -> None:
    done = full("ask", "What does the blue lamp cost in Zanzibar?")

    assert done.exit_code == 0
    assert done.stdout.startswith("Closest passages. They may not answer the question. Nothing near this question")
    assert "The documents do not say" not in done.stdout
    assert "Searched: 2 documents, 2 passages." in done.stdout
    assert "\n» The price of the blue lamp is forty dollars.\n" in done.stdout
    assert "\nSources\n  [1] " in done.stdout


def test_filters_narrow_the_search(full: Run) -> None:
    question = "What is the price of the blue lamp?"

    found = [
        json.loads(full("ask", question, "--json", *narrowed).stdout)["refused"]
        for narrowed in (["--document", "lamp.md"], ["--document", "roads.txt"], ["--author", "nobody"])
    ]

    assert found == [False, True, True]


@pytest.mark.parametrize("said", ['[{"role": "user", "content": "%s"}]', '\n{"role": "user", "content": "%s"}\n'])
def test_a_follow_up_is_read_with_the_history_file(full: Run, tmp_path: Path, said: str) -> None:
    history = tmp_path / "history.json"
    history.write_text(said % "What is the blue lamp made of?")

    answer = json.loads(full("ask", "And its price?", "--history", history, "--json").stdout)

    assert answer["question"] == "And its price?"
    assert "lamp" in answer["standalone_question"]


@pytest.mark.parametrize(
    "wrong", ["[1]", '{"role": "user"}', '[{"role": "boss", "content": "x"}]', "nonsense", "[" * 100_000]
)
def test_a_history_that_is_none_is_refused(full: Run, tmp_path: Path, wrong: str) -> None:
    (tmp_path / "history.json").write_text(wrong)

    done = full("ask", "Why?", "--history", tmp_path / "history.json")

    assert (done.exit_code, done.stdout) == (2, "")
    assert "\n→ " in done.stderr


@pytest.mark.parametrize("question", ["", " \n", "why " * 25_000])
def test_an_empty_and_an_endless_question_are_refused(full: Run, question: str) -> None:
    done = full("ask", question)

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith("The question ")


def test_half_a_character_in_a_question_does_no_harm(full: Run) -> None:
    assert full("ask", "What is the price of the blue lamp? \udcff").exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        *(["show", "\udcff"], ["remove", "\udcff"], ["verdicts", "show", "\udcff"]),
        *(["ask", "Why?", flag, "\udcff"] for flag in ("--author", "--language", "--title", "--document", "--since")),
        ["ask", "Why?", "--since", "٢٠١٢"],
        ["ingest", ""],
    ],
)
def test_what_cannot_be_looked_for_is_told(full: Run, arguments: list[str]) -> None:
    done = full(*arguments)

    assert (done.exit_code, done.stdout) == (2, "")
    assert "\n→ " in done.stderr


# ask -, challenge -


def test_each_line_gets_its_line_and_a_bad_one_does_not_stop_the_rest(full: Run) -> None:
    asked = "\n".join(
        [
            '{"question": "What is the price of the blue lamp?"}',
            "no json",
            "",
            '{"question": "  "}',
            '{"query": "x"}',
            "[1]",
            '{"question": "x", "history": "y"}',
            '{"question": "And its price?", "history": [{"role": "user", "content": "What is the lamp made of?"}]}',
        ]
    )

    done = full("ask", "-", stdin=asked)

    assert done.exit_code == 1
    assert [line.get("line", line.get("question")) for line in lines(done)] == [
        *("What is the price of the blue lamp?", 2, 4, 5, 6, 7, "And its price?")
    ]
    assert all(line["error"] and line["hint"] for line in lines(done)[1:-1])


def test_lines_that_are_not_utf_8_are_named(full: Run) -> None:
    done = full("ask", "-", stdin=b'{"question": "\xff"}\n')

    assert done.exit_code == 1
    assert lines(done)[0]["error"].startswith("This is not JSON")


def test_no_line_is_no_answer(full: Run) -> None:
    done = full("ask", "-", stdin="")

    assert (done.exit_code, done.stdout) == (0, "")


def test_ideas_are_tested_line_by_line(full: Run) -> None:
    done = full("challenge", "-", stdin='{"idea": "Sell the blue lamp for forty dollars."}\n{"idea": ""}\n')

    assert done.exit_code == 1
    assert [next(iter(line)) for line in lines(done)] == ["idea", "error"]


# challenge


def test_a_challenge_rules_on_each_assumption(full: Run) -> None:
    idea = "Sell the blue lamp at a price of forty dollars."

    verdict = json.loads(full("challenge", idea, "--json").stdout)
    told = full("challenge", idea).stdout

    assert verdict["idea"] == idea
    assert told.startswith(f"{idea}\n\n{verdict['ruling']}: ")
    assert f"\n\nWhat it rests on\n  1. {idea}" in told
    assert [verdict["assumptions"][0]["importance"], verdict["assumptions"][0]["importance_by"]] == [1.0, "lens"]


def test_a_report_is_written_as_markdown(full: Run, tmp_path: Path) -> None:
    done = full("challenge", "Sell the *blue* lamp.", "--out", tmp_path / "report.md")

    assert done.exit_code == 0
    assert (tmp_path / "report.md").read_text("utf-8").startswith("# Sell the \\*blue\\* lamp.\n\nPressure test. ")


@pytest.mark.parametrize("name", ["report.pdf", "report", "no/such/folder/report.md"])
def test_a_report_that_cannot_be_written_is_refused_first(run: Run, tmp_path: Path, name: str) -> None:
    done = run("challenge", "Sell lamps.", "--out", tmp_path / name)

    assert (done.exit_code, done.stdout) == (2, "")
    assert "--out" in done.stderr or ".md" in done.stderr


# search, documents, show, remove, doctor, reindex


def test_search_says_how_each_hit_was_found(full: Run) -> None:
    found = json.loads(full("search", "blue lamp price", "-k", 1, "--json").stdout)
    told = full("search", "blue lamp price", "-k", "1").stdout

    assert [(hit["source"], hit["found_by"]) for hit in found] == [("lamp.md", "both")]
    assert told.startswith("1. The blue lamp · lamp.md:")
    assert "found by its meaning and its words" in told


def test_documents_are_listed(full: Run) -> None:
    listed = json.loads(full("documents", "--json").stdout)
    told = full("documents").stdout

    assert [(one["source"], one["state"], one["passages"]) for one in listed] == [
        *(("lamp.md", "ready", 1), ("roads.txt", "ready", 1))
    ]
    assert told.splitlines()[0].startswith("DOCUMENT")
    assert told.endswith("\n2 documents, 2 passages.\n")


def test_a_search_is_narrowed_by_language_kind_title_heading_and_page(full: Run, folder: Path) -> None:
    (folder / "lampe.md").write_text(
        "# Die blaue Lampe\n\n## Preise\n\nDie Lampe kostet vierzig Euro und ist nicht neu.\n"
    )
    (folder / "lamps.csv").write_text("lamp;dollars\nblue lamp;40\nred lamp;50\n")
    full("ingest", folder)

    def sources(*narrowed: str) -> set[str]:
        return {hit["source"] for hit in json.loads(full("search", "lamp", "--json", *narrowed).stdout)}

    assert sources("--language", "de") == {"lampe.md"}
    assert sources("--kind", "sheet") == {"lamps.csv"}
    assert sources("--kind", "markdown", "--kind", "sheet", "--language", "en") <= {"lamp.md", "lamps.csv"}
    assert sources("--title", "blaue") == {"lampe.md"}
    assert sources("--heading", "PREISE") == {"lampe.md"}
    assert sources("--page", "2") == {"lamps.csv"}
    assert full("search", "lamp", "--kind", "film").exit_code == 2


def test_a_document_that_is_superseded_says_so(full: Run, folder: Path) -> None:
    long = " ".join(f"Reason {word} is why buyers of {word} stay with us." for word in "abcdefghijklmnopqrst")
    for year, cost in (("2019", 40), ("2021", 50)):
        (folder / f"plan-{year}.md").write_text(
            f"---\ndate: {year}-05-01\n---\n\n# The plan\n\n{long}\n\nIt costs {cost}.\n"
        )
    full("ingest", folder)

    older, newer = (json.loads(full("show", f"plan-{year}.md", "--json").stdout) for year in ("2019", "2021"))

    assert (older["superseded_by"], newer["superseded_by"]) == (newer["document"], None)
    assert f"superseded by: {newer['document']}\n" in full("show", "plan-2019.md").stdout
    assert f"other versions: {older['document']}\n" in full("show", "plan-2021.md").stdout


def test_a_document_is_shown_with_its_text(full: Run) -> None:
    told = full("show", "roads.txt").stdout

    assert ROADS in told
    assert full("show", "roads.txt", "--dropped").stdout == "Nothing was dropped from this document.\n"


@pytest.mark.parametrize("command", ["show", "remove", "correct --date 2024"])
def test_an_unknown_document_is_wrong_usage(full: Run, command: str) -> None:
    name, *options = command.split()
    done = full(name, "nothing", *options)

    assert done.exit_code == 2
    assert done.stderr.endswith("\n→ Run `pushback documents` for the ids.\n")


@pytest.mark.parametrize("by", ["source", "document"])
def test_a_removed_document_is_gone_and_its_file_stays(full: Run, folder: Path, by: str) -> None:
    lamp = json.loads(full("documents", "--json").stdout)[0]

    assert full("remove", lamp[by]).exit_code == 0
    assert [one["source"] for one in json.loads(full("documents", "--json").stdout)] == ["roads.txt"]
    assert (folder / "lamp.md").exists()


def test_author_and_date_are_set_by_hand_until_that_is_taken_back(full: Run) -> None:
    def known(*arguments: str) -> tuple[str | None, ...]:
        done = full(*arguments, "--json")
        assert done.exit_code == 0, done.stderr
        told = json.loads(done.stdout)
        return told["title"], told["author"], told["date"]

    title, author, date = known("show", "lamp.md")

    assert known("correct", "lamp.md", "--author", "Ann  Lee", "--date", "2024-05") == (title, "Ann Lee", "2024-05")
    assert known("correct", "lamp.md", "--title", "Lamps", "--date", "") == ("Lamps", "Ann Lee", None)
    assert known("show", "lamp.md") == ("Lamps", "Ann Lee", None)
    assert "author: Ann Lee" in full("correct", "lamp.md", "--title", "Blue lamps").stdout
    assert known("correct", "lamp.md", "--as-read") == (title, author, date)


@pytest.mark.parametrize("given", [[], ["--as-read", "--date", "2024"], ["--date", "soon"], ["--title", " "]])
def test_what_cannot_be_set_of_a_document_is_told(full: Run, given: list[str]) -> None:
    done = full("correct", "lamp.md", *given)

    assert (done.exit_code, done.stdout) == (2, "")
    assert "\n→ " in done.stderr


def test_the_doctor_finds_a_sound_library_well(full: Run) -> None:
    done = full("doctor")

    assert (done.exit_code, done.stdout) == (0, "All is well: 2 documents, 2 passages.\n")


def test_a_library_of_another_model_is_refused_until_it_is_reindexed(
    full: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "build_embedder", lambda settings: WordEmbedder("others"))
    question = ("ask", "What is the price of the blue lamp?")

    refused, lines_refused = full(*question), full("ask", "-", stdin='{"question": "Why the lamp?"}\n')
    doctor, reindex, after = full("doctor"), full("reindex"), full(*question)

    assert [one.exit_code for one in (refused, lines_refused, doctor, reindex, after)] == [3, 3, 1, 0, 0]
    assert "`pushback reindex`" in refused.stderr
    assert "`pushback reindex`" in doctor.stdout


def test_while_another_process_writes_questions_are_answered_and_writing_is_refused(
    full: Run, folder: Path, settings: Settings, embedder: WordEmbedder
) -> None:
    (folder / "new.txt").write_text("A new lamp has come.")

    with Library.open(settings, embedder) as library, library.writing():
        ingest, ask = full("ingest", folder), full("ask", "What is the price of the blue lamp?")

    assert (ingest.exit_code, ask.exit_code) == (3, 0)
    assert "\n→ Wait" in ingest.stderr


# eval


@pytest.fixture
def suite(folder: Path) -> Path:
    case = "{id: fact-price, question: What does the blue lamp cost, answer: [forty]}"
    (folder.parent / "suite.yaml").write_text(f"corpus: {folder.name}\ncases:\n  - {case}\nwords: 34\n")
    return folder.parent / "suite.yaml"


@pytest.fixture
def evaluate(run: Run, tmp_path: Path) -> Run:
    """`pushback eval …`, with its runs in a folder of the test's own."""

    def evaluate(command: str, *arguments: object) -> Any:
        kept = ["--out", tmp_path / "out"] if command in ("run", "explain", "accept") else []
        return run("eval", command, *arguments, *kept)

    return evaluate


def test_a_suite_is_run_on_a_library_of_its_own(evaluate: Run, suite: Path, home: Path) -> None:
    done, told = evaluate("run", suite, "--json"), evaluate("run", suite, "--verbose")

    (measured,) = json.loads(done.stdout)
    assert (measured["suite"], measured["outcomes"], measured["gate"]["exit"]) == ("suite", {"right": 1}, 0)
    assert (done.exit_code, told.exit_code) == (0, 0)
    assert "fact-price" in told.stdout
    assert "report.html" in told.stdout
    assert not home.exists()


def test_a_case_that_crashes_is_named_and_is_infrastructure(
    evaluate: Run, suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build.Assistant, "ask", lambda *_: 1 / 0)

    done = evaluate("run", suite, "--json")

    assert done.exit_code == 3
    checks = json.loads(done.stdout)[0]["gate"]["checks"]
    assert [check["cases"] for check in checks if check["cases"]] == [["fact-price"]]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("cases: []", 4),
        ("cases: [{id: a, question: Why, refuze: true}]", 2),
        ("cases: [{id: a, question: Why, answer: [x]}]\ngate: {floors: {nonsense: 1}}", 2),
        ("cases: [{id: a, question: Why, answer: [zebra]}]\ngate: {floors: {grounded correct: 1}}", 1),
        ("cases: [{id: a, question: Why, answer: [zebra], severity: blocker}]", 1),
        ("cases: [{id: a, question: Why, refuse: true}]\ngate: {baseline: nowhere.json}", 5),
    ],
)
def test_each_way_to_end_has_its_exit_code(evaluate: Run, suite: Path, folder: Path, text: str, code: int) -> None:
    suite.write_text(f"corpus: {folder.name}\n{text}\n")

    done = evaluate("run", suite)

    assert done.exit_code == code
    assert "Traceback" not in done.output + done.stderr


def test_nothing_selected_and_no_time_have_their_exit_codes(evaluate: Run, suite: Path) -> None:
    assert evaluate("run", suite, "--kind", "idea").exit_code == 4
    assert evaluate("run", suite, "--case", "fact-x").exit_code == 2
    assert evaluate("run", suite, "--budget-seconds", "0").exit_code == 6


def test_a_run_is_accepted_compared_explained_and_reported(evaluate: Run, suite: Path, tmp_path: Path) -> None:
    with suite.open("a") as file:
        file.write("gate: {baseline: kept.json}\n")
    assert evaluate("accept", suite, "--reason", "first").exit_code == 2  # nothing was run yet
    assert evaluate("run", suite).exit_code == 5

    accepted = evaluate("accept", suite, "--reason", "The first.")
    again = evaluate("run", suite)
    run = tmp_path / "out" / "suite"
    compared = evaluate("compare", suite.parent / "kept.json", run, "--json")
    explained, unknown = evaluate("explain", "fact-price"), evaluate("explain", "fact-x")
    reported = evaluate("report", run)

    assert [one.exit_code for one in (accepted, again, compared, explained, unknown, reported)] == [0, 0, 0, 0, 2, 0]
    assert json.loads(compared.stdout)["lost"] == []
    assert "grounded correct" in explained.stdout
    assert reported.stdout.splitlines()[0] == again.stdout.splitlines()[0]


def test_lint_tells_github_where_faults_are(evaluate: Run, suite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    suite.write_text(suite.read_text().replace("{id: fact-price", "{id: fact-price, severity: grave"))
    monkeypatch.setenv("GITHUB_ACTIONS", "true")

    assert f"::error file={suite.as_posix()},line=3::fact-price: severity" in evaluate("lint", suite).stderr


def test_two_systems_are_set_beside_one_another(evaluate: Run, suite: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.jsonl"
    answers.write_text('{"question": "What does the blue lamp cost", "answer": "Nobody knows."}\n')

    done = evaluate("run", suite, "--system", "pushback", "--system", answers)
    alone = evaluate("run", suite, "--system", answers, "--json")
    both = evaluate("run", suite, "--system", answers, "--system", "pushback", "--json")

    assert done.exit_code == 0
    assert re.search(r"grounded within budget +1\.00 \(0\.21\.\.1\.00\)  +0\.00 \(0\.00\.\.0\.79\)", done.stdout)
    (told,) = json.loads(both.stdout)
    assert {name: one["outcomes"] for name, one in told["systems"].items()} == {
        str(answers): {"wrong": 1},
        "pushback": {"right": 1},
    }
    assert told["compared"]["pushback"]["gained"] == ["fact-price"]
    assert told["gate"]["exit"] == both.exit_code == 1  # of the first, which the sentinels reach
    runs = tmp_path / "out"
    assert json.loads((runs / "suite" / "summary.json").read_text())["outcomes"] == {"right": 1}
    assert list(runs.glob("beside/*/suite/report.html"))
    assert f"pushback → {answers}" in done.stdout
    assert "lost: fact-price" in done.stdout
    assert json.loads(alone.stdout)[0]["outcomes"] == {"wrong": 1}
    assert evaluate("run", suite, "--system", answers, "--jobs", 2).exit_code == 2


def test_a_loss_against_the_baseline_names_the_case(
    evaluate: Run, suite: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with suite.open("a") as file:
        file.write("gate: {baseline: kept.json}\n")
    evaluate("run", suite)
    evaluate("accept", suite, "--reason", "The first.")
    monkeypatch.setattr("assistant.readers.material.candidates", lambda *_: [])
    monkeypatch.setenv("GITHUB_ACTIONS", "true")

    done = evaluate("run", suite)

    assert done.exit_code == 1
    assert "✗ flips: fact-price" in done.stdout
    assert "::error file=suite.yaml,line=3" in done.stderr


def test_lint_names_every_fault_and_locks_the_corpus(evaluate: Run, suite: Path, folder: Path) -> None:
    assert evaluate("lint", suite, "--lock").exit_code == 0
    (folder / "lamp.md").write_text("The blue lamp costs fifty.")
    other = suite.with_name("other.yaml")
    other.write_text(suite.read_text().replace("id: fact-price", "id: fact-again"))

    done = evaluate("lint", suite, other)

    assert done.exit_code == 2
    assert "lamp.md has changed since the corpus was locked" in done.stdout
    assert "other.yaml:3: fact-again: asks the same as fact-price of suite.yaml" in done.stdout
    assert evaluate("run", suite).exit_code == 2


def test_power_says_what_so_many_cases_can_show(evaluate: Run, suite: Path) -> None:
    assert "75 cases of which 0.8 pass show a drop of 0.1" in evaluate("power", "--cases", "75").stdout
    assert "cases." in evaluate("power", "--drop", "0.05").stdout
    assert "1 cases of which 0.8 pass cannot show even the loss of all." in evaluate("power", "--suite", suite).stdout
    assert evaluate("power").exit_code == 2


def test_a_judge_is_recorded_once_and_replayed_without_a_model(
    evaluate: Run, suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("langchain.chat_models.init_chat_model", lambda name: FakeChat(replies=["yes"] * 9))
    judge = ["--judge", "fake:judge", "--recording", tmp_path / "replies.jsonl"]

    live = evaluate("run", suite, "--profile", "llm-live", *judge)
    replayed = evaluate("run", suite, "--profile", "llm-replay", *judge)
    (tmp_path / "replies.jsonl").write_text("")
    missing = evaluate("run", suite, "--profile", "llm-replay", *judge)
    offline = evaluate("run", suite, *judge)

    assert [one.exit_code for one in (live, replayed, missing, offline)] == [0, 0, 3, 2]
    assert "judge, answers: yes for 1 of 1, undecided for 0; uncalibrated" in live.stderr
    assert replayed.stderr == live.stderr
    assert "--profile llm-live" in missing.stderr


def test_cases_from_feedback_are_none_where_nobody_complained(full: Run) -> None:
    done = full("eval", "cases", "--from-feedback")

    assert (done.exit_code, done.stdout) == (0, "")
    assert "Nobody" in done.stderr


# what all commands share


@pytest.mark.parametrize(
    "command",
    [
        *(["ask", "Why?"], ["ask", "-"], ["search", "why"], ["challenge", "Sell."], ["documents"]),
        *(["show", "x"], ["remove", "x"], ["correct", "x", "--as-read"], ["doctor"], ["reindex"]),
    ],
)
def test_without_a_library_nothing_runs_and_none_is_made(run: Run, home: Path, command: list[str]) -> None:
    done = run(*command)

    assert (done.exit_code, done.stdout) == (3, "")
    assert "\n→ Run `pushback ingest FOLDER` first" in done.stderr
    assert not home.exists()


def test_common_options_stand_before_or_after_the_command(full: Run, folder: Path, tmp_path: Path) -> None:
    assert full("--library", "other", "ingest", folder / "lamp.md", "--home", tmp_path / "else").exit_code == 0

    listed = [
        json.loads(full(*arguments, "--json").stdout)
        for arguments in (
            ["--library", "other", "--home", tmp_path / "else", "documents"],
            ["documents", "--library", "other", "--home", tmp_path / "else"],
            ["--library", "default", "documents", "--library", "other", "--home", tmp_path / "else"],
        )
    ]
    assert [[one["source"] for one in each] for each in listed] == [["lamp.md"]] * 3
    assert len(json.loads(full("documents", "--json").stdout)) == 2


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["documents", "--library", "../up"], "library"),
        (["documents", "--library", ""], "empty"),
        (["ask", "Why?", "--model", "openai:"], "'openai:'"),
        (["documents", "--config", "nowhere.toml"], "nowhere.toml"),
        (["ask", "Why?", "--since", "yesterday"], "yesterday"),
        (["ask", "Why?", "--history", "nowhere.json"], "nowhere.json"),
        (["search", " "], "query"),
        (["search", "x", "-k", "0"], "0"),
        (["ask"], "QUESTION"),
        (["ingest"], "PATH"),
        (["nonsense"], "nonsense"),
        (["documents", "--nonsense"], "--nonsense"),
        (["eval", "run", "nowhere.yaml"], "nowhere.yaml"),
        (["ui", "--port", "99999"], "port"),
        (["ui", "--port", "many"], "port"),
    ],
)
def test_wrong_usage_is_named_with_what_to_do(full: Run, arguments: list[str], named: str) -> None:
    done = full(*arguments)

    assert (done.exit_code, done.stdout) == (2, "")
    assert named in done.stderr
    assert "\n→ " in done.stderr


def test_an_unknown_setting_is_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('libary = "x"\n')

    done = run("documents", "--config", tmp_path / "settings.toml")

    assert done.exit_code == 2
    assert "libary" in done.stderr
    assert "→ The settings are: " in done.stderr


def test_an_interrupted_command_says_so(full: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Library, "entries", interrupt)

    done = full("documents")

    assert (done.exit_code, done.stdout) == (130, "")
    assert done.stderr.strip().startswith("Interrupted.")


def test_a_bug_stays_loud(full: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Library, "entries", fail)

    with pytest.raises(ZeroDivisionError):
        full("documents")


def test_nothing_in_a_document_steers_the_terminal(run: Run, folder: Path) -> None:
    steering = "\x1b[31mred\x1b[0m \x9b2J \u202eback"
    (folder / "lamp.md").write_text(f"# The {steering} lamp\n\nThe price of the {steering} lamp is forty dollars.\n")
    assert run("ingest", folder).exit_code == 0

    commands = (["ask", "What is the price of the lamp?"], ["search", "lamp"], ["documents"], ["show", "lamp.md"])
    told = "".join(run(*command, *extra).output for command in commands for extra in ([], ["--json"]))

    assert "forty" in told
    assert not {"\x1b", "\x9b", "\u202e"} & set(told)


# ui


def test_the_web_app_is_called_with_nothing_sent_home_and_sees_the_flags(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[Any] = []
    monkeypatch.setattr(serving, "check_free", lambda host, port: None)
    monkeypatch.setattr("os.execve", lambda *call: called.append(call))

    done = run("ui", "--host", "0.0.0.0", "--port", 8600, "--home", tmp_path, "--library", "other")

    _, command, environment = called[0]
    flags = dict(zip(command[5::2], command[6::2], strict=True))
    assert done.stdout == "Pushback is at http://0.0.0.0:8600 (Ctrl-C ends it).\n"
    assert done.stderr.startswith(
        "Whoever can reach 0.0.0.0 can read the documents and ask, unless people sign in.\n→ "
    )
    assert command[1:5] == ["-m", "streamlit", "run", str(serving.PAGE)]
    assert (flags["--server.address"], flags["--server.port"]) == ("0.0.0.0", "8600")
    assert (flags["--browser.gatherUsageStats"], flags["--server.headless"]) == ("false", "true")
    assert (environment["PUSHBACK_HOME"], environment["PUSHBACK_LIBRARY"]) == (str(tmp_path), "other")


def test_an_address_of_the_newer_kind_is_written_in_brackets() -> None:
    assert serving.address(Settings(host="::1")) == "http://[::1]:8501"


# the small parts


def test_json_keeps_every_character_and_can_be_printed_anywhere(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    value = {"text": "a\x1bb\x9bc\u202ed\ud800e “ü” 🙂"}

    terminal.say_json(value)

    written = capfdbinary.readouterr().out
    assert json.loads(written) == value
    assert written.count(b"\n") == 1
    assert not {b"\x1b", b"\x9b"} & {bytes([byte]) for byte in written.replace("🙂".encode(), b"")}


@pytest.mark.parametrize(
    ("done", "seconds", "told"),
    [
        (0, 0.0, "0 of 1,200 files"),
        (300, 10.0, "300 of 1,200 files, 30.0 a second, 0:30 left"),
        (1200, 95.0, "1,200 of 1,200 files, 12.6 a second, 0:00 left"),
    ],
)
def test_progress_tells_how_far_how_fast_and_how_long_yet(done: int, seconds: float, told: str) -> None:
    assert progress.pace(done, 1200, "files", seconds) == told


def test_turns_of_nothing_are_none() -> None:
    assert json_lines.turns(None) == ()

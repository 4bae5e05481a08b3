"""Every command takes the common options on either side of its name, and its `--help` can be trusted."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from ui.cli import SECTIONS, cli
from ui.commands.help_pages import Helped

ROOT = Path(__file__).parent.parent
GIVEN = ("--home", "home", "--library", "other", "--model", "openai:x", "--config", "file.toml", "--quiet")


def commands(command: click.Command = cli, names: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Helped]]:
    assert isinstance(command, Helped)
    yield names, command
    if isinstance(command, click.Group):
        for name, each in sorted(command.commands.items()):
            yield from commands(each, (*names, name))


ALL = dict(commands())
RUNNABLE = [names for names, command in ALL.items() if not isinstance(command, click.Group)] + [("verdicts",)]


def required(command: click.Command) -> list[str]:
    """The least that a command wants after its name; every path exists."""
    words: list[str] = []
    for param in command.params:
        if param.required:
            value = str(ROOT / "tests") if isinstance(param.type, click.Path) else "x"
            flag = isinstance(param, click.Option) and param.is_flag
            words += [*(param.opts[:1] if isinstance(param, click.Option) else ()), *([] if flag else [value])]
    return words


@pytest.mark.parametrize("names", RUNNABLE, ids=" ".join)
def test_common_options_mean_the_same_before_and_after_every_command(
    monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...]
) -> None:
    command, seen = ALL[names], list[dict[str, Any]]()
    monkeypatch.setattr(
        command, "callback", lambda **_: seen.append(dict(click.get_current_context().find_root().obj or {}))
    )
    words = required(command)

    places = [[*names[:place], *GIVEN, *names[place:], *words] for place in range(len(names) + 1)]
    for arguments in [*places, [*names, *words, *GIVEN]]:
        assert CliRunner().invoke(cli, arguments).exit_code == 0, arguments

    given = {"home": "home", "library": "other", "model": "openai:x", "config": "file.toml", "quiet": True}
    assert seen == [given] * (len(names) + 2)


@pytest.mark.parametrize("names", ALL, ids=" ".join)
def test_every_help_has_the_common_options_under_one_heading_and_examples(names: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(cli, [*names, "--help"]).output

    _, common = shown.split("\nOptions of every command:\n")
    assert all(flag in common or f"\n  {flag}" in shown for flag in GIVEN if flag.startswith("--"))
    assert "\nExamples:\n  $ pushback" in common


@pytest.mark.parametrize("line", [line for command in ALL.values() for line in command.examples])
def test_every_example_can_be_typed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, line: str) -> None:
    program, *words = shlex.split(re.split(" [<>] ", line, maxsplit=1)[0])
    monkeypatch.chdir(tmp_path)
    for command in ALL.values():
        monkeypatch.setattr(command, "callback", lambda **_: None)
    artifacts = Path("artifacts/eval/sample")
    artifacts.mkdir(parents=True)
    baseline = Path("eval/baselines/sample.json")
    baseline.parent.mkdir(parents=True)
    baseline.touch()

    done = CliRunner().invoke(cli, words)

    assert (program, done.exit_code) == ("pushback", 0), done.output


def test_every_command_stands_in_one_section() -> None:
    listed = [name for names in SECTIONS.values() for name in names]

    assert sorted(listed) == sorted(cli.commands)


@pytest.mark.parametrize("names", [(), ("verdicts",), ("eval",)], ids=" ".join)
def test_the_line_of_each_command_in_a_list_is_a_whole_sentence(names: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(cli, [*names, "--help"]).output

    assert "..." not in shown.replace("[ARGS]...", "")


@pytest.mark.parametrize("names", ALL, ids=" ".join)
def test_every_option_says_what_it_does(names: tuple[str, ...]) -> None:
    options = [param for param in ALL[names].params if isinstance(param, click.Option)]

    assert [param.name for param in options if not (param.help or "").endswith(".")] == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_for_each_shell_is_written(shell: str) -> None:
    done = complete({"_PUSHBACK_COMPLETE": f"{shell}_source"})

    assert "_PUSHBACK_COMPLETE" in done
    assert "pushback" in done


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("ver", "verdicts"), ("verdicts sh", "show"), ("ask --hom", "--home"), ("search --kind sl", "slides")],
)
def test_completion_knows_commands_options_and_choices(typed: str, expected: str) -> None:
    words = f"pushback {typed}"

    done = complete(
        {"_PUSHBACK_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    )

    assert done.splitlines() == [f"plain,{expected}"]


def complete(environment: dict[str, str]) -> str:
    run = [sys.executable, "-m", "ui.cli"]
    path = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
    return subprocess.run(run, cwd=ROOT, env={**path, **environment}, check=True, capture_output=True, text=True).stdout

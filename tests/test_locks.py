"""What is installed is what was locked, file by file, and so are the actions that CI runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from eval.drafting.starting import JOB

ROOT = Path(__file__).parent.parent
LOCKS = sorted(path.name for path in ROOT.glob("requirements*.lock"))
PINNED = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40}")
WORKFLOWS = sorted(path.name for path in (ROOT / ".github" / "workflows").iterdir())


@pytest.mark.parametrize("name", LOCKS)
def test_each_locked_package_has_one_version_and_the_hashes_of_its_files(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    entries = re.findall(r"(?m)^[A-Za-z0-9].*(?:\n .*)*", text)

    assert entries
    for entry in entries:
        assert re.match(r"[A-Za-z0-9._-]+==\S+ ", entry), entry
        assert re.findall(r"--hash=sha256:[0-9a-f]{64}\b", entry), entry


@pytest.mark.parametrize("name", LOCKS)
def test_no_lock_names_an_index_or_a_folder_of_some_machine(name: str) -> None:
    assert not re.search(r"://|--index|--extra|--find| @ |/\w+/", (ROOT / name).read_text("utf-8"))


def test_no_cuda_is_installed_where_torch_is_to_be_had_without() -> None:
    cpu = (ROOT / "requirements-torch-cpu.lock").read_text("utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")

    assert re.search(r"(?m)^torch==[\d.]+\+cpu --hash=sha256:\w{64}$", cpu)
    assert not re.search(r"(?m)^(nvidia|cuda|torch)", (ROOT / "requirements.lock").read_text("utf-8"))
    assert re.search(r"-r requirements-torch-cpu\.lock [^|\n]*\|\| .*-r requirements-torch\.lock", makefile)


def test_every_lock_is_installed_by_its_hashes() -> None:
    lines = (ROOT / "Makefile").read_text("utf-8").replace("\\\n", " ").splitlines()
    installs = [line for line in lines if "-r requirements" in line]

    assert {name for line in installs for name in re.findall(r"requirements\S*\.lock", line)} == set(LOCKS)
    assert all("--require-hashes" in line for line in installs)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_ci_runs_actions_by_their_commits(name: str) -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text("utf-8"))
    used = [step["uses"] for job in workflow["jobs"].values() for step in job["steps"] if "uses" in step]

    assert used
    assert not [action for action in used if not PINNED.fullmatch(action)]


def test_what_others_are_given_to_run_names_actions_by_their_commits_too() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["runs"]["steps"]
    (job,) = yaml.safe_load(JOB.format(suite="suite.yaml"))["jobs"].values()
    used = [step["uses"] for step in (*action, *job["steps"]) if "uses" in step]

    assert [one for one in used if not PINNED.fullmatch(one)] == ["./.pushback"]


def test_what_is_locked_is_looked_over_every_week() -> None:
    text = (ROOT / ".github" / "workflows" / "audit.yml").read_text("utf-8")

    assert re.search(r'cron: "\d+ \d+ \* \* \d"', text)
    assert "make audit" in text

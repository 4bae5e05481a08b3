"""What is installed is what was locked, file by file, and so are the actions that CI runs."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from eval.drafting.starting import JOB

ROOT = Path(__file__).parent.parent
LOCKS = sorted(path.relative_to(ROOT).as_posix() for path in [*ROOT.glob("*.lock"), *ROOT.glob("deploy/*.lock")])
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


@pytest.mark.parametrize(
    "system",
    [
        {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux", "platform_machine": "x86_64"},
        {"sys_platform": "darwin", "os_name": "posix", "platform_system": "Darwin", "platform_machine": "arm64"},
        {"sys_platform": "win32", "os_name": "nt", "platform_system": "Windows", "platform_machine": "AMD64"},
    ],
    ids=lambda system: system["platform_system"],
)
def test_each_system_gets_what_its_packages_ask_for_and_nothing_else(system: dict[str, str]) -> None:
    """uvloop, for one, cannot be installed on Windows, and click needs colorama there alone."""
    system = system | {"python_version": "3.12", "python_full_version": "3.12.1"}
    text = "".join((ROOT / name).read_text("utf-8") for name in ("requirements.lock", "requirements-torch.lock"))
    locked = [Requirement(line.removesuffix(" \\")) for line in re.findall(r"(?m)^[A-Za-z0-9].*", text)]
    theirs = {canonicalize_name(one.name) for one in locked if one.marker is None or one.marker.evaluate(system)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    without = set(project["tool"]["uv"]["exclude-dependencies"])
    open_, found = [Requirement(one) for one in project["project"]["dependencies"]], set[tuple[str, str]]()
    while open_:
        one = open_.pop()
        name = canonicalize_name(one.name)
        for extra in {"", *one.extras} - {extra for known, extra in found if known == name}:
            found.add((name, extra))
            try:
                asked = [Requirement(part) for part in requires(name) or []]
            except PackageNotFoundError:  # what this machine does not need
                asked = []
            open_ += [
                part
                for part in asked
                if part.name.lower() not in without
                and (part.marker is None or part.marker.evaluate(system | {"extra": extra}))
            ]
    needed = {name for name, _ in found}

    assert needed - theirs == set()
    assert {name for name in theirs - needed if not re.match("nvidia|cuda|triton", name)} == set()


def test_no_cuda_is_installed_where_torch_is_to_be_had_without() -> None:
    cpu = (ROOT / "requirements-torch-cpu.lock").read_text("utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")

    assert re.search(r"(?m)^torch==[\d.]+\+cpu --hash=sha256:\w{64}$", cpu)
    assert not re.search(r"(?m)^(nvidia|cuda|torch)", (ROOT / "requirements.lock").read_text("utf-8"))
    assert re.search(r"-r requirements-torch-cpu\.lock [^|\n]*\|\| .*-r requirements-torch\.lock", makefile)


def test_every_lock_is_installed_by_its_hashes() -> None:
    makefile, image = ((ROOT / name).read_text("utf-8") for name in ("Makefile", "deploy/Dockerfile"))
    lines = re.split(r"\n|&&|\|\|", makefile.replace("\\\n", " ") + image.replace("\\\n", " "))
    installs = [line for line in lines if "-r requirements" in line and "uv pip compile" not in line]
    installed = {name for line in installs for name in re.findall(r"requirements\S*\.lock", line)}

    assert installed == {Path(name).name for name in LOCKS}
    assert all("--require-hashes" in line for line in installs)
    assert all("--no-deps" in line or "$(INSTALL)" in line or "pip-audit" in line for line in installs)
    assert "--no-deps" in re.findall("(?m)^INSTALL = .*", makefile)[0]


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

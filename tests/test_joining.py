"""What people who join the project find: checks that agree with `make`, forms that open, links that lead somewhere."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
FORMS = [path for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml"]
PAGES = [
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/app.md",
    "docs/challenge.md",
    "docs/decisions.md",
    "docs/evaluation.md",
    "docs/files.md",
    "examples/README.md",
]

SITE = runpy.run_path(str(ROOT / "docs" / "hooks.py"))
PAGES_OUTSIDE, linked = SITE["PAGES"], SITE["linked"]


def test_the_checks_before_a_commit_are_those_of_make_format() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0]["hooks"]
    recipe = re.search(r"^format:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert recipe

    commands = {line.strip().replace("$(BIN)", ".venv/bin").removesuffix(" .") for line in recipe[1].splitlines()}

    assert {hook["entry"] for hook in hooks} == commands


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_every_issue_form_asks_for_what_is_needed(path: Path) -> None:
    form = yaml.safe_load(path.read_text("utf-8"))

    assert {"name", "description", "body"} <= set(form)
    assert all(field["attributes"]["label"] and field["id"] for field in form["body"])
    assert any(field.get("validations", {}).get("required") for field in form["body"])


@pytest.mark.parametrize("page", PAGES)
def test_every_link_of_a_page_leads_to_a_file(page: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / page).read_text("utf-8"))

    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


def test_every_page_of_the_documentation_is_in_the_site() -> None:
    site = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
    listed = set(re.findall(r"[\w-]+\.md", str(site["nav"])))

    assert listed == {path.name for path in (ROOT / "docs").glob("*.md")} | set(PAGES_OUTSIDE.values())
    assert all((ROOT / path).exists() for path in PAGES_OUTSIDE)


@pytest.mark.parametrize(
    ("link", "source", "there"),
    [
        ("[the web app](docs/app.md#start)", "README.md", "[the web app](app.md#start)"),
        ("[decisions](../ARCHITECTURE.md)", "docs/app.md", "[decisions](architecture.md)"),
        ("[ours](eval/suites/sample/suite.yaml)", "README.md", "ours (`eval/suites/sample/suite.yaml`)"),
        ("![the chat](docs/images/chat.png)", "README.md", "![the chat](images/chat.png)"),
        ("![a report](images/report.png)", "docs/evaluation.md", "![a report](images/report.png)"),
        ("[elsewhere](https://example.org/x.md)", "README.md", "[elsewhere](https://example.org/x.md)"),
    ],
)
def test_a_link_of_a_page_leads_to_the_page_of_the_site(link: str, source: str, there: str) -> None:
    assert linked(link, source) == there

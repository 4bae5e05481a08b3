"""Lenses: the questions that a strategist asks of any idea, each with the two positions that one can take on it.

```yaml
name: reach                      # also the name of the file
question: Is reach earned or bought?
importance: 0.7                  # 0..1: how much depends on the answer, until somebody sets another value
settle: Stop the adverts in one region for a quarter and count the enquiries.
sides:                           # exactly two, opposite
  - name: earned
    claim: Reach is earned by being worth talking about; advertising is not needed for it.
    ideas: [Rely on word of mouth., …]          # examples of ideas that rest on this side
    search: [Customers recommend us to others., …]   # how documents express this side
  - name: bought
    …
```

An idea that takes a side also assumes the claim of that side, without saying so. What a document says for one side
speaks against the other. Evidence against an idea is therefore searched for in the words of the other side, not as a
negation.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import SettingsError
from assistant.plainly import unfit, why

Line = Annotated[str, Field(min_length=3, max_length=400)]


class Side(BaseModel):
    """One of the two opposite answers to a lens; a lens is a question that is asked of every idea. ``claim`` is the
    answer as a statement, ``ideas`` are examples of ideas that rest on the claim, and ``search`` has phrases in which
    documents express the claim."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Line
    claim: Line
    ideas: Annotated[tuple[Line, ...], Field(min_length=2, max_length=20)]
    search: Annotated[tuple[Line, ...], Field(min_length=1, max_length=12)]


class Lens(BaseModel):
    """A question that a strategist asks of every idea, with its two opposite answers (``sides``). ``settle`` names the
    cheapest evidence that would answer the question."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Line
    question: Line
    importance: Annotated[float, Field(ge=0, le=1)]
    settle: Line
    sides: Annotated[tuple[Side, ...], Field(min_length=2, max_length=2)]


def shipped() -> tuple[Lens, ...]:
    """Return the lenses that come with the program, sorted by name. A lens is a question that is asked of every
    idea."""
    return _shipped()


@cache
def _shipped() -> tuple[Lens, ...]:
    return load(Path(str(files("assistant").joinpath("lenses"))).glob("*.yaml"))


def all_lenses(folder: Path | None) -> tuple[Lens, ...]:
    """Return the lenses that come with the program and those in ``folder``; None stands for no folder. A lens is a
    question that is asked of every idea. A lens in the folder replaces a lens of the same name that comes with the
    program.

    Raises:
        SettingsError: the folder does not exist, or a file in it is no valid lens.
    """
    if folder is None:
        return shipped()
    if not folder.is_dir():
        raise SettingsError(f"There is no folder of lenses at {folder}.", hint="Correct `lenses` in the settings.")
    own = load(folder.glob("*.yaml"))
    names = {lens.name for lens in own}
    return (*(lens for lens in shipped() if lens.name not in names), *own)


def load(paths: Iterable[Path]) -> tuple[Lens, ...]:
    """Read lenses from files, and return them in the order of the files' paths. A lens is a question that is asked of
    every idea; each file has one.

    Raises:
        SettingsError: a file is no valid lens; the message names the file and every field that is wrong.
    """
    return tuple(_read(path) for path in sorted(paths))


def _read(path: Path) -> Lens:
    try:
        lens = Lens.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except ValidationError as exc:
        wrong = "; ".join(unfit(exc.errors(), "the file"))
        raise SettingsError(
            f"{path} is no lens: {wrong}.", hint="`pushback lenses` shows lenses that are right."
        ) from exc
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as exc:
        raise SettingsError(
            f"{path} cannot be read as a lens: {why(exc)}.", hint="A lens is a YAML file in UTF-8."
        ) from exc
    if lens.name != path.stem:
        raise SettingsError(f"{path} holds the lens {lens.name!r}.", hint="Name the file as the lens.")
    return lens

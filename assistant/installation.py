"""How Pushback is installed: the name of its Python package, its version, and the command that adds an extra."""

from __future__ import annotations

DISTRIBUTION = "pushback-assistant"  # `pushback` on PyPI is another program


def version() -> str:
    """The version of Pushback that is installed."""
    from importlib import metadata

    return metadata.version(DISTRIBUTION)


def how_to_add(extra: str) -> str:
    """Return a hint with the command that installs the group of optional packages with the name ``extra``. The command
    is for a clone of the repository, since Pushback is not on PyPI yet."""
    return f'In the folder of your clone, run `.venv/bin/pip install -e ".[{extra}]"`.'

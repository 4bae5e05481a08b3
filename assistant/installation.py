"""How Pushback is installed: the name of its distribution, its version, and the command that adds an extra."""

from __future__ import annotations

DISTRIBUTION = "pushback-assistant"  # `pushback` on PyPI is another program


def version() -> str:
    """The installed version."""
    from importlib import metadata

    return metadata.version(DISTRIBUTION)


def how_to_add(extra: str) -> str:
    """The hint that says how to install an extra. It works in a clone, since Pushback is not on PyPI yet."""
    return f'In the folder of your clone, run `.venv/bin/pip install -e ".[{extra}]"`.'

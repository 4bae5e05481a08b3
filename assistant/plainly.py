"""Explains errors of the operating system and of libraries in plain words, without error numbers and names of types."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterable, Mapping
from typing import Any

_SYSTEM = {
    errno.ENOENT: "it is not there",
    errno.EISDIR: "it is a folder",
    errno.ENOTDIR: "a part of its path is no folder",
    errno.EACCES: "its rights do not allow it",
    errno.EPERM: "its rights do not allow it",
    errno.EROFS: "nothing can be written there",
    errno.ENOSPC: "the disk is full",
    errno.ENAMETOOLONG: "its name is too long",
    errno.ELOOP: "its links lead in a circle",
    errno.ENOEXEC: "it is no program",
}
_KINDS = {
    "missing": "is missing",
    "extra_forbidden": "is not known",
    "string_type": "must be text",
    "string_unicode": "holds half of a character, which no text does",
    "string_pattern_mismatch": "is not of the form that is needed",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number that is not infinite",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list",
    "tuple_type": "must be a list",
    "dict_type": "must be an object with keys",
    "model_type": "must be an object with keys",
    "model_attributes_type": "must be an object with keys",
    "json_invalid": "is no JSON",
    "literal_error": "must be {expected}",
    "enum": "must be {expected}",
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be at most {le}",
    "less_than": "must be less than {lt}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} entries",
    "too_long": "must have at most {max_length} entries",
}
_WORDS = re.compile(r"\^\(\?:([a-z]+(?:\|[a-z]+)+)\)\$")  # a pattern that lists what it takes


def why(error: Exception) -> str:
    """Explain an exception that a file caused, in a few words that can follow a colon: why the file cannot be read or
    written, or what is wrong in it."""
    if isinstance(error, OSError) and not isinstance(error, UnicodeError):
        return _SYSTEM.get(error.errno or 0) or (error.strerror or "").lower() or str(error)
    if isinstance(error, UnicodeDecodeError):
        return "it is no text in UTF-8"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, KeyError):
        return f"the key {error.args[0]!r} is missing"
    if "at end of document" in str(error):  # of TOML
        return "it breaks off"
    mark = getattr(error, "problem_mark", None)  # of YAML
    line = mark.line + 1 if mark else getattr(error, "lineno", None)  # of JSON
    found = re.search(r"at line (\d+)", str(error))  # of TOML
    line = line or (int(found[1]) if found else None)
    return f"line {line} of it is not written as it must be" if line else str(error).removesuffix(".")


def unfit(errors: Iterable[Mapping[str, Any]], whole: str) -> list[str]:
    """Explain errors of pydantic in plain words. An explanation begins with the name of the field that is wrong, as in
    "title is missing". If the error concerns no single field, it begins with ``whole``, such as "the file". Equal
    explanations are listed once."""
    return list(dict.fromkeys(f"{_place(one['loc']) or whole} {what(one)}" for one in errors))


def what(error: Mapping[str, Any]) -> str:
    """Explain one of pydantic's errors in words that can follow the name of its field, such as "is missing"."""
    if error["type"] == "value_error":
        return f"does not hold: {error['ctx']['error']}"
    told = _KINDS.get(error["type"])
    pattern = error.get("ctx", {}).get("pattern", "")
    if one_of := _WORDS.fullmatch(pattern):
        return f"must be one of {', '.join(one_of[1].split('|'))}"
    if pattern.startswith("^(?:[0-9]{4}"):
        return "must be a date, as 2012, 2012-10 or 2012-10-05"
    return told.format(**error.get("ctx", {})) if told else f"does not hold: {error['msg']}"


def _place(path: Iterable[str | int]) -> str:
    """The name of a field, with dots, from its path in an error of pydantic. Parts of the path that name types instead
    of fields are left out."""
    return ".".join(str(part) for part in path if not re.search(r"[\[(-]", str(part)))

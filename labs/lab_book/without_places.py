"""An artifact as somebody else may read it: files by their names, not by where they lie."""

from __future__ import annotations

import json
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Any

WRITTEN = ("text", "prompt", "messages", "content")  # by a person, and left as it is


def without_places(text: str) -> str:
    """A JSON document whose values are absolute paths nowhere: a folder's name tells of a person
    and of a machine. Any other text as it is."""
    try:
        document = json.loads(text)
    except ValueError:
        return text
    told = _named(document)
    return text if told == document else json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _named(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: each if key in WRITTEN else _named(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_named(each) for each in value]
    return _file_name(value) if isinstance(value, str) else value


def _file_name(text: str) -> str:
    kinds: tuple[type[PurePath], ...] = (PurePosixPath, PureWindowsPath)
    for path in (kind(text) for kind in kinds):
        if path.is_absolute() and len(path.parts) > 2 and "\n" not in text:
            return path.name
    return text

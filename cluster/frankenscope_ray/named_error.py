"""Errors as the app tells them: one line, ``Name: what; where; remedy``, and an exit code."""

from __future__ import annotations

import re
from enum import IntEnum

#: Longer parts are cut: a file, or a program that was started, may say anything.
LONGEST = 2000


class Exit(IntEnum):
    """The exit codes of the app's commands."""

    DONE = 0
    FAILED = 1
    BAD_INPUT = 2
    INTERRUPTED = 3


class NamedError(Exception):
    """An error that a person can act on; ``str`` of it is the line that is told."""

    def __init__(self, name: str, what: str, where: str, remedy: str, code: Exit = Exit.BAD_INPUT) -> None:
        """Keep the parts; empty ones are left out of the line."""
        super().__init__(f"{name}: " + "; ".join(one_line(part) for part in (what, where, remedy) if part))
        self.name = name
        self.code = code


def one_line(text: str) -> str:
    """Give a text without line breaks and control characters, which a terminal would obey, and not too long."""
    line = re.sub(r"\s+", " ", text).strip()
    line = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in line)
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"

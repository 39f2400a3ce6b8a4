"""The folder of a run: what was asked, finished parts, journals of others, and at the end the result.

=========================  ==================================================================
``run.json``               command, parts, version: another command is refused by name
``parts/I-of-N``           finished parts
``parts/….partial-TOKEN``  parts under way
``journals/I-of-N``        what a part that was cut off goes on with
``result``                 the files of one run of the command
=========================  ==================================================================
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .named_error import NamedError
from .part_folder import records_of

FORM = "frankenscope-run"
LARGEST = 4 << 20


@dataclass(frozen=True)
class Asked:
    """What names a run."""

    command: tuple[str, ...]
    parts: int
    #: Paths of the command count from here.
    here: str
    version: str

    def as_json(self) -> dict[str, Any]:
        """Give the content of ``run.json``."""
        return {
            "format": FORM,
            "definitions": 1,
            "command": list(self.command),
            "parts": self.parts,
            "here": self.here,
            "version": self.version,
        }


class RunFolder:
    """A run's folder, held by this process from ``open`` to ``close``."""

    def __init__(self, root: Path, asked: Asked) -> None:
        """See ``open``."""
        self.root = root
        self.asked = asked
        self.parts = root / "parts"
        self.result = root / "result"
        self._lock = -1

    @classmethod
    def open(cls, root: Path, asked: Asked) -> RunFolder:
        """Begin a run, or go on with the same one.

        Raises ``NamedError``: ``FolderNotEmpty``, ``OtherRun``, ``RunUnderWay``, ``FolderNotWritable``.
        """
        folder = cls(root, asked)
        try:
            folder.parts.parent.mkdir(parents=True, exist_ok=True)
            folder._take()
            folder._name()
            folder.parts.mkdir(exist_ok=True)
            if folder.parts.is_symlink():
                raise NamedError("PartDamaged", "parts is a link", str(root), "give another --out")
            for left in folder.parts.glob("*.partial-*"):
                shutil.rmtree(left, ignore_errors=True)
        except OSError as error:
            folder.close()
            raise NamedError("FolderNotWritable", str(error), str(root), "give another --out") from error
        except NamedError:
            folder.close()
            raise
        return folder

    def close(self) -> None:
        """Let another process have it."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def finished(self) -> Iterator[tuple[int, int]]:
        """Give index and records of every part that is finished. Raises ``NamedError`` ``PartDamaged``, ``OtherRun``."""
        for path in self.parts.iterdir():
            index = self._index(path.name)
            yield index, records_of(path, index, self.asked.parts)

    def part_names(self) -> list[str]:
        """Give the names of all parts' folders, in order."""
        return [f"{index}-of-{self.asked.parts}" for index in range(1, self.asked.parts + 1)]

    def _index(self, name: str) -> int:
        index, of, count = name.partition("-of-")
        whole = of and index.isascii() and index.isdigit() and count == str(self.asked.parts)
        if not whole or not 1 <= int(index) <= self.asked.parts or index != str(int(index)):
            raise NamedError("OtherRun", f"parts holds {name[:80]!r}", str(self.root), "give another --out")
        return int(index)

    def _take(self) -> None:
        self._lock = os.open(self.root, os.O_RDONLY)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NamedError("RunUnderWay", "another process runs it", str(self.root), "wait for it, or stop it") from error
        except OSError:
            # A disk without locks: two runs of one folder write the same parts twice, and no wrong ones.
            return

    def _name(self) -> None:
        path = self.root / "run.json"
        if not path.exists():
            if any(self.root.iterdir()):
                raise NamedError("FolderNotEmpty", "it holds what is no run", str(self.root), "give another --out")
            write_whole(path, json.dumps(self.asked.as_json(), indent=2) + "\n")
            return
        wanted = self.asked.as_json()
        kept = _read(path)
        differs = [name for name in wanted if kept.get(name) != wanted[name]]
        if differs:
            words = {name: f"{name} there {_short(kept.get(name))}, here {_short(wanted[name])}" for name in differs}
            raise NamedError(
                "OtherRun",
                "; ".join(words.values()),
                str(self.root),
                "give the words it was begun with, or another --out",
            )


def write_whole(path: Path, text: str) -> None:
    """Write a file that is there whole or not at all."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with partial.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            partial.unlink()


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise NamedError("OtherRun", "run.json is none of ours", str(path), "give another --out") from error
    return kept if isinstance(kept, dict) else {}


def _short(value: object) -> str:
    text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 300 else f"{text[:299]}…"  # noqa: PLR2004

"""Folders that others wrote: looked at before anything in them is taken, packed, and unpacked."""

from __future__ import annotations

import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from .named_error import NamedError

#: What a part says of itself; docs/results.md has its fields.
DESCRIPTION = "part.json"
LARGEST_DESCRIPTION = 256 << 20
MOST_FILES = 100_000


def files_of(folder: Path) -> Iterator[Path]:
    """Give every file below a folder, sorted by name, links not followed.

    Raises ``NamedError`` ``PartDamaged`` for anything that is neither a file nor a folder.
    """
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from files_of(Path(entry.path))
        elif entry.is_file(follow_symlinks=False):
            yield Path(entry.path)
        else:
            raise NamedError("PartDamaged", "it has what is no file (a link?)", entry.path, "remove the folder and run again")


def records_of(folder: Path, index: int, count: int) -> int:
    """Look at a finished part, and count its records; those of a study lie in a folder for each analysis.

    Raises ``NamedError`` ``PartDamaged`` where it holds a link, has no description, is another part, or where its records have
    another size than it says. That they are the bytes which were computed is looked at by ``combine``, of all of them at once.
    """
    if folder.is_symlink() or not folder.is_dir():
        raise _damaged("it is no folder", folder)
    described = [path.parent for path in files_of(folder) if path.name == DESCRIPTION]
    if folder not in described:
        raise _damaged(f"it has no {DESCRIPTION}", folder)
    return sum(_records_beside(each, index, count) for each in described)


def _records_beside(folder: Path, index: int, count: int) -> int:
    path = folder / DESCRIPTION
    try:
        if path.stat().st_size > LARGEST_DESCRIPTION:
            raise _damaged(f"{DESCRIPTION} has more than {LARGEST_DESCRIPTION >> 20} MiB", folder)
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(f"{DESCRIPTION} cannot be read ({type(error).__name__})", folder) from error
    if not isinstance(said, dict) or said.get("shard") != {"part": index, "of": count}:
        raise _damaged(f"{DESCRIPTION} is not of part {index} of {count}", folder)
    kinds = said.get("records", [])
    if not isinstance(kinds, list):
        raise _damaged("its records are no list", folder)
    return sum(_records_of_kind(folder, kind) for kind in kinds)


def _records_of_kind(folder: Path, kind: object) -> int:
    of = kind.get("of") if isinstance(kind, dict) else None
    if not isinstance(kind, dict) or not isinstance(of, str) or not isinstance(kind.get("n"), int) or "/" in of:
        raise _damaged("it says of its records what is none", folder)
    path = folder / "records" / f"{of}.jsonl"
    size = path.stat().st_size if path.is_file() else -1
    if size != kind.get("bytes"):
        raise _damaged(f"records/{of}.jsonl has {size} bytes, not {kind.get('bytes')}", folder)
    return int(kind["n"])


def pack(folder: Path, limit: int) -> bytes:
    """Give a folder as a tar of its files, to be sent. Raises ``NamedError`` ``PartTooLarge``."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for path in files_of(folder):
            member = tarfile.TarInfo(path.relative_to(folder).as_posix())
            member.size = path.stat().st_size
            if buffer.tell() + member.size > limit:
                raise NamedError("PartTooLarge", f"it has more than {limit} bytes", str(folder), "raise --ship-limit")
            with path.open("rb") as file:
                tar.addfile(member, file)
    return buffer.getvalue()


def unpack(packed: bytes, folder: Path, limit: int) -> None:
    """Write what was packed into a new folder: plain files below it, nothing else.

    Raises ``NamedError`` ``PartRefused`` for links, devices, paths that lead out, the same name twice, or too much.
    """
    if len(packed) > limit + MOST_FILES * 1024:
        raise _refused(f"it has {len(packed)} bytes, more than {limit}")
    folder.mkdir(parents=True)
    total = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(packed), mode="r:") as tar:
            for place, member in enumerate(tar):
                total += member.size
                if place >= MOST_FILES or total > limit:
                    raise _refused(f"it has more than {MOST_FILES} files or {limit} bytes")
                _write(tar, member, folder)
    except (tarfile.TarError, OSError, ValueError) as error:
        raise _refused(f"it cannot be unpacked ({type(error).__name__})") from error


def _write(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    parts = PurePosixPath(member.name).parts
    inside = bool(parts) and not member.name.startswith("/") and ".." not in parts and "\\" not in member.name
    if not inside or not member.isreg():
        raise _refused(f"{member.name[:200]!r} is no file below the folder")
    source = tar.extractfile(member)
    if source is None:
        raise _refused(f"{member.name[:200]!r} has no bytes")
    path = folder.joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    # "x": what is there is not written over. Only we have written here, no link among it.
    with source, path.open("xb") as file:
        shutil.copyfileobj(source, file)


def _damaged(what: str, folder: Path) -> NamedError:
    return NamedError("PartDamaged", what, str(folder), "remove the folder and run again")


def _refused(what: str) -> NamedError:
    return NamedError("PartRefused", what, "a part that a node sent", "look at that node")

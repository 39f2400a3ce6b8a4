"""Folders that others wrote: what is taken of them, and what is refused."""

from __future__ import annotations

import io
import json
import os
import tarfile
from pathlib import Path

import pytest

from frankenscope_ray.named_error import NamedError
from frankenscope_ray.part_folder import pack, records_of, unpack

LIMIT = 1 << 20


def part(folder: Path, records: int = 3) -> Path:
    (folder / "records").mkdir(parents=True)
    lines = "".join(f'{{"key":"{place}","record":{{}}}}\n' for place in range(records))
    (folder / "records" / "swap.jsonl").write_text(lines)
    said = {"shard": {"part": 2, "of": 8}, "records": [{"of": "swap", "n": records, "bytes": len(lines)}]}
    (folder / "part.json").write_text(json.dumps(said))
    return folder


def tar_of(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for member, content in members:
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def member(name: str, kind: bytes = tarfile.REGTYPE, to: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = to
    return info


def test_a_part_is_the_same_after_its_way(tmp_path: Path) -> None:
    folder = part(tmp_path / "2-of-8")
    assert records_of(folder, 2, 8) == 3
    unpack(pack(folder, LIMIT), tmp_path / "again", LIMIT)
    assert records_of(tmp_path / "again", 2, 8) == 3
    files = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    assert len(files) == 2
    for path in files:
        assert (tmp_path / "again" / path).read_bytes() == (folder / path).read_bytes()


def test_records_of_a_study_lie_in_a_folder_for_each_analysis(tmp_path: Path) -> None:
    root = tmp_path / "2-of-8"
    part(root / "swap"), part(root / "energy", 4)
    (root / "part.json").write_text(json.dumps({"shard": {"part": 2, "of": 8}, "command": "study"}))
    assert records_of(root, 2, 8) == 7


@pytest.mark.parametrize(("index", "count"), [(1, 8), (2, 9)])
def test_another_part_is_refused(tmp_path: Path, index: int, count: int) -> None:
    with pytest.raises(NamedError, match=f"PartDamaged: part.json is not of part {index} of {count}"):
        records_of(part(tmp_path / "p"), index, count)


def test_a_part_with_a_link_is_refused(tmp_path: Path) -> None:
    folder = part(tmp_path / "p")
    (folder / "records" / "x").symlink_to("/etc/passwd")
    with pytest.raises(NamedError, match="PartDamaged: it has what is no file"):
        records_of(folder, 2, 8)
    with pytest.raises(NamedError, match="PartDamaged"):
        pack(folder, LIMIT)
    (tmp_path / "link").symlink_to(part(tmp_path / "q"))
    with pytest.raises(NamedError, match="it is no folder"):
        records_of(tmp_path / "link", 2, 8)


def test_a_pipe_is_refused_and_not_read(tmp_path: Path) -> None:
    folder = part(tmp_path / "p")
    os.mkfifo(folder / "pipe")
    with pytest.raises(NamedError, match="PartDamaged"):
        records_of(folder, 2, 8)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
        ('"part"', "is not of part 2"),
        ('{"shard":{"part":2,"of":8},"records":3}', "its records are no list"),
        ('{"shard":{"part":2,"of":8},"records":[{"of":"../../x","n":1,"bytes":1}]}', "says of its records what is none"),
        ('{"shard":{"part":2,"of":8},"records":[{"of":"swap","n":3,"bytes":9}]}', "records/swap.jsonl has 72 bytes, not 9"),
        ('{"shard":{"part":2,"of":8},"records":[{"of":"lens","n":3,"bytes":9}]}', "records/lens.jsonl has -1 bytes, not 9"),
    ],
)
def test_a_damaged_description_is_refused(tmp_path: Path, said: str, why: str) -> None:
    folder = part(tmp_path / "p")
    (folder / "part.json").write_text(said)
    with pytest.raises(NamedError, match=why):
        records_of(folder, 2, 8)


def test_a_part_without_a_description_is_refused(tmp_path: Path) -> None:
    folder = part(tmp_path / "p")
    (folder / "part.json").unlink()
    with pytest.raises(NamedError, match=r"it has no part\.json"):
        records_of(folder, 2, 8)


@pytest.mark.parametrize(
    "members",
    [
        [(member("../out"), b"x")],
        [(member("a/../../out"), b"x")],
        [(member("/out"), b"x")],
        [(member("a\\..\\out"), b"x")],
        [(member("."), b"")],
        [(member("link", tarfile.SYMTYPE, "/etc/passwd"), b"")],
        [(member("link", tarfile.SYMTYPE, ".."), b""), (member("link/out"), b"x")],
        [(member("link", tarfile.LNKTYPE, "../secret"), b"")],
        [(member("pipe", tarfile.FIFOTYPE), b"")],
        [(member("disk", tarfile.BLKTYPE), b"")],
        [(member("twice"), b"x"), (member("twice"), b"y")],
        [(member("a"), b"x"), (member("a/b"), b"y")],
        [(member("large"), b"x" * (LIMIT + 1))],
    ],
)
def test_what_is_no_plain_file_below_the_folder_is_refused(tmp_path: Path, members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    (tmp_path / "secret").write_text("secret")
    with pytest.raises(NamedError, match="PartRefused"):
        unpack(tar_of(*members), tmp_path / "in" / "part", LIMIT)
    assert not (tmp_path / "in" / "out").exists() and not (tmp_path / "out").exists()
    assert not any(path.is_symlink() for path in tmp_path.rglob("*"))


@pytest.mark.parametrize("damage", [b"", b"no tar at all" * 100, tar_of((member("a"), b"x" * 2000))[:1500]])
def test_what_is_no_whole_tar_is_refused_or_holds_no_part(tmp_path: Path, damage: bytes) -> None:
    with pytest.raises(NamedError):
        unpack(damage, tmp_path / "part", LIMIT)
        records_of(tmp_path / "part", 2, 8)


def test_a_part_over_the_limit_is_not_packed(tmp_path: Path) -> None:
    with pytest.raises(NamedError, match="PartTooLarge"):
        pack(part(tmp_path / "p"), 100)

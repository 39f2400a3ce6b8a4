"""The folder of a run: begun, gone on with, refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from frankenscope_ray.named_error import NamedError
from frankenscope_ray.run_folder import Asked, RunFolder

ASKED = Asked(("swap", "--model", "m"), 8, "/work", "0.1.0")


def opened(root: Path, asked: Asked = ASKED) -> RunFolder:
    folder = RunFolder.open(root, asked)
    folder.close()
    return folder


def test_what_was_asked_is_kept_and_gone_on_with(tmp_path: Path) -> None:
    opened(tmp_path / "run")
    kept = json.loads((tmp_path / "run" / "run.json").read_text())
    assert (kept["command"], kept["parts"], kept["version"]) == (["swap", "--model", "m"], 8, "0.1.0")
    opened(tmp_path / "run")
    assert [path.name for path in (tmp_path / "run").iterdir() if path.is_file()] == ["run.json"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (replace(ASKED, command=("swap",)), "OtherRun: command there swap --model m, here swap"),
        (replace(ASKED, parts=9), "OtherRun: parts there 8, here 9"),
        (replace(ASKED, here="/else"), "OtherRun: here there /work, here /else"),
        (replace(ASKED, version="0.2.0"), "OtherRun: version there 0.1.0, here 0.2.0"),
    ],
)
def test_another_run_is_refused_by_what_differs(tmp_path: Path, asked: Asked, said: str) -> None:
    opened(tmp_path / "run")
    with pytest.raises(NamedError) as refused:
        opened(tmp_path / "run", asked)
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize("content", ["", "[]", "{", "[" * 100_000, '{"format":"x"}'])
def test_a_damaged_run_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(NamedError, match="OtherRun"):
        opened(tmp_path)


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("x")
    with pytest.raises(NamedError, match="FolderNotEmpty"):
        opened(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_two_do_not_run_in_one_folder(tmp_path: Path) -> None:
    first = RunFolder.open(tmp_path / "run", ASKED)
    with pytest.raises(NamedError, match="RunUnderWay"):
        opened(tmp_path / "run")
    first.close()
    opened(tmp_path / "run")


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    folder = opened(tmp_path / "run")
    (folder.parts / "1-of-8.partial-0123456789ab").mkdir()
    assert list(opened(tmp_path / "run").finished()) == []
    assert list(folder.parts.iterdir()) == []


@pytest.mark.parametrize("name", ["1-of-9", "0-of-8", "9-of-8", "01-of-8", "x", "٣-of-8"])
def test_what_is_no_part_of_it_is_refused(tmp_path: Path, name: str) -> None:
    folder = opened(tmp_path / "run")
    (folder.parts / name).mkdir()
    with pytest.raises(NamedError, match="OtherRun: parts holds"):
        list(folder.finished())

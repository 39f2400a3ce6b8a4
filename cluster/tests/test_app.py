"""The app itself in parts, on two nodes of this machine: what one machine's run gives, byte for byte."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import begin, end
from .ray_nodes import Nodes, kill, until

APP = Path(__file__).resolve().parents[2]
PARTS = 8
SWAP = [
    *("swap", "--model", "demo:in", "--pairs", "dataset/data/pairs", "--tasks", "ocr", "counting", "--samples", "12"),
    *("--max-new-tokens", "8", "--device", "wasm", "--dtype", "f32", "--lanes", "1"),
]


@pytest.fixture(scope="module", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Journals of nobody else's runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRANKENSCOPE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def files(folder: Path) -> dict[str, bytes]:
    """Give every file of a result, without what tells how long it took."""
    return {path.relative_to(folder).as_posix(): without_run(path) for path in folder.rglob("*") if path.is_file()}


def without_run(path: Path) -> bytes:
    content = path.read_bytes()
    if path.suffix != ".json":
        return content
    value = json.loads(content)
    value.get("frankenscope", {}).pop("run", None)
    return json.dumps(value).encode()


def one_run(out: Path) -> dict[str, bytes]:
    words = ["node", str(APP / "scripts" / "headless.mjs"), *SWAP, "--quiet", "--out", str(out)]
    done = subprocess.run(words, cwd=APP, env=os.environ, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return files(out)


def whole(out: Path) -> dict[str, tuple[int, int]]:
    """Give finished parts, each with what would tell that it was written again."""
    found = [path for path in (out / "parts").glob("*") if ".partial" not in path.name]
    return {path.name: ((path / "part.json").stat().st_ino, (path / "part.json").stat().st_mtime_ns) for path in found}


def test_a_sweep_in_parts_is_the_sweep_of_one_machine(tmp_path: Path) -> None:
    out = tmp_path / "run"
    nodes = Nodes()
    try:
        words = [*SWAP, "--parts", PARTS, "--out", out, "--address", nodes.address]
        process = begin(words, app=APP, folder=APP)
        until(lambda: len(whole(out)) >= 1 and nodes.busy_on_added(), process=process)
        kill(nodes.busy_on_added()[0])
        until(lambda: len(whole(out)) >= 3 and nodes.busy_on_added(), process=process)
        before = whole(out)
        nodes.remove()
        ran = end(process)
    finally:
        nodes.close()
    assert ran.code == 0, ran.said
    # The tries that died, and nothing else, were computed twice; what was finished by then was not written again.
    assert 1 <= ran.said.count("is tried again") <= 2
    assert before.items() <= whole(out).items() and len(whole(out)) == PARTS
    assert files(out / "result") == one_run(tmp_path / "one")

    # The same words again: a part whose record was changed is refused by its name, what is there stays.
    records = out / "parts" / f"2-of-{PARTS}" / "records" / "swap.jsonl"
    content = records.read_bytes()
    digit = content.index(b"layer") + 7
    records.write_bytes(content[:digit] + b"%d" % ((content[digit] - 47) % 10) + content[digit + 1 :])
    shutil.rmtree(out / "result")
    again = end(begin(words[:-2], app=APP, folder=APP))
    assert again.code == 2 and f"2-of-{PARTS}" in again.said and "PartDamaged" in again.said, again.said
    assert not (out / "result").exists() and whole(out).keys() == {f"{part}-of-{PARTS}" for part in range(1, PARTS + 1)}

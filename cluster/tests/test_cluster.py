"""Runs on a real cluster of Ray's, of two nodes on this machine, with the stand-in for the app."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import begin, end
from .ray_nodes import Nodes, alive, descendants, kill, until


@pytest.fixture(scope="module")
def nodes() -> Iterator[Nodes]:
    nodes = Nodes()
    yield nodes
    nodes.close()


def expected(samples: int) -> bytes:
    records = ",".join(f'{{"sample":{sample},"value":{sample * sample}}}' for sample in range(samples))
    return f'{{"total":{samples},"records":[{records}]}}'.encode()


def finished(out: Path) -> int:
    return sum(".partial" not in path.name for path in (out / "parts").glob("*")) if out.exists() else 0


def computed(log: Path) -> Counter[int]:
    return Counter(map(int, log.read_text().split()))


def test_a_killed_process_and_a_lost_node_change_nothing(nodes: Nodes, tmp_path: Path) -> None:
    out, log = tmp_path / "run", tmp_path / "log"
    count = ["count", "--samples", "40", "--ms", "300", "--log", log, "--parts", "8", "--out", out, "--address", nodes.address]
    process = begin(count)

    def two_at_work() -> list[int]:
        # The app's worker is a child of Ray's process.
        pids = list(filter(descendants, nodes.busy()))
        return pids if finished(out) >= 1 and len(pids) == 2 else []

    killed = until(two_at_work, process=process)[0]
    below = descendants(killed)
    kill(killed)
    until(lambda: not any(alive(pid) for pid in below))
    until(lambda: finished(out) >= 4 and nodes.busy_on_added(), process=process)
    nodes.remove()
    ran = end(process)
    nodes.add()
    assert (ran.code, (out / "result" / "count.json").read_bytes()) == (0, expected(40)), ran.said
    assert "is tried again: WorkerCrashedError" in ran.said
    # A line is written before its sample is logged: at most the sample under way of each that was killed is computed again.
    twice = [sample for sample, times in computed(log).items() if times > 1]
    assert set(computed(log)) == set(range(40)) and len(twice) <= 2
    assert sorted(path.name for path in out.iterdir()) == ["parts", "result", "run.json"]


def test_the_same_words_go_on_and_compute_nothing_again(nodes: Nodes, tmp_path: Path) -> None:
    out, log = tmp_path / "run", tmp_path / "log"
    count = ["count", "--samples", "20", "--ms", "300", "--log", log, "--parts", "5", "--out", out, "--address", nodes.address]
    process = begin(count)
    until(lambda: finished(out) >= 2, process=process)
    process.send_signal(signal.SIGINT)
    stopped = end(process)
    assert (stopped.code, stopped.said.splitlines()[-1].partition(":")[0]) == (3, "Interrupted")
    kept = finished(out)
    assert 2 <= kept < 5 and not (out / "result").exists()
    ran = end(begin(count))
    assert (ran.code, (out / "result" / "count.json").read_bytes()) == (0, expected(20)), ran.said
    assert set(computed(log).values()) == {1}
    # And once more, with nothing left to do: no Ray, the same bytes.
    before = log.read_bytes()
    assert end(begin(count)).code == 0
    assert log.read_bytes() == before
    other = end(begin(["count", "--samples", "21", *count[3:]]))
    assert (other.code, other.said.split(":")[0]) == (2, "OtherRun")


def test_a_part_that_always_fails_ends_the_run_by_its_name(nodes: Nodes, tmp_path: Path) -> None:
    out = tmp_path / "run"
    count = ["count", "--samples", "12", "--fail", "4", "--parts", "4", "--out", out, "--address", nodes.address]
    ran = end(begin([*count, "--retries", "1"]))
    *said, last = ran.said.splitlines()
    assert ran.code == 1
    assert last.startswith("PartFailed: part 4 of 4: DeviceLost: the device is gone; ; run it again; on ")
    assert "3 finished parts are kept" in last and finished(out) == 3
    assert "the device was lost at sample 3" in said
    assert sum("part 4 of 4 is tried again" in line for line in said) == 1


def test_bad_input_is_not_tried_again(nodes: Nodes, tmp_path: Path) -> None:
    out = tmp_path / "run"
    ran = end(begin(["count", "--samples", "4", "--bad", "1", "--parts", "2", "--out", out, "--address", nodes.address]))
    assert ran.code == 2
    assert "tried again" not in ran.said and "BadInput: so it was asked" in ran.said.splitlines()[-1]


def test_a_worker_that_dies_goes_on_with_the_journal(nodes: Nodes, tmp_path: Path) -> None:
    out, log = tmp_path / "run", tmp_path / "log"
    count = ["count", "--samples", "12", "--die", "2", "--once", tmp_path / "died", "--log", log, "--parts", "3", "--out", out]
    ran = end(begin([*count, "--address", nodes.address]))
    assert (ran.code, (out / "result" / "count.json").read_bytes()) == (0, expected(12)), ran.said
    assert "part 2 of 3 is tried again: WorkerEnded: the app's worker ended by signal 9; about to die" in ran.said
    assert set(computed(log).values()) == {1}


@pytest.mark.parametrize("more", [[], ["--ship"]])
def test_a_part_that_hangs_is_ended_and_goes_on_with_its_journal(nodes: Nodes, tmp_path: Path, more: list[str]) -> None:
    out, log = tmp_path / "run", tmp_path / "log"
    count = ["count", "--samples", "12", "--hang", "2", "--once", tmp_path / "hung", "--log", log, "--parts", "3", "--out", out]
    ran = end(begin([*count, "--stalled-after", "3", *more, "--address", nodes.address]))
    assert (ran.code, (out / "result" / "count.json").read_bytes()) == (0, expected(12)), ran.said
    assert "part 2 of 3 is tried again: PartStalled: it said nothing for 3 s, after '1 samples'" in ran.said
    assert set(computed(log).values()) == {1}


def test_a_part_that_always_hangs_ends_the_run_by_its_name(nodes: Nodes, tmp_path: Path) -> None:
    out = tmp_path / "run"
    count = ["count", "--samples", "12", "--hang", "2", "--parts", "3", "--out", out, "--address", nodes.address]
    ran = end(begin([*count, "--stalled-after", "3", "--deaths", "1", "--retries", "0"]))
    *said, last = ran.said.splitlines()
    assert ran.code == 1 and sum("part 2 of 3 is tried again" in line for line in said) == 1
    assert last.startswith("PartFailed: part 2 of 3: PartStalled: it said nothing for 3 s, ")
    assert "2 finished parts are kept" in last and finished(out) == 2 and "about to hang" in said


@pytest.mark.parametrize("more", [[], ["--die", "2", "--once", "died"]])
def test_parts_are_sent_back_where_nodes_share_no_disk(nodes: Nodes, tmp_path: Path, more: list[str]) -> None:
    out, log = tmp_path / "run", tmp_path / "log"
    words = [str(tmp_path / word) if word == "died" else word for word in more]
    count = ["count", "--samples", "12", "--log", log, *words, "--parts", "3", "--out", out, "--ship"]
    ran = end(begin([*count, "--address", nodes.address]))
    assert (ran.code, (out / "result" / "count.json").read_bytes()) == (0, expected(12)), ran.said
    assert set(computed(log).values()) == {1}
    small = end(begin([*count[:-2], tmp_path / "small", "--ship", "--ship-limit", "100", "--address", nodes.address]))
    assert (small.code, "PartTooLarge" in small.said) == (2, True)


def test_words_of_a_shell_are_words(nodes: Nodes, tmp_path: Path) -> None:
    out, mark = tmp_path / "run", tmp_path / "mark"
    evil = f"$(touch {mark}); touch {mark} #`touch {mark}`\n"
    ran = end(begin(["count", "--samples", "2", "--note", evil, "--parts", "2", "--out", out, "--address", nodes.address]))
    assert ran.code == 0, ran.said
    assert not mark.exists()
    assert json.loads((out / "run.json").read_text())["command"][-1] == evil


def test_a_part_with_a_link_is_refused(nodes: Nodes, tmp_path: Path) -> None:
    out = tmp_path / "run"
    count = ["count", "--samples", "2", "--link", "/etc/passwd", "--parts", "1", "--out", out, "--address", nodes.address]
    for words in (count, [*count[:-4], "--out", tmp_path / "shipped", "--ship", *count[-2:]]):
        ran = end(begin(words))
        assert ran.code == 2
        assert "PartDamaged: it has what is no file (a link?)" in ran.said
    assert finished(out) == 0


def test_a_gallery_has_a_folder_each_and_one_table(nodes: Nodes, tmp_path: Path) -> None:
    recipes = [{"name": f"r{samples}", "flags": {"samples": samples}} for samples in (3, 5)]
    recipes.append({"name": "broken", "flags": {"samples": 4, "bad": 1}})
    columns = {"total": "count.json#/total", "last": "count.json#/records/2/value"}
    (tmp_path / "list.json").write_text(json.dumps({"definitions": 1, "recipes": recipes, "columns": columns}))
    out = tmp_path / "out"
    ran = end(begin(["gallery", tmp_path / "list.json", "count", "--parts", "2", "--out", out, "--address", nodes.address]))
    assert ran.code == 1
    head, *rows = (out / "gallery.csv").read_text().splitlines()
    assert head == "recipe,state,parts,records,error,total,last"
    assert rows[:2] == ["r3,done,2,3,,3,4", "r5,done,2,5,,5,4"]
    assert rows[2].startswith("broken,failed,") and "BadInput" in rows[2]
    assert (out / "r5" / "result" / "count.json").read_bytes() == expected(5)


def test_a_second_run_of_one_folder_waits_outside(nodes: Nodes, tmp_path: Path) -> None:
    out = tmp_path / "run"
    count = ["count", "--samples", "8", "--ms", "2000", "--parts", "2", "--out", out, "--address", nodes.address]
    first = begin(count)
    until((out / "run.json").exists, process=first)
    second = end(begin(count))
    assert (second.code, second.said.split(":")[0]) == (2, "RunUnderWay")
    os.kill(first.pid, signal.SIGTERM)
    assert end(first).code == 3


def test_a_second_interruption_waits_for_no_part_and_leaves_no_process(tmp_path: Path) -> None:
    out = tmp_path / "run"
    process = begin(["count", "--samples", "4", "--ms", "600000", "--parts", "2", "--out", out])
    until((out / "journals" / "1-of-2").exists, process=process)
    below = descendants(process.pid)
    assert len(below) > 4
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    ran = end(process)
    assert (ran.code, ran.said.splitlines()[-1].partition(":")[0]) == (3, "Interrupted")
    until(lambda: not any(alive(pid) for pid in below))

"""The app's worker as we start, feed and end it, with the stand-in for the app."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from frankenscope_ray import headless_worker, part
from frankenscope_ray.headless_worker import HeadlessWorker
from frankenscope_ray.named_error import NamedError
from frankenscope_ray.part import Task, run_task

from .conftest import FAKE, environment
from .ray_nodes import alive, descendants, kill, until


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[HeadlessWorker]:
    worker = HeadlessWorker(str(FAKE), str(tmp_path), {})
    worker.wait_until_ready(60)
    yield worker
    worker.end()


def count(tmp_path: Path, *more: str) -> tuple[list[str], str]:
    (tmp_path / "journal").mkdir(exist_ok=True)
    words = ["count", "--samples", "6", *more, "--shard", "1/2", "--out", str(tmp_path / "out")]
    return words, str(tmp_path / "journal")


def test_one_process_serves_one_request_after_the_other(worker: HeadlessWorker, tmp_path: Path) -> None:
    said: list[str] = []
    first = worker.ask(*count(tmp_path), said.append)
    second = worker.ask(*count(tmp_path, "--bad", "1"))
    third = worker.ask(["nothing"], str(tmp_path))
    assert (first.exit, said) == (0, ["1 samples", "2 samples", "3 samples"])
    assert (second.exit, second.error) == (2, "BadInput: so it was asked; --bad; leave it out")
    assert (third.exit, third.error) == (2, 'UnknownCommand: "nothing" is not a command')
    assert worker.alive and worker.version == "0.1.0"


def test_a_worker_that_is_killed_is_told_with_its_last_words(worker: HeadlessWorker, tmp_path: Path) -> None:
    answer = worker.ask(*count(tmp_path, "--die", "1", "--once", str(tmp_path / "once")))
    assert (answer.exit, answer.error) == (1, "WorkerEnded: the app's worker ended by signal 9; about to die")
    assert not worker.alive


def test_what_was_said_before_an_answer_is_kept_with_it(tmp_path: Path) -> None:
    """Two pipes: words that come first may be read last, so each answer has to bring its own, and no other's."""
    (tmp_path / "scripts").mkdir()
    program = (
        "const say = (message) => console.log(JSON.stringify(message)); say({ ready: true });"
        "let rest = ''; process.stdin.on('data', (chunk) => { const lines = (rest + chunk).split('\\n'); rest = lines.pop();"
        "for (const line of lines) { const { id } = JSON.parse(line);"
        "for (let i = 1; i <= 40; i++) console.error(`${i} of request ${id}`); say({ id, exit: 1, error: 'Gone' }); } });"
        "process.stdin.on('end', () => process.exit(0));"
    )
    (tmp_path / "scripts" / "headless.mjs").write_text(program)
    worker = HeadlessWorker(str(tmp_path), str(tmp_path), {})
    worker.wait_until_ready(60)
    for request in range(1, 401):
        said = worker.ask(["count"], str(tmp_path)).said.splitlines()
        assert said == [f"{i} of request {request}" for i in range(1, 41)]
    worker.end()


def test_a_cancelled_request_leaves_the_worker_and_the_journal(worker: HeadlessWorker, tmp_path: Path) -> None:
    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    words, journal = count(tmp_path, "--ms", "50")
    with pytest.raises(KeyboardInterrupt):
        worker.ask(words, journal, interrupt)
    kept = (tmp_path / "journal" / "records.jsonl").read_text().splitlines()
    assert worker.alive and 1 <= len(kept) < 3 and not (tmp_path / "out").exists()
    assert worker.ask(words, journal).exit == 0


def test_what_says_nothing_for_too_long_is_ended_with_its_last_line(worker: HeadlessWorker, tmp_path: Path) -> None:
    answer = worker.ask(*count(tmp_path, "--hang", "1"), stalled_after=3)
    assert (answer.exit, answer.stalled, answer.said, worker.alive) == (1, True, "about to hang", False)
    assert answer.error.startswith("PartStalled: it said nothing for 3 s, after '1 samples'; give more with --stalled-after")


def test_what_takes_longer_than_that_and_says_so_is_not(worker: HeadlessWorker, tmp_path: Path) -> None:
    answer = worker.ask(*count(tmp_path, "--ms", "1500"), stalled_after=4)
    assert (answer.exit, answer.stalled) == (0, False) and answer.seconds > 4


def test_a_stalled_worker_that_hears_no_signal_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headless_worker, "CANCEL_SECONDS", 0.5)
    (tmp_path / "scripts").mkdir()
    deaf = "process.on('SIGTERM', () => {}); setTimeout(() => {}, 60000); console.log('{\"ready\": true}');"
    (tmp_path / "scripts" / "headless.mjs").write_text(deaf)
    worker = HeadlessWorker(str(tmp_path), str(tmp_path), {})
    worker.wait_until_ready(60)
    answer = worker.ask(["count"], str(tmp_path), stalled_after=0.5)
    assert (answer.stalled, worker.alive) == (True, False)
    assert answer.error.startswith("PartStalled: it said nothing for 0.5 s, since it began; ")


def test_what_says_anything_but_messages_is_ended(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "headless.mjs").write_text("console.log('hello'); setTimeout(() => {}, 60000);")
    worker = HeadlessWorker(str(tmp_path), str(tmp_path), {})
    with pytest.raises(NamedError, match=r"WorkerNotStarted: WorkerEnded: .*the worker said what is no message: hello"):
        worker.wait_until_ready(60)
    assert not worker.alive


def test_a_worker_that_does_not_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "headless.mjs").write_text("console.error('BrowserNotFound: none'); process.exit(1);")
    worker = HeadlessWorker(str(tmp_path), str(tmp_path), {})
    with pytest.raises(NamedError) as failed:
        worker.wait_until_ready(60)
    assert str(failed.value) == "WorkerNotStarted: WorkerEnded: the app's worker ended with 1; BrowserNotFound: none; worker"
    assert failed.value.code == 1


def test_a_worker_does_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time; from frankenscope_ray.headless_worker import HeadlessWorker;"
        "worker = HeadlessWorker(sys.argv[1], '.', {}); worker.wait_until_ready(60);"
        "print(worker.pid, flush=True); time.sleep(600)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(FAKE)], stdout=subprocess.PIPE, env=environment(FAKE), cwd=tmp_path
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert alive(pid) and pid in descendants(parent.pid)
    kill(parent.pid)
    parent.wait()
    parent.stdout.close()
    until(lambda: not alive(pid), 10)


@pytest.fixture
def task(tmp_path: Path) -> Iterator[Task]:
    yield Task("", ("count", "--samples", "4"), 1, 2, str(tmp_path), "id", str(FAKE), str(tmp_path), "0.1.0")
    part.end_kept_worker()


def test_a_node_with_another_version_is_refused(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_VERSION", "0.2.0")
    done = run_task(task)
    assert (done.exit, done.error.partition(";")[0]) == (2, "OtherVersion: the app is version 0.2.0, the driver's is 0.1.0")


def test_a_part_that_is_sent_back_leaves_no_journal(task: Task, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    done = run_task(replace(task, ship=True, ship_limit=1 << 20))
    assert (done.exit, done.records) == (0, 2)
    assert list((tmp_path / "cache" / "frankenscope" / "parts").iterdir()) == []


def test_a_part_that_another_try_finished_is_not_computed_again(task: Task, tmp_path: Path) -> None:
    first = run_task(task)
    (tmp_path / "journals").rename(tmp_path / "gone")
    again = run_task(task)
    assert (first.exit, first.records, again.exit, again.records) == (0, 2, 0, 2)
    assert not (tmp_path / "journals").exists()

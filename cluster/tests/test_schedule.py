"""What is tried again, what ends a run, and what many parts cost."""

from __future__ import annotations

import time
import tracemalloc
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from frankenscope_ray.named_error import Exit
from frankenscope_ray.part import Died, Done, Outcome, Task
from frankenscope_ray.schedule import Policy, Report, run_tasks

STALLED = Done(Exit.FAILED, "PartStalled: silent", stalled=True)
FAILED, BAD = Done(Exit.FAILED, "DeviceLost: gone"), Done(Exit.BAD_INPUT, "BadInput: bad")


def tasks(count: int, name: str = "") -> Iterator[Task]:
    for index in range(1, count + 1):
        yield Task(name, ("count",), index, count, "run", "id", "app", "here", "0.1.0")


class Scripted:
    """A pool whose tries end as they are told to, in order, some at a time."""

    def __init__(self, ends: dict[int, list[Outcome]] | None = None, at_once: int = 3) -> None:
        self.ends = ends or {}
        self.at_once = at_once
        self.tried: Counter[int] = Counter()
        self.queue: deque[int] = deque()
        self.tasks: dict[int, Task] = {}
        self.most = 0
        self.cancelled: list[int] = []

    def submit(self, task: Task) -> int:
        ref = len(self.tasks)
        self.tasks[ref] = task
        self.queue.append(ref)
        self.most = max(self.most, len(self.queue))
        return ref

    def wait(self, refs: Sequence[int], seconds: float) -> Sequence[int]:
        return [self.queue.popleft() for _ in range(min(self.at_once, len(self.queue)))]

    def outcome(self, ref: int) -> Outcome:
        task = self.tasks[ref]
        self.tried[task.index] += 1
        if ref in self.cancelled:
            return Done(Exit.INTERRUPTED, "Cancelled")
        ends = self.ends.get(task.index, [])
        return ends[self.tried[task.index] - 1] if self.tried[task.index] <= len(ends) else Done(Exit.DONE, records=1)

    def cancel(self, refs: Sequence[int]) -> None:
        self.cancelled += refs


class Heard:
    def __init__(self) -> None:
        self.finished_parts: list[int] = []
        self.reasons: list[str] = []

    def began(self, task: Task) -> None: ...

    def finished(self, task: Task, done: Done) -> None:
        self.finished_parts.append(task.index)

    def again(self, task: Task, reason: str) -> None:
        self.reasons.append(reason)

    def failed(self, task: Task, done: Done) -> None: ...

    def tick(self) -> None: ...


def ran(pool: Scripted, count: int = 8, policy: Policy | None = None, stop_after: int | None = None) -> tuple[Report, Heard]:
    heard = Heard()
    stopped = lambda: stop_after is not None and len(heard.finished_parts) >= stop_after  # noqa: E731
    report = run_tasks(tasks(count), pool, policy or Policy(), lambda _, done: done, heard, stopped)
    return report, heard


def test_every_part_is_run_once() -> None:
    pool = Scripted()
    report, heard = ran(pool)
    assert (report.failures, report.interrupted, sorted(heard.finished_parts)) == ([], False, list(range(1, 9)))
    assert set(pool.tried.values()) == {1}


def test_what_fails_or_dies_is_tried_again_and_nothing_else() -> None:
    pool = Scripted({2: [FAILED, FAILED], 5: [Died("WorkerCrashedError")] * 3, 7: [FAILED, Died("NodeDiedError")]})
    report, heard = ran(pool)
    assert (report.failures, sorted(heard.finished_parts)) == ([], list(range(1, 9)))
    assert {index: times for index, times in pool.tried.items() if times > 1} == {2: 3, 5: 4, 7: 3}
    assert Counter(heard.reasons) == {"DeviceLost: gone": 3, "WorkerCrashedError": 3, "NodeDiedError": 1}


@pytest.mark.parametrize(
    ("end", "tries"), [(FAILED, 3), (BAD, 1), (Died("OutOfMemoryError"), 6), (STALLED, 6), (Done(Exit.INTERRUPTED), 3)]
)
def test_a_part_is_given_up_after_so_many_tries(end: Outcome, tries: int) -> None:
    pool = Scripted({4: [end] * 99}, at_once=1)
    report, heard = ran(pool, count=4)
    assert pool.tried[4] == tries
    assert [task.index for task, _ in report.failures] == [4]
    assert sorted(heard.finished_parts) == [1, 2, 3]


def test_bad_input_ends_the_run_at_once() -> None:
    pool = Scripted({2: [BAD]}, at_once=1)
    report, heard = ran(pool, count=100, policy=Policy(in_flight=4))
    assert [done.exit for _, done in report.failures] == [Exit.BAD_INPUT]
    assert heard.finished_parts == [1] and sorted(pool.tasks[ref].index for ref in pool.cancelled) == [3, 4, 5]


def test_in_a_gallery_one_recipe_given_up_leaves_the_others() -> None:
    pool, heard = Scripted({3: [BAD]}, at_once=1), Heard()
    both = [*tasks(8, "a"), *(replace(task, index=task.index + 100) for task in tasks(8, "b"))]
    policy = Policy(in_flight=2, all_or_nothing=False)
    report = run_tasks(both, pool, policy, lambda _, done: done, heard, lambda: False)
    assert [task.name for task, _ in report.failures] == ["a"]
    assert sorted(heard.finished_parts) == [1, 2, 4, *range(101, 109)]


def test_what_is_not_kept_counts_as_failed() -> None:
    pool, heard = Scripted(), Heard()
    refused = Done(Exit.BAD_INPUT, "PartRefused: a link")
    report = run_tasks(tasks(2), pool, Policy(), lambda task, done: refused if task.index == 2 else done, heard, lambda: False)
    assert [done.error for _, done in report.failures] == ["PartRefused: a link"]


def test_a_stopped_run_cancels_what_runs_and_keeps_what_is_finished() -> None:
    pool = Scripted(at_once=2)
    report, heard = ran(pool, count=50, policy=Policy(in_flight=10), stop_after=4)
    assert report.interrupted and len(heard.finished_parts) == 4
    assert len(pool.cancelled) == 8 and len(pool.tasks) == 12


def test_a_run_that_is_stopped_twice_waits_for_nothing() -> None:
    pool, heard, asked = Scripted(at_once=0), Heard(), iter([0, 1, 2])
    report = run_tasks(tasks(5), pool, Policy(), lambda _, done: done, heard, lambda: next(asked))
    assert report.interrupted and len(pool.cancelled) == 5 and heard.finished_parts == []


def test_a_journal_that_was_sent_back_goes_along() -> None:
    pool = Scripted({1: [replace(STALLED, journal=b"lines"), Died("NodeDiedError")]})
    ran(pool, count=1)
    assert [task.journal for task in pool.tasks.values()] == [b"", b"lines", b"lines"]


def test_ten_thousand_parts_are_not_held_at_once() -> None:
    def cost(count: int) -> tuple[float, int, int]:
        pool = Scripted(at_once=50)
        heard = Heard()
        tracemalloc.start()
        start = time.process_time()
        report = run_tasks(tasks(count), pool, Policy(in_flight=100), lambda _, done: done, heard, lambda: False)
        seconds = time.process_time() - start
        memory = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert (report.failures, len(heard.finished_parts)) == ([], count)
        return seconds, memory, pool.most

    _, _, most = cost(10_000)
    assert most == 100

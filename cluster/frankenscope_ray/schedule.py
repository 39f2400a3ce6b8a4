"""Which parts run when, which are tried again, and when a run ends. Who runs them is a ``Pool``'s; Ray is one."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from .named_error import Exit
from .part import Died, Done, Outcome, Task

Ref = TypeVar("Ref", bound=Hashable)

#: How often a run looks whether it is to stop.
TICK_SECONDS = 0.25
#: What does not answer a cancel by then is left to its node.
CANCEL_SECONDS = 20.0


class Pool(Protocol[Ref]):
    """Who runs parts."""

    def submit(self, task: Task) -> Ref:
        """Begin a try."""

    def wait(self, refs: Sequence[Ref], seconds: float) -> Sequence[Ref]:
        """Give those that have ended, after the seconds or as soon as there is one."""

    def outcome(self, ref: Ref) -> Outcome:
        """Say how one ended."""

    def cancel(self, refs: Sequence[Ref]) -> None:
        """Ask them to end; each ends as any other does."""


class Listener(Protocol):
    """Who is told what happens."""

    def began(self, task: Task) -> None:
        """A try was given to the pool."""

    def finished(self, task: Task, done: Done) -> None:
        """A part is finished and kept."""

    def again(self, task: Task, reason: str) -> None:
        """A try ended, and the part is tried again."""

    def failed(self, task: Task, done: Done) -> None:
        """A part is given up."""

    def tick(self) -> None:
        """Some time went by."""


@dataclass(frozen=True)
class Policy:
    """How long a run holds out."""

    #: Tries of a part that failed (exit 1), after the first.
    retries: int = 2
    #: Tries of a part whose process or node died, or that stalled, after the first.
    deaths: int = 5
    #: Parts that are with the pool at a time.
    in_flight: int = 1000
    #: Whether a part that is given up ends the run, or only what has its name.
    all_or_nothing: bool = True


@dataclass
class Report:
    """How a run ended."""

    failures: list[tuple[Task, Done]] = field(default_factory=list)
    interrupted: bool = False


@dataclass
class _Tries:
    failed: int = 0
    died: int = 0


def run_tasks(
    tasks: Iterable[Task],
    pool: Pool[Ref],
    policy: Policy,
    keep: Callable[[Task, Done], Done],
    listener: Listener,
    stopped: Callable[[], int],
) -> Report:
    """Run every part to its end.

    ``keep`` takes what a finished one sent; what it answers is how it ended. ``stopped`` says how often a person has asked for an
    end: once cancels what runs, twice leaves it. Time and memory are in proportion to the parts in flight and to those that
    failed, not to all of them.
    """
    return _Run(pool, policy, keep, listener, stopped).run(iter(tasks))


class _Run:
    def __init__(
        self,
        pool: Pool[Ref],
        policy: Policy,
        keep: Callable[[Task, Done], Done],
        listener: Listener,
        stopped: Callable[[], int],
    ) -> None:
        self.pool: Pool[Ref] = pool
        self.policy = policy
        self.keep = keep
        self.listener = listener
        self.stopped = stopped
        self.report = Report()
        self.running: dict[Ref, Task] = {}
        self.waiting: deque[Task] = deque()
        self.tries: dict[tuple[str, int], _Tries] = {}
        self.given_up: set[str] = set()

    def run(self, fresh: Iterator[Task]) -> Report:
        while True:
            if self.stopped():
                self.report.interrupted = True
            if self.report.interrupted or (self.report.failures and self.policy.all_or_nothing):
                self._cancel()
                return self.report
            self._fill(fresh)
            if not self.running:
                return self.report
            self._take(TICK_SECONDS)
            self.listener.tick()

    def _fill(self, fresh: Iterator[Task]) -> None:
        while len(self.running) < self.policy.in_flight:
            task = self.waiting.popleft() if self.waiting else next(fresh, None)
            if task is None:
                return
            if task.name in self.given_up:
                continue
            self.running[self.pool.submit(task)] = task
            self.listener.began(task)

    def _take(self, seconds: float) -> None:
        for ref in self.pool.wait(list(self.running), seconds):
            task = self.running.pop(ref)
            self._settle(task, self.pool.outcome(ref))

    def _settle(self, task: Task, outcome: Outcome) -> None:
        if isinstance(outcome, Done) and outcome.exit == Exit.DONE:
            outcome = self.keep(task, outcome)
        if isinstance(outcome, Done) and outcome.exit == Exit.DONE:
            self.tries.pop((task.name, task.index), None)
            self.listener.finished(task, outcome)
            return
        tries = self.tries.setdefault((task.name, task.index), _Tries())
        died = isinstance(outcome, Died) or outcome.stalled
        if isinstance(outcome, Died):
            reason = outcome.reason
            outcome = Done(Exit.FAILED, f"WorkerDied: {reason}")
        else:
            reason = outcome.error or f"it ended with {outcome.exit}"
        if died:
            tries.died += 1
            left = self.policy.deaths - tries.died
        else:
            tries.failed += 1
            # Bad input is as bad the next time; what was cancelled from outside is wanted still.
            left = -1 if outcome.exit == Exit.BAD_INPUT else self.policy.retries - tries.failed
        if left >= 0:
            self.waiting.append(replace(task, journal=outcome.journal or task.journal))
            self.listener.again(task, reason)
            return
        self.given_up.update([task.name] if not self.policy.all_or_nothing else [])
        self.report.failures.append((task, outcome))
        self.listener.failed(task, outcome)

    def _cancel(self) -> None:
        """End what runs; what is finished meanwhile is kept."""
        self.pool.cancel(list(self.running))
        until = time.monotonic() + CANCEL_SECONDS
        while self.running and time.monotonic() < until and self.stopped() < 2:  # noqa: PLR2004
            for ref in self.pool.wait(list(self.running), TICK_SECONDS):
                task = self.running.pop(ref)
                outcome = self.pool.outcome(ref)
                if isinstance(outcome, Done) and outcome.exit == Exit.DONE:
                    done = self.keep(task, outcome)
                    if done.exit == Exit.DONE:
                        self.listener.finished(task, done)
            self.listener.tick()

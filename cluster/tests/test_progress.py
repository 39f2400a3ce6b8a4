"""What a run says of itself."""

from __future__ import annotations

import io

import pytest

from frankenscope_ray.part import Done, Task
from frankenscope_ray.progress import Progress, words_of

TASK = Task("", ("count",), 3, 8, "run", "id", "app", "here", "0.1.0")


class Screen(io.StringIO):
    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def half(screen: Screen, clock: Clock, *, quiet: bool = False) -> Progress:
    progress = Progress(screen, 8, quiet=quiet, now=clock)
    for records in (5, 5):
        progress.kept(records)
    for _ in range(3):
        progress.began(TASK)
    clock.now += 20
    progress.finished(TASK, Done(0, records=7))
    progress.finished(TASK, Done(0, records=7))
    progress.tick()
    return progress


def test_the_line_counts_parts_records_and_the_time_left_by_those_of_this_run() -> None:
    # Two parts took 20 s; four are left. What an earlier run finished took this one no time.
    assert half(Screen(terminal=False), Clock()).line() == "4 of 8 parts done, 1 under way; 24 records; about 40 s left"


def test_a_terminal_has_one_line_that_changes_and_lines_that_stay() -> None:
    screen, clock = Screen(terminal=True), Clock()
    progress = half(screen, clock)
    clock.now += 0.1
    progress.tick()
    line = "4 of 8 parts done, 1 under way; 24 records; about 40 s left"
    assert screen.getvalue() == line
    progress.again(TASK, "DeviceLost: gone\x1b[2J")
    assert screen.getvalue() == f"{line}\r{' ' * len(line)}\rpart 3 of 8 is tried again: DeviceLost: gone�[2J\n"


def test_elsewhere_lines_come_seldom_and_none_where_it_is_quiet() -> None:
    screen, clock = Screen(terminal=False), Clock()
    progress = half(screen, clock)
    for seconds in (1, 10, 3.9, 0.2):
        clock.now += seconds
        progress.tick()
    assert len(screen.getvalue().splitlines()) == 2
    silent = Screen(terminal=False)
    half(silent, Clock(), quiet=True).end()
    assert silent.getvalue() == ""


@pytest.mark.parametrize(("seconds", "words"), [(89.4, "89 s"), (90, "2 min"), (5399, "90 min"), (5400, "1.5 h")])
def test_durations_as_a_person_says_them(seconds: float, words: str) -> None:
    assert words_of(seconds) == words

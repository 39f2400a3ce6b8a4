"""What a run says of itself: one line that changes on a terminal, some lines elsewhere."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from typing import TextIO

from .named_error import one_line
from .part import Done, Task

#: On a terminal; elsewhere every line stays.
TERMINAL_SECONDS = 0.5
PLAIN_SECONDS = 15.0


class Progress:
    """A ``Listener`` that tells a person."""

    def __init__(
        self,
        stream: TextIO,
        parts: int,
        *,
        quiet: bool = False,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Tell of so many parts on a stream."""
        self._stream = stream
        self._parts = parts
        self._quiet = quiet
        self._now = now
        self._terminal = stream.isatty()
        self._start = now()
        self._told = -1e9
        self._earlier = 0
        self._shown = 0
        self.done = 0
        self.records = 0
        self.running = 0
        self.retried = 0
        self.given_up = 0

    def kept(self, records: int) -> None:
        """Count a part that an earlier run finished."""
        self._earlier += 1
        self.done += 1
        self.records += records

    def began(self, task: Task) -> None:
        """See ``Listener``."""
        self.running += 1

    def finished(self, task: Task, done: Done) -> None:
        """See ``Listener``."""
        self.running -= 1
        self.done += 1
        self.records += done.records

    def again(self, task: Task, reason: str) -> None:
        """See ``Listener``."""
        self.running -= 1
        self.retried += 1
        self.say(f"{task.title} is tried again: {one_line(reason)}")

    def failed(self, task: Task, done: Done) -> None:
        """See ``Listener``."""
        self.running -= 1
        self.given_up += 1

    def tick(self) -> None:
        """Tell how far it is, not too often."""
        now = self._now()
        if self._quiet or now - self._told < (TERMINAL_SECONDS if self._terminal else PLAIN_SECONDS):
            return
        self._told = now
        self._show(self.line())

    def say(self, text: str) -> None:
        """Tell something that stays."""
        if self._quiet:
            return
        self._clear()
        self._stream.write(f"{text}\n")
        self._stream.flush()

    def end(self) -> None:
        """Tell how far it came."""
        if not self._quiet:
            self.say(self.line())

    def line(self) -> str:
        """Give the line: parts, records, and the time left at the present rate."""
        counts = [f"{self.done} of {self._parts} parts done", f"{self.running} under way"]
        counts += [f"{self.retried} tried again"] if self.retried else []
        counts += [f"{self.given_up} failed"] if self.given_up else []
        here = self.done - self._earlier
        left = self._parts - self.done
        rest = [f"{self.records} records"]
        if here > 0 and left > 0:
            rest.append(f"about {words_of((self._now() - self._start) / here * left)} left")
        return "; ".join([", ".join(counts), *rest])

    def _show(self, text: str) -> None:
        if not self._terminal:
            self._stream.write(f"{text}\n")
        else:
            self._clear()
            # A line that wraps could not be taken back.
            text = text[: shutil.get_terminal_size().columns - 1]
            self._stream.write(text)
            self._shown = len(text)
        self._stream.flush()

    def _clear(self) -> None:
        if self._shown:
            self._stream.write("\r" + " " * self._shown + "\r")
            self._shown = 0


def words_of(seconds: float) -> str:
    """Give a duration as a person says it."""
    if seconds < 90:  # noqa: PLR2004
        return f"{round(seconds)} s"
    if seconds < 5400:  # noqa: PLR2004
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"

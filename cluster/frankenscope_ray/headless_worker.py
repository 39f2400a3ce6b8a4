"""The app's ``worker`` command: one browser that serves one part after the other, over JSON lines."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import selectors
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from .app import program
from .lifeline import words_of
from .named_error import Exit, NamedError, one_line

#: A first start may install packages and build the app.
READY_SECONDS = 900.0
#: Work answers a cancel within a second or so; a browser that does not is ended.
CANCEL_SECONDS = 15.0
#: For what an ended worker said last, where something of it lives on and holds the pipe.
LAST_WORDS_SECONDS = 5.0
#: Longer lines are no answer.
LONGEST_LINE = 1 << 20
#: As much as a pipe can hold: one read empties it.
MOST_READ = 1 << 20
#: Lines of stderr that are kept, to be told where a part fails.
KEPT_LINES = 40


@dataclass(frozen=True)
class Answer:
    """How a request ended: the exit code of the command, its error as one line, seconds, and the last lines of stderr."""

    exit: int
    error: str
    seconds: float
    said: str
    #: Whether it was ended because it said nothing for too long.
    stalled: bool = False


class HeadlessWorker:
    """A running ``node scripts/headless.mjs worker``. One request at a time, from one thread."""

    def __init__(self, app: str, folder: str, environment: Mapping[str, str]) -> None:
        """Start it; ``wait_until_ready`` waits for its browser."""
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._said: deque[str] = deque(maxlen=KEPT_LINES)
        self._requests = 0
        self.version = ""
        try:
            self._process = subprocess.Popen(
                words_of(program(app, "worker"), os.getpid()),
                cwd=folder,
                env={**os.environ, **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                # Ctrl+C in a terminal is the driver's to answer.
                start_new_session=True,
            )
        except OSError as error:
            raise NamedError("WorkerNotStarted", str(error), app, "install Node 20 or later", Exit.FAILED) from error
        if self._process.stdout is None or self._process.stderr is None or self._process.stdin is None:
            raise AssertionError("its pipes were asked for")
        self._stdin = self._process.stdin
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout, self._process.stderr), daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Give the process's number."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Say whether it can still be asked."""
        return self._process.poll() is None

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> None:
        """Wait for the line that says so. Raises ``NamedError`` ``WorkerNotStarted``."""
        message = self._next(time.monotonic() + seconds)
        if message is None or message.get("ready") is not True:
            self.end()
            raise NamedError("WorkerNotStarted", self._reason(), "worker", "", Exit.FAILED)
        self.version = str(message.get("version", ""))

    def ask(
        self,
        words: Sequence[str],
        journal: str,
        on_progress: Callable[[str], None] = lambda _: None,
        stalled_after: float = 0.0,
    ) -> Answer:
        """Run a command to its end. ``KeyboardInterrupt`` (Ray's way to cancel a task) cancels it, and is raised again.

        Where it says nothing, no line of progress either, for ``stalled_after`` seconds, the worker is ended; 0: never.
        """
        self._requests += 1
        name = str(self._requests)
        self._said.clear()
        start = time.monotonic()
        try:
            self._send({"id": name, "words": list(words), "journal": journal})
            return self._answer(name, start, None, on_progress, stalled_after)
        except KeyboardInterrupt:
            self._cancel(name, start)
            raise

    def end(self) -> None:
        """End it and its browser, at once if it has to be."""
        with contextlib.suppress(OSError):
            self._stdin.close()
        if self.alive:
            self._process.terminate()
        try:
            self._process.wait(CANCEL_SECONDS)
        except subprocess.TimeoutExpired:
            # Its own group: the browser goes, too.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        # What it has said last is read to its end, unless something of it lives on and holds the pipe.
        self._reader.join(LAST_WORDS_SECONDS)

    def _answer(
        self, name: str, start: float, until: float | None, on_progress: Callable[[str], None], stalled_after: float = 0.0
    ) -> Answer:
        last = ""
        stalls = time.monotonic() + stalled_after if stalled_after else None
        while True:
            message = self._next(stalls or until)
            if message is None:
                stalled = stalls is not None and self.alive and time.monotonic() >= stalls
                self.end()
                error = _stall(stalled_after, last) if stalled else self._reason()
                return Answer(Exit.FAILED, error, time.monotonic() - start, self._tail(), stalled)
            if message.get("id") != name:
                continue
            stalls = time.monotonic() + stalled_after if stalled_after else None
            if "exit" in message:
                told = one_line(str(message.get("error") or ""))
                code = message["exit"] if isinstance(message["exit"], int) else Exit.FAILED
                return Answer(code, told, time.monotonic() - start, self._tail())
            last = one_line(str(message.get("progress", "")))
            on_progress(last)

    def _cancel(self, name: str, start: float) -> None:
        with contextlib.suppress(KeyboardInterrupt, OSError):
            self._send({"id": name, "cancel": True})
            self._answer(name, start, time.monotonic() + CANCEL_SECONDS, lambda _: None)

    def _send(self, message: Mapping[str, object]) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._stdin.write(json.dumps(message).encode() + b"\n")
            self._stdin.flush()

    def _next(self, until: float | None) -> dict[str, Any] | None:
        """Give the next message; None where there will be none, or none in time."""
        while True:
            left = 1.0 if until is None else until - time.monotonic()
            if left <= 0:
                return None
            try:
                line = self._lines.get(timeout=min(left, 1.0))
            except queue.Empty:
                continue
            if line is None:
                return None
            try:
                message = json.loads(line)
            except ValueError:
                message = None
            if isinstance(message, dict):
                return message
            # Its stdout is for answers alone: what it would say next means nothing.
            self._said.append(f"the worker said what is no message: {one_line(line[:200])}")
            return None

    def _reason(self) -> str:
        code = self._process.poll()
        ended = "did not answer" if code is None else f"ended by signal {-code}" if code < 0 else f"ended with {code}"
        tail = self._tail().splitlines()
        return f"WorkerEnded: the app's worker {ended}" + (f"; {one_line(tail[-1])}" if tail else "")

    def _tail(self) -> str:
        return "\n".join(self._said)

    def _read(self, answers: IO[bytes], words: IO[bytes]) -> None:
        """Read both pipes to their ends. What was said before an answer is kept before that answer is given."""
        put, keep = _Lines(self._lines.put), _Lines(self._keep)
        with answers, words, selectors.DefaultSelector() as selector:
            os.set_blocking(words.fileno(), False)
            selector.register(answers, selectors.EVENT_READ)
            selector.register(words, selectors.EVENT_READ)
            while open_pipes := selector.get_map():
                ready = [key.fileobj for key, _ in selector.select()]
                told = os.read(answers.fileno(), MOST_READ) if answers in ready else None
                # Even where it was not ready: it may have said something since, and answered then.
                said = _read_what_is_there(words) if words in open_pipes else None
                for pipe, read, lines in ((words, said, keep), (answers, told, put)):
                    if read is not None:
                        lines.add(read)
                    if read == b"":
                        selector.unregister(pipe)
                if told == b"":
                    self._lines.put(None)

    def _keep(self, line: str) -> None:
        self._said.append(line.rstrip()[:2000])


class _Lines:
    """Cuts what is read into lines; longer ones than ``LONGEST_LINE`` into pieces."""

    def __init__(self, give: Callable[[str], object]) -> None:
        """Name who gets them."""
        self._give = give
        self._rest = b""

    def add(self, read: bytes) -> None:
        """Take what was read; nothing at all ends the last line."""
        *lines, self._rest = (self._rest + read).split(b"\n")
        if len(self._rest) >= LONGEST_LINE or (not read and self._rest):
            lines.append(self._rest)
            self._rest = b""
        for line in lines:
            self._give(line.decode("utf-8", "replace"))


def _read_what_is_there(pipe: IO[bytes]) -> bytes | None:
    """Read a pipe that does not block; None where it holds nothing, empty at its end."""
    try:
        return os.read(pipe.fileno(), MOST_READ)
    except BlockingIOError:
        return None


def _stall(seconds: float, last: str) -> str:
    after = f"after {last[:200]!r}" if last else "since it began"
    return f"PartStalled: it said nothing for {seconds:g} s, {after}; give more with --stalled-after, or 0 for no limit"

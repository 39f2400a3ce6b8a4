"""One part, as a node runs it: the app's worker is kept for the next one, what it wrote gets its name once it is whole."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from .app import app_on_node
from .gpu import vulkan_environment
from .headless_worker import Answer, HeadlessWorker
from .named_error import Exit, NamedError
from .part_folder import pack, records_of, unpack


@dataclass(frozen=True)
class Task:
    """Part ``index`` (from 1) of ``count`` of a command, and where it lies."""

    #: The recipe's name in a gallery, else empty.
    name: str
    command: tuple[str, ...]
    index: int
    count: int
    #: The folder of the run; with ``ship``, of the driver's disk alone.
    run: str
    #: Names the run among others of this node.
    run_id: str
    #: Folder of the app, and current folder, where the driver has them.
    app: str
    here: str
    version: str
    ship: bool = False
    ship_limit: int = 0
    #: Seconds without a line of progress after which a try is ended; 0: never.
    stalled_after: float = 0.0
    #: With ``ship``: the journals that an earlier try sent back.
    journal: bytes = b""

    @property
    def folder_name(self) -> str:
        """Give the name of its folder."""
        return f"{self.index}-of-{self.count}"

    @property
    def title(self) -> str:
        """Give what a person calls it."""
        return f"{self.name + ' ' if self.name else ''}part {self.index} of {self.count}"


@dataclass(frozen=True)
class Done:
    """How a try ended: as a command does, with what it cost."""

    exit: int
    error: str = ""
    said: str = ""
    seconds: float = 0.0
    #: What was spent beside the command: start of the browser, moves, and checks.
    overhead: float = 0.0
    records: int = 0
    where: str = ""
    packed: bytes = b""
    journal: bytes = b""
    #: Whether it said nothing for too long and was ended: that counts as a death.
    stalled: bool = False


@dataclass(frozen=True)
class Died:
    """How a try ended whose process or node is gone."""

    reason: str


Outcome = Done | Died

#: Of this process, which Ray uses again for parts of the same run.
_kept: tuple[tuple[str, str], HeadlessWorker] | None = None


def run_task(task: Task) -> Done:
    """Run a part on this node; a failure is told, not raised. ``KeyboardInterrupt`` cancels it and is raised again."""
    where = f"{socket.gethostname()} (process {os.getpid()})"
    try:
        done = _run_shipped(task) if task.ship else _run_shared(task)
    except NamedError as error:
        done = Done(error.code, str(error))
    except OSError as error:
        done = Done(Exit.FAILED, str(NamedError("DiskFailed", str(error), task.run, "look at that node's disk")))
    if done.exit == Exit.FAILED:
        # The next try begins with a browser and a device of its own.
        end_kept_worker()
    return replace(done, where=where)


def end_kept_worker() -> None:
    """End the app's worker of this process, if there is one."""
    global _kept  # noqa: PLW0603 - it is the point of it: one per process
    if _kept is not None:
        _kept[1].end()
        _kept = None


def _run_shared(task: Task) -> Done:
    run = Path(task.run)
    final = run / "parts" / task.folder_name
    if final.exists():
        # A try whose answer was lost with its node.
        return Done(Exit.DONE, records=records_of(final, task.index, task.count))
    with _staging(final) as staging:
        journal = run / "journals" / task.folder_name
        answer, overhead = _compute(task, staging, journal)
        if answer.exit != Exit.DONE:
            return _failed(answer, overhead)
        records = records_of(staging, task.index, task.count)
        move_whole(staging, final)
        shutil.rmtree(journal, ignore_errors=True)
        return Done(Exit.DONE, seconds=answer.seconds, overhead=overhead, records=records)


def _run_shipped(task: Task) -> Done:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "frankenscope" / "parts" / task.run_id
    journal = cache / (task.folder_name + ".journal")
    if task.journal and not journal.exists():
        unpack(task.journal, journal, task.ship_limit)
    with tempfile.TemporaryDirectory(prefix="frankenscope-part-") as temporary:
        folder = Path(temporary) / task.folder_name
        answer, overhead = _compute(task, folder, journal)
        if answer.exit != Exit.DONE:
            kept = b""
            with contextlib.suppress(NamedError, OSError):
                kept = pack(journal, task.ship_limit) if journal.is_dir() else b""
            return replace(_failed(answer, overhead), journal=kept)
        records = records_of(folder, task.index, task.count)
        packed = pack(folder, task.ship_limit)
        shutil.rmtree(journal, ignore_errors=True)
        # The last of the run's on this node.
        with contextlib.suppress(OSError):
            cache.rmdir()
        return Done(Exit.DONE, seconds=answer.seconds, overhead=overhead, records=records, packed=packed)


def _compute(task: Task, out: Path, journal: Path) -> tuple[Answer, float]:
    began = time.monotonic()
    worker = _worker(app_on_node(task.app), task.here)
    if task.version and worker.version and worker.version != task.version:
        what = f"the app is version {worker.version}, the driver's is {task.version}"
        raise NamedError("OtherVersion", what, socket.gethostname(), "install one version everywhere")
    journal.mkdir(parents=True, exist_ok=True)
    ready = time.monotonic()
    words = [*task.command, "--shard", f"{task.index}/{task.count}", "--out", str(out)]
    answer = worker.ask(words, str(journal), stalled_after=task.stalled_after)
    return answer, ready - began


def _failed(answer: Answer, overhead: float) -> Done:
    return Done(answer.exit, answer.error, answer.said, answer.seconds, overhead, stalled=answer.stalled)


def _worker(app: str, here: str) -> HeadlessWorker:
    global _kept  # noqa: PLW0603
    key = (app, here)
    if _kept is not None and (_kept[0] != key or not _kept[1].alive):
        end_kept_worker()
    if _kept is None:
        # Paths of the command count from where it was asked, as far as this node has that folder.
        folder = here if Path(here).is_dir() else app
        worker = HeadlessWorker(app, folder, vulkan_environment())
        worker.wait_until_ready()
        _kept = (key, worker)
    return _kept[1]


@contextlib.contextmanager
def _staging(final: Path) -> Iterator[Path]:
    folder = final.with_name(f"{final.name}.partial-{uuid.uuid4().hex[:12]}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def move_whole(staging: Path, final: Path) -> None:
    """Give a finished folder its name, at once; of two that were computed beside each other the first stays."""
    try:
        staging.rename(final)
    except OSError:
        if not final.is_dir():
            raise
    descriptor = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""The command ``frankenscope-ray``."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from . import __version__
from .app import find_app, prepare
from .named_error import Exit, NamedError
from .progress import Progress
from .run import Run
from .schedule import Report
from .words import Options, read_words

HELP = """\
frankenscope-ray COMMAND FLAGS… --parts N --out DIR
frankenscope-ray study --spec FILE --parts N --out DIR
frankenscope-ray gallery RECIPES.json COMMAND FLAGS… --out DIR

Runs a command of the app in parts on Ray, and combines them into DIR/result: the files of one run.

  --parts N             how many parts (1)
  --out DIR             the folder of the run; the same words go on with it
  --cpus-per-part N     what Ray sets aside for a part (1)
  --gpus-per-part N     whole numbers, or a share below 1 (0)
  --memory-per-part B   bytes, or as 8GiB (none)
  --retries N           tries of a part that fails, after the first (2)
  --deaths N            tries of a part whose process or node dies, or that stalls, after the first (5)
  --stalled-after S     a part that says nothing for S seconds is ended; 0: never (1800)
  --in-flight N         parts with Ray at a time (1000)
  --address HOST:PORT   of a cluster's head; else RAY_ADDRESS, else this machine
  --app DIR             the app's folder; else FRANKENSCOPE_APP, else here or above
  --ship                nodes do not share DIR: parts are sent back
  --ship-limit B        of one part (512MiB)
  --quiet               say nothing but what fails

Exit codes: 0 done, 1 a part failed, 2 bad input, 3 interrupted."""


class Interruption:
    """Ctrl+C and SIGTERM: the first ends parts in order, the second leaves them, the third does not even wait for Ray to end."""

    def __init__(self) -> None:
        """Begin without one."""
        self.times = 0

    def listen(self) -> None:
        """Take both signals."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._take)

    def _take(self, number: int, frame: FrameType | None) -> None:
        # An exception from here would come out of Ray's own code as another.
        self.times += 1
        if self.times > 2:  # noqa: PLR2004
            os._exit(Exit.INTERRUPTED)


def main() -> None:
    """Run the words of the command line, and exit."""
    sys.exit(run(sys.argv[1:]))


def run(words: Sequence[str]) -> int:
    """Run a command's words to its exit code."""
    if not words or words[0] in ("--help", "-h", "help"):
        print(HELP)
        return Exit.DONE
    if words[0] == "--version":
        print(__version__)
        return Exit.DONE
    try:
        return _run(read_words(words))
    except NamedError as error:
        print(error, file=sys.stderr)
        return error.code


def _run(options: Options) -> int:
    interruption = Interruption()
    interruption.listen()
    app = find_app(options.app)
    prepare(app)
    work = Run(options, app, Path.cwd())
    try:
        progress = Progress(sys.stderr, work.total, quiet=options.quiet)
        report = Report()
        if any(not each.whole for each in work.works.values()):
            report = _compute(options, work, progress, interruption)
        if report.interrupted:
            raise NamedError("Interrupted", "stopped by a signal", str(options.out), "run it again", Exit.INTERRUPTED)
        if work.gallery is None and report.failures:
            raise _failure(report, work, options)
        code = work.finish()
        for each in work.works.values():
            if each.error:
                print(f"{each.name}: {each.error}", file=sys.stderr)
        return code
    finally:
        work.close()


def _compute(options: Options, work: Run, progress: Progress, interruption: Interruption) -> Report:
    # Ray prints what happens to its processes, in many lines: what it means for a part we tell ourselves.
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        return _on_ray(options, work, progress, interruption)


def _on_ray(options: Options, work: Run, progress: Progress, interruption: Interruption) -> Report:
    from .ray_pool import RayPool, nodes_that_fit, start_ray, stop_ray

    local = start_ray(options.address)
    # Ray takes SIGTERM for itself.
    interruption.listen()
    if nodes_that_fit(options.resources) == 0:
        what = f"no node has {options.resources.cpus:g} CPUs, {options.resources.gpus:g} GPUs and the memory of a part"
        if local:
            raise NamedError("NotEnoughResources", what, "this machine", "ask for less with --…-per-part", Exit.BAD_INPUT)
        progress.say(f"{what}: waiting for one")
    try:
        return work.compute(RayPool(options.resources), progress, lambda: interruption.times)
    finally:
        progress.end()
        stop_ray()


def _failure(report: Report, work: Run, options: Options) -> NamedError:
    task, done = report.failures[0]
    if done.said:
        print(done.said, file=sys.stderr)
    finished = sum(len(each.finished) for each in work.works.values())
    what = f"{task.title}: {done.error or f'it ended with {done.exit}'}"
    where = f"on {done.where}" if done.where else ""
    kept = f"{finished} finished parts are kept in {options.out}: the same words go on with them"
    return NamedError("PartFailed", what, where, kept, Exit.BAD_INPUT if done.exit == Exit.BAD_INPUT else Exit.FAILED)

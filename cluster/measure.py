"""What runs in parts cost on this machine: ``python measure.py [FOLDER]`` prints one JSON; docs/cluster.md states it.

In one run: one process of the app against two workers, what a part costs after a worker's first, the memory of all processes, and
what 10,000 parts cost the driver, with a scheduler alone and with Ray's tasks that do nothing.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from frankenscope_ray.part import Done, Outcome, Task
from frankenscope_ray.progress import Progress
from frankenscope_ray.ray_pool import RayPool, start_ray, stop_ray
from frankenscope_ray.schedule import Policy, run_tasks
from frankenscope_ray.words import Resources

APP = Path(__file__).resolve().parents[1]
SAMPLES = 24
SWAP = (
    "swap",
    "--model",
    "demo:in",
    "--pairs",
    "dataset/data/pairs",
    "--tasks",
    "ocr",
    "--max-new-tokens",
    "8",
    "--device",
    "wasm",
)
MANY = 10_000


def main() -> None:
    """Measure all, and print it."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())
    os.environ["FRANKENSCOPE_CACHE"] = str(root / "cache")
    words = [*SWAP, "--samples", str(SAMPLES)]
    figures: dict[str, object] = {"cores": os.cpu_count(), "load": os.getloadavg()[0]}
    for name, more in (("one process, its own choice of engines", []), ("one process, one engine", ["--lanes", "1"])):
        figures[name] = timed([*app(), *words, *more, "--restart", "--quiet", "--out", str(root / name)])
    memory = Memory()
    figures["two workers, 8 parts"] = timed([*ours(), *words, "--lanes", "1", "--parts", "8", "--out", str(root / "8")], memory)
    figures["memory MiB"] = memory.most
    few = timed([*ours(), *words, "--lanes", "1", "--parts", "1", "--out", str(root / "1")])
    many = timed([*ours(), *words, "--lanes", "1", "--parts", str(SAMPLES), "--cpus-per-part", "2", "--out", str(root / "n")])
    figures["one worker, 1 part"], figures[f"one worker, {SAMPLES} parts"] = few, many
    figures["seconds for each part more"] = (many - few) / (SAMPLES - 1)
    figures["load at the end"] = os.getloadavg()[0]
    figures[f"{MANY} parts, the schedule alone"] = simulated(Instant())
    start_ray(None)
    figures[f"{MANY} parts, tasks of Ray's that do nothing"] = simulated(RayPool(Resources(), nothing))
    stop_ray()
    print(json.dumps(figures, indent=2))


def app() -> list[str]:
    """Give the words that run the app."""
    return ["node", str(APP / "scripts" / "headless.mjs")]


def ours() -> list[str]:
    """Give the words that run us."""
    return [sys.executable, "-m", "frankenscope_ray", "--app", str(APP), "--quiet"]


class Memory:
    """What the processes below one hold at most, shared pages counted once, by what they are."""

    def __init__(self) -> None:
        """Begin with none."""
        self.most: dict[str, int] = {}

    def watch(self, pid: int, running: Callable[[], bool]) -> None:
        """Look every second while it runs."""
        while running():
            now: dict[str, int] = {}
            for each, title in below(pid):
                now[kind(title)] = now.get(kind(title), 0) + proportional(each)
            for name, size in now.items():
                self.most[name] = max(self.most.get(name, 0), size >> 10)
            time.sleep(1)


def timed(words: Sequence[str], memory: Memory | None = None) -> float:
    """Give the seconds of a process."""
    start = time.monotonic()
    process = subprocess.Popen(words, cwd=APP, stdout=subprocess.DEVNULL)
    if memory is not None:
        threading.Thread(target=memory.watch, args=(process.pid, lambda: process.poll() is None)).start()
    if process.wait() != 0:
        raise SystemExit(f"{' '.join(words)} ended with {process.returncode}")
    return round(time.monotonic() - start, 2)


def kind(title: str) -> str:
    """Name what a process is."""
    for part, name in (("chrom", "browsers"), ("headless.mjs", "app in Node"), ("ray::", "Ray's processes of parts")):
        if part in title:
            return name
    return "driver" if "frankenscope_ray" in title else "Ray's own (GCS, raylet, agents)"


def below(pid: int) -> Iterator[tuple[int, str]]:
    """Give a process and those below it."""
    found: dict[int, list[int]] = {}
    titles: dict[int, str] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                titles[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            except (OSError, IndexError):
                continue
            found.setdefault(parent, []).append(int(folder.name))
    queue = [pid]
    while queue:
        each = queue.pop()
        queue += found.get(each, [])
        yield each, titles.get(each, "")


def proportional(pid: int) -> int:
    """Give a process's memory in KiB, what it shares divided among those who do."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def nothing(task: Task) -> Done:
    """Stand for a part."""
    return Done(0, records=1)


class Instant:
    """A pool whose parts are done at once."""

    def submit(self, task: Task) -> int:
        """See ``Pool``."""
        return task.index

    def wait(self, refs: Sequence[int], seconds: float) -> Sequence[int]:
        """See ``Pool``."""
        return refs[:50]

    def outcome(self, ref: int) -> Outcome:
        """See ``Pool``."""
        return Done(0, records=1)

    def cancel(self, refs: Sequence[int]) -> None:
        """See ``Pool``."""


def simulated(pool: Instant | RayPool) -> dict[str, float]:
    """Run many parts that do nothing; give the driver's seconds, its processor's, and what its memory grew by."""
    command = (*SWAP, "--samples", "100000")
    tasks = (Task("", command, index, MANY, "/runs/x", "id", "/app", "/work", "0.1.0") for index in range(1, MANY + 1))
    before, wall, cpu = rss(), time.monotonic(), time.process_time()
    with Path(os.devnull).open("w") as nowhere:
        report = run_tasks(tasks, pool, Policy(), lambda _, done: done, Progress(nowhere, MANY), lambda: False)
    if report.failures or report.interrupted:
        raise SystemExit(f"{report}")
    spent = {"seconds": time.monotonic() - wall, "of a processor": time.process_time() - cpu}
    return {name: round(value, 2) for name, value in {**spent, "MiB more": (rss() - before) / 1024}.items()}


def rss() -> int:
    """Give the most memory that this process has had, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()

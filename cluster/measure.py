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
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from frankenscope_ray.headless_worker import HeadlessWorker
from frankenscope_ray.part import Done, Outcome, Task
from frankenscope_ray.progress import Progress
from frankenscope_ray.ray_pool import RayPool, start_ray, stop_ray
from frankenscope_ray.schedule import Policy, run_tasks
from frankenscope_ray.words import Resources

APP = Path(__file__).resolve().parents[1]
#: A sweep of a minute or so: pairs of each of four tasks.
LARGE = ("swap", "--model", "demo:in", "--pairs", "dataset/data/pairs", "--samples", "100", "--device", "wasm")
#: One of seconds, for what a part costs besides.
SAMPLES = 24
SMALL = (*LARGE[:5], "--tasks", "ocr", "--max-new-tokens", "8", "--device", "wasm", "--samples", str(SAMPLES))
MANY = 10_000


def main() -> None:
    """Measure all, and print it."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())
    root.mkdir(parents=True, exist_ok=True)
    os.environ["FRANKENSCOPE_CACHE"] = str(root / "cache")
    words = LARGE
    figures: dict[str, object] = {"cores": os.cpu_count(), "load": os.getloadavg()[0]}
    figures["one process"] = timed([*app(), *words, "--quiet", "--out", str(root / "one")])
    figures["two workers, 8 parts"] = timed([*ours(), *words, "--lanes", "1", "--parts", "8", "--out", str(root / "8")])
    figures["parts of one worker"] = parts_of_one_worker(root)
    figures[f"{MANY} parts, the schedule alone"] = simulated(Instant())
    start_ray(None)
    figures[f"{MANY} parts, tasks of Ray's that do nothing"] = simulated(RayPool(Resources(), nothing))
    stop_ray()
    figures["load at the end"] = os.getloadavg()[0]
    print(json.dumps(figures, indent=2))


def parts_of_one_worker(root: Path) -> dict[str, dict[str, float]]:
    """Give what a first part costs, and of later ones what a part costs besides its samples: a line through 1 and 8 samples."""
    worker = HeadlessWorker(str(APP), str(APP), {})
    worker.wait_until_ready()

    def cost(part: str) -> dict[str, float]:
        journal = root / f"journal {part.replace('/', ' of ')}"
        journal.mkdir()
        before, start = spent(worker.pid), time.monotonic()
        words = [*SMALL, "--lanes", "1", "--shard", part, "--out", str(journal / "out")]
        answer = worker.ask(words, str(journal))
        if answer.exit != 0:
            raise SystemExit(answer.error)
        return {"seconds": time.monotonic() - start, "of a processor": spent(worker.pid) - before}

    first, one, eight = cost(f"1/{SAMPLES}"), [cost(f"{part}/{SAMPLES}") for part in range(2, 10)], cost("3/3")
    worker.end()
    middle = {name: sorted(each[name] for each in one)[len(one) // 2] for name in first}
    besides = {name: middle[name] - (eight[name] - middle[name]) / 7 for name in first}
    figures = {"the first, of one sample": first, "later ones, of one sample": middle, "of these, besides the sample": besides}
    return {name: {unit: round(value, 2) for unit, value in figure.items()} for name, figure in figures.items()}


def app() -> list[str]:
    """Give the words that run the app."""
    return ["node", str(APP / "scripts" / "headless.mjs")]


def ours() -> list[str]:
    """Give the words that run us."""
    return [sys.executable, "-m", "frankenscope_ray", "--app", str(APP), "--quiet"]


class Watch:
    """What the processes below one take: the most memory by what they are, shared pages divided, and seconds of processors."""

    def __init__(self) -> None:
        """Begin with none."""
        self.most: dict[str, int] = {}
        self.ticks: dict[int, float] = {}

    def look(self, pid: int) -> None:
        """Look once."""
        now: dict[str, int] = {}
        for each, title in below(pid):
            now[kind(title)] = now.get(kind(title), 0) + proportional(each)
            self.ticks[each] = max(self.ticks.get(each, 0.0), own_seconds(each))
        for name, size in now.items():
            self.most[name] = max(self.most.get(name, 0), size >> 10)


def timed(words: Sequence[str]) -> dict[str, object]:
    """Run a program; give its seconds, those of processors (to half a second a process), and the most memory."""
    watch, start = Watch(), time.monotonic()
    process = subprocess.Popen(words, cwd=APP, stdout=subprocess.DEVNULL)
    while process.poll() is None:
        watch.look(process.pid)
        time.sleep(0.5)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(words)} ended with {process.returncode}")
    seconds = {"seconds": round(time.monotonic() - start, 1), "of processors": round(sum(watch.ticks.values()), 1)}
    return {**seconds, "MiB": watch.most}


def spent(pid: int) -> float:
    """Give the seconds of processors that the processes below one have taken."""
    return sum(own_seconds(each) for each, _ in below(pid))


def own_seconds(pid: int) -> float:
    """Give those of one."""
    try:
        fields = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def kind(title: str) -> str:
    """Name what a process is."""
    program = Path(title.split(" ", maxsplit=1)[0]).name
    for part, name in (("chrom", "browsers"), ("node", "app in Node")):
        if program.startswith(part):
            return name
    if title.startswith("ray::"):
        return "Ray's processes of parts"
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
    tasks = (Task("", LARGE, index, MANY, "/runs/x", "id", "/app", "/work", "0.1.0") for index in range(1, MANY + 1))
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

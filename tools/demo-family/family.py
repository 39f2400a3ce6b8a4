"""The whole family: Base → IN → RL and RL with Early, Mid, Late frozen; each then exported and evaluated.

    python family.py --runs runs --out ../../public/demo --hours 6

Says what is done already and goes on with the rest: interrupt it at any time and start it again.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
SHARES = {"base": 0.5, "in": 0.18, "rl": 0.08, "rl-frozen-early": 0.08, "rl-frozen-mid": 0.08, "rl-frozen-late": 0.08}
"""Of the hours. The four RL runs are alike in length, or they could not be compared."""


def train_words(name: str, flags: argparse.Namespace) -> list[str]:
    """The command line of a stage."""
    runs = flags.runs
    words = ["train.py", name.split("-")[0], "--out", str(runs / name), "--seed", str(flags.seed), "--resume"]
    words += ["--threads", str(flags.threads), "--device", flags.device]
    if flags.fast:
        words.append("--fast")
    if name == "base":
        words += ["--tower", str(runs / "sight")]
    if name == "in":
        words += ["--from", str(runs / "base")]
    if name.startswith("rl"):
        words += ["--from", str(runs / "in"), "--reward", flags.reward]
        if name != "rl":
            words += ["--freeze", name.removeprefix("rl-frozen-")]
    steps = rl_steps(name, flags)
    return words + (["--steps", str(steps)] if steps else ["--hours", str(SHARES[name] * flags.hours)])


def rl_steps(name: str, flags: argparse.Namespace) -> int | None:
    """A frozen run takes as many steps as the plain one took."""
    if not name.startswith("rl-frozen-"):
        return None
    lines = (flags.runs / "rl" / "log.jsonl").read_text(encoding="utf-8").splitlines()
    return json.loads(lines[-1])["step"]


def finished(run: Path) -> bool:
    """Whether a stage is trained to its end."""
    import torch

    if not (run / "state.pt").exists():
        return False
    state = torch.load(run / "state.pt", map_location="cpu", weights_only=True)
    return state["progress"]["finished"]


def call(words: list[str]) -> None:
    """Run one of our scripts. A signal for us is one for it: it saves and ends, and so do we."""
    process = subprocess.Popen([sys.executable, *words], cwd=HERE)
    signal.signal(signal.SIGTERM, lambda *_: process.send_signal(signal.SIGTERM))
    while True:
        try:
            code = process.wait()
            break
        except KeyboardInterrupt:
            continue  # The terminal sent it to both; wait for the checkpoint.
    if code != 0:
        raise SystemExit(code)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=Path, default=HERE / "runs")
    parser.add_argument("--out", type=Path, required=True, help="folder of the exported checkpoints")
    parser.add_argument("--hours", type=float, required=True, help="of training in all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--reward", default="vanilla")
    parser.add_argument("--count", type=int, default=320, help="items a task and form in the evaluation")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--fast", action="store_true", help="bf16 matrix products (fast.py)")
    flags = parser.parse_args()
    flags.runs, flags.out = flags.runs.resolve(), flags.out.resolve()
    if not (flags.runs / "sight" / "tower.pt").exists():
        fast = ["--fast"] if flags.fast else []
        call(["sight.py", "--out", str(flags.runs / "sight"), "--threads", str(flags.threads), *fast])
    for name in SHARES:
        run, folder = flags.runs / name, flags.out / name
        evaluation = flags.runs / "eval" / f"{name}.json"
        if not finished(run):
            call(train_words(name, flags))
            if not finished(run):
                print(f"{name} was interrupted; start again to go on")
                return
        if not evaluation.exists():
            call(["export.py", str(run), str(folder)])
            thinks = [] if name == "base" else ["--think"]
            call(["evaluate.py", str(folder), "--out", str(evaluation), "--count", str(flags.count), *thinks])
        call(["export.py", str(run), str(folder), "--eval", str(evaluation)])
        print(f"{name} is done", flush=True)


if __name__ == "__main__":
    main()

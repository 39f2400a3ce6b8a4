"""Train one stage, for hours, interruptible at any step.

    python train.py base --out runs/base --hours 3
    python train.py in   --out runs/in   --from runs/base --hours 1
    python train.py rl   --out runs/rl   --from runs/in   --hours 1 [--reward vanilla] [--freeze early]

The same line with `--resume` goes on where the checkpoint stands; settings must be the same.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path

import torch
from transformers import Qwen2_5_VLForConditionalGeneration

from batches import Mixer, Mixture, examples, mixer
from fast import make_fast, precision
from grpo import policy_loss, roll_out
from model import REGIONS, freeze, new_model, parameter_count
from optimizer import Length, Muon, adamw, update
from rewards import WEIGHTS, reward
from run_state import Progress, RunFolder, Stop, load_weights
from stages import STAGES
from streams import Curriculum
from supervised import supervised_loss


def read_flags(words: list[str] | None = None) -> argparse.Namespace:
    """The command line; a stage's own defaults where a flag is not given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stage", choices=list(STAGES))
    parser.add_argument("--out", type=Path, required=True, help="the run's folder")
    parser.add_argument("--from", dest="start", type=Path, help="the run whose weights in and rl begin with")
    parser.add_argument("--tower", type=Path, help="base: the run of sight.py whose vision tower it begins with")
    length = parser.add_mutually_exclusive_group(required=True)
    length.add_argument("--hours", type=float, help="of training, over all sittings")
    length.add_argument("--steps", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--weights", help="in place of the stage's, e.g. attributes/direct=8,ocr/direct=1; 0 leaves a task out")
    parser.add_argument("--levels", default="", help="the hardest items a task is fed, e.g. recognition=1,counting=2")
    parser.add_argument("--retune", action="store_true", help="resume with other settings; the optimizer begins anew")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--fast", action="store_true", help="bf16 matrix products and compiled parts (fast.py)")
    parser.add_argument("--save-minutes", type=float, default=5)
    parser.add_argument("--log-every", type=int, help="steps; 20, for rl 1")
    parser.add_argument("--stop-after", type=int, help="end this sitting at that step")
    parser.add_argument("--shard", type=int, default=2048, help="items the generator writes at once")
    parser.add_argument("--optimizer", choices=["adamw", "muon"], default="adamw", help="muon for base only")
    for name, kind, meaning in [
        ("rate", float, "peak learning rate"),
        ("rows", int, "rows of a batch; for rl prompts"),
        ("warmup", int, "steps"),
        ("weight-decay", float, ""),
        ("floor", float, "placement where the curriculum ends (dataset --alignment FLOOR..1)"),
        ("hold", int, "items of a task before placement loosens"),
        ("loosen", int, "items over which it does"),
    ]:
        parser.add_argument(f"--{name}", type=kind, help=meaning)
    rl = parser.add_argument_group("rl")
    rl.add_argument("--reward", choices=list(WEIGHTS), default="vanilla")
    rl.add_argument("--freeze", choices=list(REGIONS))
    rl.add_argument("--group", type=int, default=8, help="answers to a prompt")
    rl.add_argument("--longest", type=int, default=112, help="tokens of an answer")
    rl.add_argument("--temperature", type=float, default=1.0)
    rl.add_argument("--clip", type=float, default=0.2)
    rl.add_argument("--inner", type=int, default=1, help="updates from the same answers")
    flags = parser.parse_args(words)
    if (flags.start is None) != (flags.stage == "base"):
        parser.error("in and rl need --from, base has none")
    if flags.optimizer == "muon" and flags.stage != "base":
        parser.error("--optimizer muon belongs to base")
    if flags.tower and flags.stage != "base":
        parser.error("--tower belongs to base")
    if flags.freeze and flags.stage != "rl":
        parser.error("--freeze belongs to rl")
    for name in ("rate", "rows", "warmup", "weight_decay", "floor", "hold", "loosen"):
        if getattr(flags, name) is None:
            setattr(flags, name, getattr(STAGES[flags.stage], name))
    if flags.log_every is None:
        flags.log_every = 1 if flags.stage == "rl" else 20
    return flags


def mixture_of(flags: argparse.Namespace) -> Mixture:
    """The stage's mixture, with the weights the command line gives."""
    mixture = dict(STAGES[flags.stage].mixture)
    for word in (flags.weights or "").split(","):
        kind, _, weight = word.partition("=")
        task, _, form = kind.partition("/")
        if word:
            mixture[(task, form)] = float(weight)
    return {kind: weight for kind, weight in mixture.items() if weight > 0}


def levels_of(flags: argparse.Namespace) -> dict[str, int]:
    """The hardest level by task, where the command line sets one."""
    pairs = (word.partition("=") for word in flags.levels.split(",") if word)
    return {task: int(level) for task, _, level in pairs}


def settings(flags: argparse.Namespace) -> dict:
    """What decides the outcome, and so may not change between sittings. How long the run goes may: it can be lengthened."""
    sitting = ("out", "start", "tower", "weights", "resume", "retune", "hours", "steps", "device", "threads", "save_minutes", "log_every", "stop_after")
    chosen = {name: value for name, value in vars(flags).items() if name not in sitting}
    mixture = {f"{task}/{form}": weight for (task, form), weight in mixture_of(flags).items()}
    return chosen | {"from": flags.start.name if flags.start else None, "tower": flags.tower.name if flags.tower else None, "mixture": mixture}


class Run:
    """A stage at work: model, optimizer, data and progress."""

    def __init__(self, flags: argparse.Namespace) -> None:
        self.flags = flags
        self.folder = RunFolder(flags.out)
        self.settings = settings(flags)
        self.progress = Progress()
        self.model: Qwen2_5_VLForConditionalGeneration = new_model(flags.seed)
        state = self.folder.load("cpu")
        if state is not None and not flags.resume:
            raise SystemExit(f"{flags.out} holds a run already: --resume it or name another folder")
        if state is None and flags.start:
            load_weights(self.model, flags.start)
        if state is None and flags.tower:
            self.model.model.visual.load_state_dict(torch.load(flags.tower / "tower.pt", weights_only=True))
        self.frozen = freeze(self.model, flags.freeze)
        self.model.to(flags.device).train()
        if flags.fast:
            make_fast(self.model)
        self.optimizer = (Muon if flags.optimizer == "muon" else adamw)(self.model, flags.weight_decay)
        if state is not None:
            self.restore(state)
        self.mixer: Mixer = mixer(
            flags.out / "cache", mixture_of(flags), flags.seed,
            Curriculum(flags.hold, flags.loosen, flags.floor), flags.shard, levels_of(flags),
        )  # fmt: skip
        self.mixer.used = Counter(self.progress.used)
        self.length = Length(flags.steps, flags.hours)
        self.reward = reward(flags.reward)

    def restore(self, state: dict) -> None:
        before = state["settings"]
        changed = {name: before.get(name) for name, value in self.settings.items() if before.get(name) != value}
        if changed and not self.flags.retune:
            raise SystemExit(f"{self.flags.out} was begun with other settings: {', '.join(changed)}")
        self.model.load_state_dict(state["model"])
        if state["optimizer"] is not None and not changed:  # slim.py leaves it out
            self.optimizer.load_state_dict(state["optimizer"])
        self.progress = Progress(**state["progress"])
        if changed:
            self.progress.decay_from, self.progress.finished = None, False  # A schedule of its own from here.
            self.progress.phases.append({"until": self.progress.step, "settings": changed})
        torch.set_rng_state(state["random"])
        self.folder.forget_after(self.progress.step)

    def save(self) -> None:
        self.folder.save(self.model, self.optimizer, self.progress, self.settings)

    def go(self) -> None:
        """Train until the end, a signal, or `--stop-after`."""
        stop = Stop()
        (self.folder.folder / "settings.json").write_text(json.dumps(self.settings, indent=2) + "\n", encoding="utf-8")
        print(f"{self.flags.stage}: {parameter_count(self.model)} parameters, step {self.progress.step}", flush=True)
        saved = time.monotonic()
        steps = self.rl_steps() if self.flags.stage == "rl" else self.supervised_steps()
        try:
            while not self.length.over(self.progress):
                begun = time.monotonic()
                next(steps)
                self.progress.step += 1
                self.progress.seconds += time.monotonic() - begun
                if stop.wished or self.progress.step == self.flags.stop_after:
                    break
                if time.monotonic() - saved > self.flags.save_minutes * 60:
                    self.save()
                    saved = time.monotonic()
            self.progress.finished = self.length.over(self.progress)
        finally:
            self.mixer.close()
        self.save()
        print(f"{'finished' if self.progress.finished else 'stopped'} at step {self.progress.step}", flush=True)

    def supervised_steps(self):
        """Each `next` is one step of Base or IN."""
        window: dict[str, list[tuple[float, bool]]] = {}
        losses: list[float] = []
        begun, seen = time.monotonic(), 0
        while True:
            self.progress.used = dict(self.mixer.used)
            batches = self.mixer.sorted_batches(self.flags.rows, self.progress.turn)
            for rows in batches[self.progress.batch :]:
                rate = self.length.rate(self.progress, self.flags.rate, self.flags.warmup)
                with precision(self.flags.fast):
                    loss, facts = supervised_loss(self.model, rows)
                loss.backward()
                norm = update(self.model, self.optimizer, rate)
                self.progress.batch += 1
                self.progress.samples += len(rows)
                losses.append(float(loss.detach()))
                seen += len(rows)
                for kind, values in facts.items():
                    window.setdefault(kind, []).extend(values)
                if self.progress.step == 0 or (self.progress.step + 1) % self.flags.log_every == 0:
                    seconds = time.monotonic() - begun
                    self.log(rate, norm, sum(losses) / len(losses), seen / seconds, {
                        "averaged": len(losses),
                        "loss_by_task": {k: round(sum(v for v, _ in window[k]) / len(window[k]), 4) for k in sorted(window)},
                        "exact_by_task": {k: round(sum(r for _, r in window[k]) / len(window[k]), 4) for k in sorted(window)},
                    })  # fmt: skip
                    window, losses, begun, seen = {}, [], time.monotonic(), 0
                yield
            self.progress.turn += 1
            self.progress.batch = 0

    def rl_steps(self):
        """Each `next` is one step of RL."""
        flags = self.flags
        while True:
            begun = time.monotonic()
            self.progress.used = dict(self.mixer.used)
            prompts = examples(self.mixer.draw(flags.rows, self.progress.turn), answered=False)
            rate = self.length.rate(self.progress, flags.rate, flags.warmup)
            with precision(flags.fast):
                rollouts = roll_out(
                    self.model, prompts, flags.group, flags.longest, flags.temperature, self.reward,
                    (flags.seed, self.progress.step),
                )  # fmt: skip
            before = None
            for inner in range(flags.inner):
                with precision(flags.fast):
                    loss, log_probabilities = policy_loss(
                        self.model, rollouts.rows, rollouts.advantages, before, flags.clip, flags.temperature, flags.group
                    )
                loss.backward()
                norm = update(self.model, self.optimizer, rate)
                before = log_probabilities if inner == 0 else before
            # The next draw begins after this one: a checkpoint is taken between steps.
            self.progress.turn += 1
            self.progress.used = dict(self.mixer.used)
            self.progress.samples += len(prompts)
            if (self.progress.step + 1) % flags.log_every == 0:
                self.log(rate, norm, float(loss.detach()), len(rollouts.rows) / (time.monotonic() - begun), rollouts.facts)
            yield

    def log(self, rate: float, norm: float, loss: float, speed: float, facts: dict) -> None:
        progress = self.progress
        row = {
            "step": progress.step + 1, "loss": loss, "rate": rate, "gradient_norm": norm, "samples": progress.samples,
            "samples_per_second": round(speed, 2), "hours": round(progress.seconds / 3600, 4), **facts,
        }  # fmt: skip
        self.folder.log(row)
        print(f"step {row['step']}  loss {loss:.4f}  {speed:.1f}/s" + (f"  reward {facts['reward']:.3f}" if "reward" in facts else ""), flush=True)


def main(words: list[str] | None = None) -> Run:
    """Train as the command line says; returns the run."""
    flags = read_flags(words)
    torch.set_num_threads(flags.threads)
    run = Run(flags)
    if not run.progress.finished or not run.length.over(run.progress):
        run.go()
    return run


if __name__ == "__main__":
    main()

"""A checkpoint's model card, from its run's log and its evaluation."""

from __future__ import annotations

import json
from pathlib import Path

STAGE_NAMES = {"base": "Base", "in": "IN (supervised cold start)", "rl": "RL (GRPO)"}
CURVE_POINTS = 24


def card(name: str, run: Path, evaluation: dict | None, parameters: int, phases: list[dict]) -> str:
    """Markdown. `phases` are the run's `Progress.phases`."""
    settings = json.loads((run / "settings.json").read_text(encoding="utf-8"))
    log = [json.loads(line) for line in (run / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    last = log[-1]
    facts = [
        f"- Stage: {STAGE_NAMES[settings['stage']]}" + (f", from `{settings['from']}`" if settings["from"] else ""),
        f"- {parameters:,} parameters, seed {settings['seed']}, {last['step']} steps, {last['samples']:,} items, {last['hours']:.2f} hours",
        f"- Peak rate {settings['rate']:g}, {settings['rows']} rows a step, weight decay {settings['weight_decay']:g}",
    ]
    if settings["stage"] == "rl":
        frozen = settings["freeze"] or "nothing"
        facts.append(f"- Reward {settings['reward']}, {settings['group']} answers a prompt, no KL, clip {settings['clip']}; frozen: {frozen}")
    if phases:
        facts.append(f"- Retuned on the way, the optimizer's moments begun anew: {'; '.join(map(phase_words, phases))}; then as above")
    mixture = ", ".join(f"{kind} {weight:g}" for kind, weight in settings["mixture"].items())
    parts = [
        "---\nlicense: mit\nlibrary_name: transformers\npipeline_tag: image-text-to-text\n---",
        f"# {name}",
        "A small vision-language model in the Qwen2.5-VL architecture, trained from nothing on generated pictures, problems and puzzles "
        "(`dataset/`). Made to be looked into, not to be used: it knows coloured shapes, words, charts, clocks and boards at 112×112 pixels.",
        "\n".join(facts),
        f"## Data\n\nMixture by task and form: {mixture}. What it is tested on never occurs in training, by content hash.",
        f"## Held-out accuracy\n\n{accuracy_table(evaluation)}",
        f"## Training\n\n{curve(log)}",
    ]
    return "\n\n".join(parts) + "\n"


def phase_words(phase: dict) -> str:
    """What was set until a step, where it was changed then."""
    changed = ", ".join(f"{name} {value}" for name, value in phase["settings"].items() if name != "mixture")
    weights = phase["settings"].get("mixture")
    mixture = ", ".join(f"{kind.removesuffix('/direct')} {weight:g}" for kind, weight in weights.items()) if weights else ""
    return f"until step {phase['until']} " + "; ".join(filter(None, [changed, mixture and f"mixture {mixture}"]))


def accuracy_table(evaluation: dict | None) -> str:
    """A row a task, with 95 % intervals (Wilson)."""
    if evaluation is None:
        return "Not evaluated yet."
    rows = ["| task | form | n | accuracy | 95 % interval | well-formed | tokens |", "|---|---|--:|--:|---|--:|--:|"]
    for kind, found in evaluation["tasks"].items():
        task, form = kind.split("/")
        formed = f"{found['well_formed']:.1%}" if form in ("think", "text") else ""
        rows.append(
            f"| {task} | {form} | {found['n']} | {found['accuracy']:.1%} | {found['low']:.1%} – {found['high']:.1%} "
            f"| {formed} | {found['tokens']:.1f} |"
        )
    return "\n".join(rows)


def curve(log: list[dict]) -> str:
    """The log thinned to a table; the whole is `training.jsonl`."""
    chosen = sorted({round(index * (len(log) - 1) / max(1, CURVE_POINTS - 1)) for index in range(CURVE_POINTS)})
    rewarded = "reward" in log[0]
    head = ["step", "loss", "reward", "tokens", "well-formed"] if rewarded else ["step", "loss", "items/s"]
    rows = [f"| {' | '.join(head)} |", f"|{'--:|' * len(head)}"]
    for entry in (log[index] for index in chosen):
        values = [str(entry["step"]), f"{entry['loss']:.4f}"]
        if rewarded:
            values += [f"{entry['reward']:.3f}", f"{entry['length']:.1f}", f"{entry['well_formed']:.1%}"]
        else:
            values.append(f"{entry['samples_per_second']:.0f}")
        rows.append(f"| {' | '.join(values)} |")
    return "\n".join(rows)

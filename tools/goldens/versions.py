"""Folders that `merge` writes, in two versions of transformers: `python tools/goldens/versions.py --help`.

Sources are golden checkpoints as they lie there (the hub's form, that of 4.52 – 4.57, transformers 5's), and the same saved
by each `--writer`, and saved by one and again by the next. Of each source, and a second donor with other weights, the
shell command makes merges: whole layers, the same in shards, interpolated and with noise. `--old` and `--new` load what it
wrote: both must load all of it and agree in token ids, the processor's picture and every bit of the logits. Those of the
source itself are shown, too. Exits 1 where a merge differs.

    python tools/goldens/versions.py --old venv457/bin/python --new venv524/bin/python \\
        --writer venv449/bin/python --writer venv455/bin/python --writer venv457/bin/python --writer venv524/bin/python

Each interpreter needs torch, torchvision, safetensors, pillow and its transformers.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CHECKPOINTS = HERE / "data" / "checkpoints"
FORMS = {"hub": "tied-gqa1-bf16-old", "hub-untied": "untied-gqa2-f16", "nested": "untied-gqa7-bf16-new", "five": "untied-gqa4-f32"}

DONOR = """
import sys, torch
from pathlib import Path
from safetensors.torch import load_file, save_file
noise = torch.Generator().manual_seed(7)
for file in sorted(Path(sys.argv[1]).glob("*.safetensors")):
    tensors = load_file(file)
    save_file({k: (v.float() + torch.randn(v.shape, generator=noise) * 0.01).to(v.dtype) for k, v in tensors.items()}, file, metadata={"format": "pt"})
"""
"""Other weights in the same folder."""

EDITS = [
    {"kind": "interpolate", "layers": {"first": 2, "last": 3}, "part": "mlp", "donor": "IN", "alpha": 0.25},
    {"kind": "noise", "layers": {"first": 1, "last": 1}, "part": "attention", "ratio": 0.05, "seed": 3},
]
RECIPE = {"format": "frankenscope-recipe", "version": 1, "blocks": "IN:RL:RL", "edits": EDITS}


def said(python: str, *words: str | Path) -> str:
    return subprocess.run([python, *map(str, words)], check=True, capture_output=True, text=True).stdout


def version(python: str) -> str:
    return said(python, "-c", "import transformers; print(transformers.__version__)").strip()


def saved(python: str, source: Path, target: Path) -> Path | None:
    """None where that version cannot read the source."""
    run = subprocess.run([python, str(HERE / "versions_save.py"), str(source), str(target)], capture_output=True, text=True)
    if run.returncode == 0:
        return target
    print(f"{target.name}: not saved: {run.stderr.strip().splitlines()[-1]}", file=sys.stderr)
    return None


def sources(writers: dict[str, str], place: Path) -> Iterator[tuple[str, Path]]:
    for form, checkpoint in FORMS.items():
        folder = CHECKPOINTS / checkpoint
        yield form, folder
        for i, (name, python) in enumerate(writers.items()):
            once = saved(python, folder, place / f"{form} {name}")
            if once is None:
                continue
            yield once.name, once
            for later, other in list(writers.items())[i + 1 : i + 2]:
                twice = saved(other, once, place / f"{form} {name} {later}")
                if twice is not None:
                    yield twice.name, twice


def merges(source: Path, new: str, place: Path) -> Iterator[tuple[str, Path | str]]:
    """Merges of the source and a folder like it with other weights; what the command said where it made none."""
    donor = place / "donor"
    shutil.copytree(source, donor)
    said(new, "-c", DONOR, donor)
    recipe = place / "recipe.json"
    recipe.write_text(json.dumps(RECIPE))
    kinds = {"layers": ["--blocks", "IN:RL:RL"], "shards": ["--blocks", "IN:RL:RL", "--shard-bytes", "100000"], "edits": ["--recipe", str(recipe)]}
    for kind, flags in kinds.items():
        out = place / kind
        command = ["npm", "run", "-s", "headless", "--", "merge", *flags, "--in", str(source), "--rl", str(donor), "--out", str(out), "--quiet"]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        yield kind, out if run.returncode == 0 else f"not merged: {run.stderr.strip().splitlines()[-1]}"


def verdict(old: dict, new: dict) -> str:
    if "error" in old or "error" in new:
        return "; ".join(f"{which}: {one['error']}" for which, one in (("old", old), ("new", new)) if "error" in one)
    other = [key for key in new if old[key] != new[key]]
    missing = [f"{which} lacks {one['loading']}" for which, one in (("old", old), ("new", new)) if one["loading"]]
    return "; ".join([*([f"other {', '.join(other)}"] if other else []), *missing]) or "same"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--old", required=True, help="interpreter with transformers 4.57")
    parser.add_argument("--new", required=True, help="interpreter with transformers 5")
    parser.add_argument("--writer", action="append", default=[], help="interpreter whose transformers saves sources; oldest first")
    parser.add_argument("--only", help="sources whose name begins so")
    flags = parser.parse_args()
    writers = {version(python): python for python in flags.writer}
    print(f"| source | itself | layers | shards | edits |\n|---|---|---|---|---|  <!-- {version(flags.old)} against {version(flags.new)} -->")
    failed = False
    with tempfile.TemporaryDirectory() as place:
        for name, source in sources(writers, Path(place)):
            if flags.only and not name.startswith(flags.only):
                continue
            with tempfile.TemporaryDirectory() as within:
                made = {"itself": source, **dict(merges(source, flags.new, Path(within)))}
                folders = [folder for folder in made.values() if isinstance(folder, Path)]
                old, new = (json.loads(said(python, HERE / "versions_load.py", *folders)) for python in (flags.old, flags.new))
                verdicts = {kind: it if isinstance(it, str) else verdict(old[str(it)], new[str(it)]) for kind, it in made.items()}
            failed |= any(verdicts[kind] != "same" for kind in made if kind != "itself")
            print(f"| {name} | {' | '.join(verdicts.values())} |", flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()

"""What transformers makes of merges whose frame has a head of its own: `python tools/goldens/tied_head_exports.py`.

Runs the shell command `merge` on folders of `tied_head.py` (it builds the app where it is not built), loads what it wrote
(nothing may be missing or unexpected) and asks for the next token. With the current transformers the logits have to be
those of the donors' own layers put into the frame's model, to the bit, and are written to
`data/expected/tied-head-exports.safetensors`, beside a digest of the weights in `.json`. Run again with 4.57.6 (same
command, same torch), it adds what that version reads, which has to be the same logits, to the bit.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import Qwen2_5_VLForConditionalGeneration

from storage import render_json, write_tensors
from tied_head import CURRENT, DATA, prompt, write_variant

ROOT = Path(__file__).parents[2]
BLOCKS = "IN:RL"
FRAMES = ["reversed", "reversed-text-config", "last-value", "alone", "repeated"]
EXPECTED = DATA / "expected" / "tied-head-exports.json"


def write_other(folder: Path) -> None:
    """The second donor: tied, and each MLP turned round."""
    write_variant(folder, "plain")
    file = folder / "model.safetensors"
    tensors = load_file(file)
    turned = {name: -tensor if "layers" in name and "down_proj" in name else tensor for name, tensor in tensors.items()}
    save_file(turned, file, metadata={"format": "pt"})


def load(folder: Path) -> tuple[Qwen2_5_VLForConditionalGeneration, bool]:
    model, report = Qwen2_5_VLForConditionalGeneration.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True
    )
    problems = {kind: names for kind, names in report.items() if names}
    if problems:
        raise ValueError(f"{folder.name} did not load whole: {problems}")
    return model.eval(), model.lm_head.weight.data_ptr() == model.get_input_embeddings().weight.data_ptr()


@torch.no_grad()
def next_logits(model: Qwen2_5_VLForConditionalGeneration) -> torch.Tensor:
    return model(input_ids=torch.tensor([prompt()])).logits[0, -1]


def stitched(frame: Path, other: Path) -> torch.Tensor:
    """The second half of the layers from the other model."""
    model, giver = load(frame)[0], load(other)[0]
    layers = model.model.language_model.layers
    for index in range(len(layers) // 2, len(layers)):
        layers[index] = giver.model.language_model.layers[index]
    return next_logits(model)


def export(frame: Path, other: Path, out: Path) -> None:
    words = ["npm", "run", "-s", "headless", "--", "merge", "--blocks", BLOCKS, "--in", frame, "--rl", other]
    subprocess.run([*words, "--out", out, "--quiet"], cwd=ROOT, check=True)


def main() -> None:
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    current = int(transformers.__version__.split(".")[0]) >= CURRENT
    known: dict[str, Any] = json.loads(EXPECTED.read_text())["exports"] if EXPECTED.exists() else {}
    logits = {} if current else load_file(EXPECTED.with_suffix(".safetensors"))
    exports = {}
    for name in FRAMES:
        with tempfile.TemporaryDirectory() as parent:
            frame, other, out = (Path(parent) / part for part in ("frame", "other", "out"))
            write_variant(frame, name)
            write_other(other)
            export(frame, other, out)
            model, tied = load(out)
            found = next_logits(model)
            if current:
                logits[name] = stitched(frame, other)
            if not torch.equal(found, logits[name]):
                raise ValueError(f"{name}: {transformers.__version__} reads another model")
            weights = hashlib.sha256((out / "model.safetensors").read_bytes()).hexdigest()
        read_by = {**known.get(name, {}).get("readBy", {}), transformers.__version__: {"tied": tied, "next": int(found.argmax())}}
        exports[name] = {"weights": weights, "readBy": dict(sorted(read_by.items()))}
    EXPECTED.write_text(render_json({"blocks": BLOCKS, "exports": exports}) + "\n", encoding="utf-8")
    if current:
        write_tensors(EXPECTED.with_suffix(".safetensors"), logits)


if __name__ == "__main__":
    main()

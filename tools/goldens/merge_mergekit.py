"""What mergekit makes of the configurations that our export wrote: `python tools/goldens/merge_mergekit.py`.

Needs mergekit 0.1.5 besides the other requirements. Reads `data/expected/mergekit/*.yml` and `mergekit-qwen3/*.yml`, which the
tests of src/merge/mergekit write; models are paths below `data`. Writes a digest per tensor to `tensors.json` beside them.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path

import torch
import yaml
from mergekit.config import MergeConfiguration
from mergekit.merge import run_merge
from mergekit.options import MergeOptions
from safetensors.torch import load_file

DATA = Path(__file__).parent / "data"


def digest(tensor: torch.Tensor) -> str:
    return hashlib.sha256(tensor.contiguous().view(torch.uint8).numpy().tobytes()).hexdigest()


def merged(configuration: Path) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as folder:
        config = MergeConfiguration.model_validate(yaml.safe_load(configuration.read_text()))
        options = MergeOptions(copy_tokenizer=False, write_model_card=False, quiet=True, device="cpu")
        run_merge(config, folder, options)
        tensors = {}
        for file in sorted(Path(folder).glob("*.safetensors")):
            tensors |= {name: digest(tensor) for name, tensor in load_file(file).items()}
        return dict(sorted(tensors.items()))


if __name__ == "__main__":
    torch.set_num_threads(1)
    os.chdir(DATA)
    for folder in [Path("expected/mergekit"), Path("expected/mergekit-qwen3")]:
        made = {file.stem: merged(file) for file in sorted(folder.glob("*.yml"))}
        (folder / "tensors.json").write_text(json.dumps(made, indent=1) + "\n")

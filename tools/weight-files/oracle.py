"""What transformers makes of the folders: `python tools/weight-files/oracle.py`, after make.py, once with each version.

Writes `data/transformers-VERSION.json`: for each folder the mean of three tensors as loaded, and the keys that transformers
calls missing or unexpected; or the error.
"""

from __future__ import annotations

import json

import torch
import transformers
from transformers import Qwen2_5_VLForConditionalGeneration

from make import FOLDERS

VALUES = {
    "model.norm.weight": "model.language_model.norm.weight",
    "model.layers.0.mlp.down_proj.weight": "model.language_model.layers.0.mlp.down_proj.weight",
    "lm_head.weight": "lm_head.weight",
}


def loaded(folder: str) -> dict[str, object]:
    try:
        model, info = Qwen2_5_VLForConditionalGeneration.from_pretrained(folder, dtype=torch.bfloat16, output_loading_info=True)
    except Exception as error:
        said = str(error).replace(folder, "FOLDER") or "no message"
        return {"error": f"{type(error).__name__}: {said.splitlines()[0]}"}
    parameters = model.state_dict()
    # 4.x leaves a tensor that it found nowhere without storage.
    means = {
        name: None if parameters[own].is_meta else float(parameters[own].float().mean()) for name, own in VALUES.items()
    }
    return {
        "means": means,
        "missing": sorted(info["missing_keys"]),
        "unexpected": sorted(info["unexpected_keys"]),
    }


def main() -> None:
    transformers.logging.set_verbosity_error()
    found = {folder.name: loaded(str(folder)) for folder in sorted(FOLDERS.iterdir())}
    out = FOLDERS.parent / f"transformers-{transformers.__version__}.json"
    out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

"""A folder loaded and saved again by one version of transformers: `python versions_save.py FROM TO`.

Run by `versions.py` with the interpreter of the version that is to write.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from safetensors import safe_open
from transformers import AutoProcessor, Qwen2_5_VLForConditionalGeneration, logging


def dtype_of(folder: str) -> torch.dtype:
    with safe_open(next(iter(sorted(Path(folder).glob("*.safetensors")))), framework="pt") as file:
        return file.get_tensor(next(iter(file.keys()))).dtype


if __name__ == "__main__":
    logging.set_verbosity_error()
    source, target = sys.argv[1:]
    Qwen2_5_VLForConditionalGeneration.from_pretrained(source, torch_dtype=dtype_of(source)).save_pretrained(target)
    AutoProcessor.from_pretrained(source).save_pretrained(target)

"""Random weights that make a small model lively: no two layers alike, biases and norms that show when left out."""

from __future__ import annotations

import zlib

import torch
from transformers import AutoConfig, AutoModelForImageTextToText

from shapes import Shape, config_json
from vocabulary import ADDED_TOKENS, TOKENIZER_LENGTH, token_id

DTYPE = {"F32": torch.float32, "BF16": torch.bfloat16, "F16": torch.float16}
END_TOKENS = ("<|im_end|>", "<|endoftext|>")


def normal(name: str, seed: int, shape: torch.Size) -> torch.Tensor:
    """Standard normal values that depend on the tensor's name and the seed alone, not on the order of drawing.

    Both go through the checksum, because torch's CPU generator reads the low 32 bits of its seed only.
    """
    generator = torch.Generator().manual_seed(zlib.crc32(f"{seed}:{name}".encode()))
    return torch.randn(shape, generator=generator)


def draw(name: str, seed: int, shape: torch.Size, tied: bool) -> torch.Tensor:
    """One tensor.

    Matrices keep the size of their input (gain / sqrt(fan-in)); queries and keys get a larger gain, so that attention
    is far from uniform; norms are 1 ± 0.3; biases ± 0.3. A tied embedding is smaller, or the residual stream would
    bring back the last token over and over.
    """
    values = normal(name, seed, shape)
    if name.endswith("bias"):
        return 0.3 * values
    if "norm" in name or "ln_q" in name:
        # Queries and keys that are normed have no other gain.
        return (2.0 if "q_norm" in name else 1.0) * (1 + 0.3 * values)
    if name.endswith(("embed_tokens.weight", "lm_head.weight")):
        rows = torch.exp(0.5 * normal(name + ".row", seed, torch.Size([shape[0], 1])))
        return (0.1 if tied else 1.0) * rows * values
    fan_in = values[0].numel()
    gain = 2.0 if ("q_proj" in name or "k_proj" in name or "qkv" in name) else 1.3
    return gain / fan_in**0.5 * values


def quiet_rows(head: torch.Tensor, end_token_scale: float) -> None:
    """Keep rows without a token, and added tokens other than the two ends, from ever being the next token."""
    head[TOKENIZER_LENGTH:] *= 0.02
    for token in ADDED_TOKENS:
        head[token_id(token)] *= end_token_scale if token in END_TOKENS else 0.05


def build_weights(shape: Shape) -> dict[str, torch.Tensor]:
    """All tensors, named as transformers 5 names its modules (the new spelling), rounded to the stored dtype."""
    with torch.device("meta"):
        model = AutoModelForImageTextToText.from_config(AutoConfig.for_model(**config_json(shape)))
    tensors = {name: draw(name, shape.seed, tensor.shape, shape.tied) for name, tensor in model.state_dict().items()}
    if shape.tied:
        del tensors["lm_head.weight"]
    head = "model.language_model.embed_tokens.weight" if shape.tied else "lm_head.weight"
    quiet_rows(tensors[head], shape.end_token_scale)
    return {name: tensor.to(DTYPE[shape.dtype]) for name, tensor in tensors.items()}


def spell(name: str, spelling: str) -> str:
    """A tensor's name in the checkpoint."""
    if spelling == "new":
        return name
    return name.replace("model.language_model.", "model.").replace("model.visual.", "visual.")

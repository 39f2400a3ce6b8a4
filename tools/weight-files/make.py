"""Folders whose weights lie in more than one file, or in files that disagree: `python tools/weight-files/make.py`.

Writes `data/folders/`. Every tensor of a file has one value, so that a mean tells which file it was read from.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file

from tiny import config, put, tensors

FOLDERS = Path(__file__).parent / "data" / "folders"
SINGLE, INDEX = "model.safetensors", "model.safetensors.index.json"
PARTS = ("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors")
NORM, DOWN, HEAD = "model.norm.weight", "model.layers.0.mlp.down_proj.weight", "lm_head.weight"

Tensors = dict[str, torch.Tensor]


def folder(name: str, **more: object) -> Path:
    path = FOLDERS / name
    put(path, "config.json", config(**more))
    return path


def save(path: Path, file: str, weights: Tensors) -> None:
    save_file(weights, path / file, metadata={"format": "pt"})


def shard(path: Path, weights: Tensors, files: tuple[str, str] = PARTS) -> dict[str, str]:
    """Two shards of a model, the vision tower in the first; returns which holds what."""
    first = {name: tensor for name, tensor in weights.items() if name.startswith("visual.")}
    second = {name: tensor for name, tensor in weights.items() if name not in first}
    for file, part in zip(files, (first, second), strict=True):
        save(path, file, part)
    return {name: files[0] if name in first else files[1] for name in weights}


def index(path: Path, weight_map: dict[str, str], file: str = INDEX) -> None:
    put(path, file, {"metadata": {"total_size": 0}, "weight_map": weight_map})


def choices() -> None:
    """Which of several files is taken. New weights are 2, old ones 1."""
    path = folder("single beside shards and index")
    index(path, shard(path, tensors(1)))
    save(path, SINGLE, tensors(2))

    path = folder("single beside a stale index")
    index(path, dict.fromkeys(tensors(1), PARTS[0]))
    save(path, SINGLE, tensors(2))

    path = folder("single beside shards")
    shard(path, tensors(1))
    save(path, SINGLE, tensors(2))

    path = folder("index beside a variant")
    index(path, shard(path, tensors(2)))
    save(path, "model.fp32.safetensors", tensors(1))

    path = folder("single beside pytorch_model.bin")
    save(path, SINGLE, tensors(2))
    torch.save(tensors(1), path / "pytorch_model.bin")

    path = folder("index that names the single file")
    index(path, dict.fromkeys(tensors(2), SINGLE))
    save(path, SINGLE, tensors(2))

    path = folder("config names the file", transformers_weights="trained.safetensors")
    save(path, SINGLE, tensors(1))
    save(path, "trained.safetensors", tensors(2))

    path = folder("shards without an index")
    shard(path, tensors(2))


def disagreements() -> None:
    """Index and shards that do not say the same."""
    value_head = {"v_head.summary.weight": torch.ones(1, 16, dtype=torch.bfloat16)}
    frequencies = {"model.layers.0.self_attn.rotary_emb.inv_freq": torch.ones(4)}

    path = folder("value head not in the index")
    index(path, {name: file for name, file in shard(path, tensors(2) | value_head | frequencies).items() if name in tensors(2)})

    path = folder("value head in no shard")
    index(path, shard(path, tensors(2)) | dict.fromkeys(value_head | frequencies, PARTS[1]))

    path = folder("tied head in no shard", tie_word_embeddings=True)
    body = {name: tensor for name, tensor in tensors(2).items() if name != HEAD}
    index(path, shard(path, body) | {HEAD: PARTS[1]})

    path = folder("tied head not in the index", tie_word_embeddings=True)
    index(path, {name: file for name, file in shard(path, tensors(2)).items() if name != HEAD})

    path = folder("norm not in the index")
    index(path, {name: file for name, file in shard(path, tensors(2)).items() if name != NORM})

    path = folder("norm in another shard")
    index(path, shard(path, tensors(2)) | {NORM: PARTS[0]})

    path = folder("norm in no shard")
    body = {name: tensor for name, tensor in tensors(2).items() if name != NORM}
    index(path, shard(path, body) | {NORM: PARTS[1]})

    path = folder("norm in two shards")
    where = shard(path, tensors(2))
    save(path, PARTS[0], {name: tensor for name, tensor in tensors(2).items() if where[name] == PARTS[0]} | {NORM: tensors(1)[NORM]})
    index(path, where)

    path = folder("norm in two shards, index says the first")
    where = shard(path, tensors(1))
    save(path, PARTS[0], {name: tensor for name, tensor in tensors(1).items() if where[name] == PARTS[0]} | {NORM: tensors(2)[NORM]})
    index(path, where | {NORM: PARTS[0]})

    path = folder("shard of a value head missing")
    index(path, shard(path, tensors(2)) | dict.fromkeys(value_head, "model-00003-of-00003.safetensors"))

    path = folder("shard of the vision tower missing")
    index(path, shard(path, tensors(2)))
    (path / PARTS[0]).unlink()

    path = folder("stray shard beside the index")
    index(path, shard(path, tensors(2)))
    save(path, "model-00003-of-00003.safetensors", value_head | {NORM: tensors(1)[NORM]})

    path = folder("index without metadata")
    put(path, INDEX, {"weight_map": shard(path, tensors(2))})


def headers() -> None:
    """What the reference implementation accepts in a header."""
    path = folder("metadata null")
    rewritten(path, tensors(2), lambda header: json.dumps(header | {"__metadata__": None}))
    path = folder("space before and after the header")
    rewritten(path, tensors(2), lambda header: "  " + json.dumps(header) + "  \n")
    path = folder("unknown fields")
    rewritten(path, tensors(2), lambda header: json.dumps({name: entry | {"note": [1, {"a": None}]} for name, entry in header.items()}))
    path = folder("empty shard")
    index(path, shard(path, tensors(2)) | {"v_head.bias": "model-00003-of-00003.safetensors"})
    save_file({}, path / "model-00003-of-00003.safetensors")


def rewritten(path: Path, weights: Tensors, text: object) -> None:
    """model.safetensors with its header as `text` writes it."""
    save_file(weights, path / SINGLE)
    data = (path / SINGLE).read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = text(json.loads(data[8 : 8 + length])).encode()  # type: ignore[operator]
    (path / SINGLE).write_bytes(len(header).to_bytes(8, "little") + header + data[8 + length :])


def dtypes() -> None:
    """Tensors of dtypes that hold no weights, beside the model or as part of it."""
    spare = {
        "spare.complex": torch.ones(3, dtype=torch.complex64),
        "spare.fp4": torch.zeros(4, 2, dtype=torch.uint8).view(torch.float4_e2m1fn_x2),
        "spare.scale": torch.ones(5, dtype=torch.float32).to(torch.float8_e8m0fnu),
        "spare.fnuz": torch.ones(5, dtype=torch.float32).to(torch.float8_e4m3fnuz),
    }
    path = folder("other dtypes that nobody needs")
    save(path, SINGLE, tensors(2) | spare)
    path = folder("down_proj in a complex dtype")
    save(path, SINGLE, tensors(2) | {DOWN: torch.full((16, 16), 2, dtype=torch.complex64)})
    path = folder("weights cast to float8")
    save(path, SINGLE, {name: tensor.to(torch.float8_e4m3fn) for name, tensor in tensors(2).items()})


def declared() -> None:
    """Plain weights in folders that call themselves quantized."""
    for method in ("fp8", "a method of tomorrow"):
        path = folder(f"plain weights declared {method}", quantization_config={"quant_method": method, "activation_scheme": "dynamic"})
        save(path, SINGLE, tensors(2))


def quantized() -> None:
    """A few of the layouts that quantizers write; the scale of every weight is 1/4, so that 8 stands for 2."""
    linears = [name for name in tensors(8) if name.startswith("model.layers") and name.endswith("proj.weight")]
    layouts = {
        "float8 with a scale for each row": ({"quant_method": "compressed-tensors", "format": "float-quantized"}, float8_rows),
        "float8 with a scale for each block": ({"quant_method": "fp8", "weight_block_size": [128, 128]}, float8_blocks),
        "int8 with SCB": ({"quant_method": "bitsandbytes", "load_in_8bit": True}, int8),
        "nf4": ({"quant_method": "bitsandbytes", "load_in_4bit": True}, nf4),
        "awq": ({"quant_method": "awq", "bits": 4, "group_size": 16, "version": "gemm"}, awq),
        "packed int4": ({"quant_method": "compressed-tensors", "format": "pack-quantized"}, packed),
        "mlx": ({"group_size": 16, "bits": 4}, mlx),
    }
    for name, (declaration, write) in layouts.items():
        key = "quantization" if name == "mlx" else "quantization_config"
        path = folder(f"quantized, {name}", **{key: declaration})
        weights = {other: tensor for other, tensor in tensors(2).items() if other not in linears}
        for linear in linears:
            weights |= write(linear, tensors(8)[linear])
        save(path, SINGLE, weights)


def float8_rows(name: str, codes: torch.Tensor) -> Tensors:
    return {name: codes.to(torch.float8_e4m3fn), f"{name}_scale": torch.full((codes.shape[0], 1), 0.25, dtype=torch.bfloat16)}


def float8_blocks(name: str, codes: torch.Tensor) -> Tensors:
    return {name: codes.to(torch.float8_e4m3fn), f"{name}_scale_inv": torch.full((1, 1), 0.25)}


def int8(name: str, codes: torch.Tensor) -> Tensors:
    module = name.removesuffix("weight")
    return {name: codes.to(torch.int8), f"{module}SCB": torch.full((codes.shape[0],), 127 / 4)}


def nf4(name: str, codes: torch.Tensor) -> Tensors:
    return {
        name: torch.zeros(codes.numel() // 2, 1, dtype=torch.uint8),
        f"{name}.absmax": torch.ones(codes.numel() // 64 + 1),
        f"{name}.quant_map": torch.zeros(16),
    }


def awq(name: str, codes: torch.Tensor) -> Tensors:
    out, into = codes.shape
    module = name.removesuffix("weight")
    return {
        f"{module}qweight": torch.zeros(into, out // 8, dtype=torch.int32),
        f"{module}qzeros": torch.zeros(1, out // 8, dtype=torch.int32),
        f"{module}scales": torch.full((1, out), 0.25, dtype=torch.float16),
    }


def packed(name: str, codes: torch.Tensor) -> Tensors:
    out, into = codes.shape
    return {
        f"{name}_packed": torch.zeros(out, into // 8, dtype=torch.int32),
        f"{name}_scale": torch.full((out, 1), 0.25, dtype=torch.bfloat16),
        f"{name}_shape": torch.tensor([out, into]),
    }


def mlx(name: str, codes: torch.Tensor) -> Tensors:
    out, into = codes.shape
    module = name.removesuffix("weight")
    scales = {f"{module}{part}": torch.full((out, 1), 0.25, dtype=torch.bfloat16) for part in ("scales", "biases")}
    return {name: torch.zeros(out, into // 8, dtype=torch.int32).view(torch.uint32)} | scales


def main() -> None:
    shutil.rmtree(FOLDERS, ignore_errors=True)
    choices()
    disagreements()
    headers()
    dtypes()
    declared()
    quantized()


if __name__ == "__main__":
    main()

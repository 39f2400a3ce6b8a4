"""Fixtures of GGUF: blocks with their values, metadata and names as llama.cpp's converter gives them, and two small models.

    python tools/quantized/gguf_files.py

Values are those of gguf-py (`gguf.quants`), names those of its `TensorNameMap`, answers those of transformers on the dequantized weights.
"""

from __future__ import annotations

import base64
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

import gguf
from gguf import GGMLQuantizationType as Type
from gguf import GGUFValueType as Value

HERE = Path(__file__).parent
GOLDENS = HERE.parent / "goldens"
DATA = HERE / "data" / "gguf"
sys.path.insert(0, str(GOLDENS))

from cases import CASES  # noqa: E402
from checkpoints import load_model, write_checkpoint  # noqa: E402
from expected import image_processor  # noqa: E402
from generation import greedy  # noqa: E402
from prompts import prepare  # noqa: E402
from shapes import SHAPES  # noqa: E402
from storage import write_json  # noqa: E402
from vocabulary import load_tokenizer  # noqa: E402
from weights import build_weights  # noqa: E402

HALVES = {
    "Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0], "Q2_K": [80, 82], "Q3_K": [108], "Q4_K": [0, 2],
    "Q5_K": [0, 2], "Q6_K": [208], "IQ4_NL": [0], "IQ4_XS": [0], "MXFP4": [], "NVFP4": [],
}  # fmt: skip
"""Where a block of each type keeps its float16 numbers: random bits there would be infinite or no number now and then."""
SCALES = [0.0173, -0.25, 0.0, -0.0, 6e-8, -3.1e-5, 65504.0, 1.0]
"""What they are set to, one after the other: subnormal, negative, zero of both signs, and the largest."""


def mulberry32(seed: int, count: int) -> np.ndarray:
    """The app's generator (src/work/seeded-random.ts), a byte from the high bits of each number."""
    out = np.empty(count, np.uint8)
    state, mask = seed, 0xFFFFFFFF
    for i in range(count):
        state = (state + 0x6D2B79F5) & mask
        mixed = ((state ^ (state >> 15)) * (state | 1)) & mask
        mixed ^= (mixed + (((mixed ^ (mixed >> 7)) * (mixed | 61)) & mask)) & mask
        out[i] = (mixed ^ (mixed >> 14)) >> 24
    return out


def encoded(array: np.ndarray) -> str:
    return base64.b64encode(array.tobytes()).decode()


def write_blocks() -> None:
    """A row of eight blocks of each type (every scale once), of the ones of 256 three."""
    types = {}
    for seed, (name, places) in enumerate(HALVES.items()):
        elements, size = gguf.GGML_QUANT_SIZES[Type[name]]
        count = 3 if elements == 256 else 8
        blocks = mulberry32(seed + 1, count * size).reshape(count, size)
        for index, block in enumerate(blocks):
            for which, place in enumerate(places):
                scale = SCALES[(index + which * 3 + (4 if elements == 256 and seed % 2 else 0)) % len(SCALES)]
                block[place : place + 2] = np.array([scale], np.float16).view(np.uint8)
        if name == "MXFP4":
            blocks[:, 0] = [0, 1, 2, 120, 127, 130, 254, 255]
        if name == "NVFP4":
            blocks[:2, :4] = [[0, 0x7F, 0xFF, 1], [7, 8, 0x80, 0x7E]]
        with np.errstate(all="ignore"):
            values = gguf.quants.dequantize(blocks.reshape(1, -1), Type[name])
        types[name] = {"blocks": encoded(blocks), "values": encoded(values.astype(np.float32))}
    write_json(DATA / "blocks.json", types)


def language_metadata(config: dict, tokenizer: dict, tokenizer_config: dict, template: str, arch: str) -> list:
    """Keys of the language model's file: conversion/base.py (TextModel), qwenvl.py, qwen3vl.py of llama.cpp."""
    text = {**config, **config.get("text_config", {})}
    rope = text.get("rope_parameters") or text["rope_scaling"]
    theta = rope.get("rope_theta", text.get("rope_theta"))
    keys = [
        ["general.architecture", "STRING", arch],
        ["general.type", "STRING", "model"],
        ["general.name", "STRING", "tiny"],
        [f"{arch}.block_count", "UINT32", text["num_hidden_layers"]],
        [f"{arch}.context_length", "UINT32", text["max_position_embeddings"]],
        [f"{arch}.embedding_length", "UINT32", text["hidden_size"]],
        [f"{arch}.feed_forward_length", "UINT32", text["intermediate_size"]],
        [f"{arch}.attention.head_count", "UINT32", text["num_attention_heads"]],
        [f"{arch}.attention.head_count_kv", "UINT32", text["num_key_value_heads"]],
        [f"{arch}.rope.dimension_sections", "ARRAY:INT32", [*rope["mrope_section"], 0]],
        [f"{arch}.rope.freq_base", "FLOAT32", float(theta)],
        [f"{arch}.attention.layer_norm_rms_epsilon", "FLOAT32", text["rms_norm_eps"]],
    ]
    if "head_dim" in text:
        keys += [[f"{arch}.attention.{part}_length", "UINT32", text["head_dim"]] for part in ("key", "value")]
    if arch == "qwen3vl":
        deepstack = config["vision_config"]["deepstack_visual_indexes"]
        keys.append([f"{arch}.n_deepstack_layers", "UINT32", len(deepstack)])
    return keys + vocabulary_metadata(text["vocab_size"], tokenizer, tokenizer_config, template)


def vocabulary_metadata(size: int, tokenizer: dict, tokenizer_config: dict, template: str) -> list:
    """get_vocab_base of llama.cpp: padding as [PADn], added tokens as control or user-defined ones; SpecialVocab of gguf-py."""
    tokens, types = [f"[PAD{index}]" for index in range(size)], [5] * size
    for token, index in tokenizer["model"]["vocab"].items():
        tokens[index], types[index] = token, 1
    for added in tokenizer["added_tokens"]:
        token = added["content"]
        control = added["special"] or (token.startswith("<|") and token.endswith("|>"))
        tokens[added["id"]], types[added["id"]] = token, 3 if control else 4
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in tokenizer["model"]["merges"]]
    return [
        ["tokenizer.ggml.model", "STRING", "gpt2"],
        ["tokenizer.ggml.pre", "STRING", "qwen2"],
        ["tokenizer.ggml.tokens", "ARRAY:STRING", tokens],
        ["tokenizer.ggml.token_type", "ARRAY:INT32", types],
        ["tokenizer.ggml.merges", "ARRAY:STRING", merges],
        ["tokenizer.ggml.eos_token_id", "UINT32", tokens.index(tokenizer_config["eos_token"])],
        ["tokenizer.ggml.padding_token_id", "UINT32", tokens.index(tokenizer_config["pad_token"])],
        ["tokenizer.ggml.bos_token_id", "UINT32", tokens.index("<|endoftext|>")],
        ["tokenizer.ggml.add_bos_token", "BOOL", False],
        ["tokenizer.chat_template", "STRING", template],
        ["general.quantization_version", "UINT32", 2],
    ]


def vision_metadata(config: dict, preprocessor: dict, limits: bool) -> list:
    """Keys of the mmproj file: MmprojModel of conversion/base.py, and the towers' own."""
    vision = config["vision_config"]
    text = {**config, **config.get("text_config", {})}
    kind = {"qwen2_vl": "qwen2vl_merger", "qwen2_5_vl": "qwen2.5vl_merger", "qwen3_vl": "qwen3vl_merger"}[config["model_type"]]
    hidden = vision.get("embed_dim", vision["hidden_size"])
    width = vision["hidden_size"] if "embed_dim" in vision else vision["intermediate_size"]
    keys = [
        ["general.architecture", "STRING", "clip"],
        ["general.type", "STRING", "mmproj"],
        ["clip.has_vision_encoder", "BOOL", True],
        ["clip.projector_type", "STRING", kind],
        ["clip.vision.projection_dim", "UINT32", text["hidden_size"]],
        ["clip.vision.image_size", "UINT32", 560],
        ["clip.vision.patch_size", "UINT32", vision["patch_size"]],
        ["clip.vision.embedding_length", "UINT32", hidden],
        ["clip.vision.feed_forward_length", "UINT32", width],
        ["clip.vision.block_count", "UINT32", vision["depth"]],
        ["clip.vision.attention.head_count", "UINT32", vision["num_heads"]],
        ["clip.vision.image_mean", "ARRAY:FLOAT32", preprocessor["image_mean"]],
        ["clip.vision.image_std", "ARRAY:FLOAT32", preprocessor["image_std"]],
        ["clip.vision.attention.layer_norm_epsilon", "FLOAT32", 1e-6],
    ]
    if limits:
        keys += [
            ["clip.vision.image_min_pixels", "UINT32", preprocessor["min_pixels"]],
            ["clip.vision.image_max_pixels", "UINT32", preprocessor["max_pixels"]],
        ]
    if kind == "qwen2.5vl_merger":
        keys += [["clip.use_silu", "BOOL", True], ["clip.vision.n_wa_pattern", "UINT32", vision["fullatt_block_indexes"][0] + 1]]
    if kind == "qwen3vl_merger":
        deep = [block in vision["deepstack_visual_indexes"] for block in range(vision["depth"])]
        keys += [
            ["clip.use_gelu", "BOOL", True],
            ["clip.vision.spatial_merge_size", "UINT32", vision["spatial_merge_size"]],
            ["clip.vision.is_deepstack_layers", "ARRAY:BOOL", deep],
        ]
    return keys


def pieces_of(name: str, config: dict) -> list[tuple[str, str]]:
    """Names in the GGUF files of a tensor in Hugging Face's spelling, each with what it is of the tensor: "" (all), "row/3:i" or "time:i"."""
    plain = name.replace("model.language_model.", "model.").replace("model.visual.", "visual.")
    qwen3 = config["model_type"] == "qwen3_vl"
    vision = config["vision_config"]
    if not plain.startswith("visual."):
        arch = gguf.MODEL_ARCH.QWEN3VL if qwen3 else gguf.MODEL_ARCH.QWEN2VL
        layers = {**config, **config.get("text_config", {})}["num_hidden_layers"]
        return [(mapped(arch, layers, plain), "")]
    depth = max(vision["depth"], 3)  # also the numbers of the projector's layers
    stem, suffix = plain.rsplit(".", 1)
    if stem == "visual.patch_embed.proj" and suffix == "weight":
        return [("v.patch_embd.weight", "time:0"), ("v.patch_embd.weight.1", "time:1")]
    if stem.startswith("visual.deepstack_merger_list."):
        place, part = stem.split(".")[2:]
        block = vision["deepstack_visual_indexes"][int(place)]
        return [(f"v.deepstack.{block}.{part.replace('linear_', '')}.{suffix}", "")]
    if qwen3 and stem.startswith("visual.merger."):
        return [({"norm": "v.post_ln", "linear_fc1": "mm.0", "linear_fc2": "mm.2"}[stem.split(".")[2]] + f".{suffix}", "")]
    if ".qkv" in plain and not qwen3:
        return [
            (mapped(gguf.MODEL_ARCH.MMPROJ, depth, plain.replace("qkv", part)), f"row/3:{index}") for index, part in enumerate("qkv")
        ]
    return [(mapped(gguf.MODEL_ARCH.MMPROJ, depth, plain), "")]


def mapped(arch: gguf.MODEL_ARCH, blocks: int, name: str) -> str:
    found = gguf.get_tensor_name_map(arch, blocks).get_name(name, try_suffixes=(".weight", ".bias"))
    if found is None:
        raise ValueError(f"gguf-py has no name for {name}")
    return found


def piece(tensor: torch.Tensor, what: str) -> torch.Tensor:
    if what.startswith("row"):
        return tensor.chunk(3)[int(what[-1])]
    return tensor[:, :, int(what[-1])] if what else tensor


def read_folder(folder: Path) -> tuple[dict, dict, dict, dict, str]:
    config, preprocessor, tokenizer, tokenizer_config = (
        json.loads((folder / file).read_text()) for file in ("config.json", "preprocessor_config.json", "tokenizer.json", "tokenizer_config.json")
    )
    return config, preprocessor, tokenizer, tokenizer_config, load_tokenizer(folder).chat_template


def write_conversions() -> None:
    """What the converter makes of golden checkpoints: metadata, and every tensor's names. Their values the checkpoints hold."""
    from safetensors import safe_open

    for name in ("qwen2-untied-bf16-old", "qwen3-tied-f16"):
        folder = GOLDENS / "data" / "checkpoints" / name
        config, preprocessor, tokenizer, tokenizer_config, template = read_folder(folder)
        arch = "qwen3vl" if config["model_type"] == "qwen3_vl" else "qwen2vl"
        names = []
        for file in sorted(folder.glob("*.safetensors")):
            with safe_open(file, "pt") as tensors:
                names += tensors.keys()
        write_json(
            DATA / f"{name}.json",
            {
                "language": language_metadata(config, tokenizer, tokenizer_config, template, arch),
                "vision": vision_metadata(config, preprocessor, limits=False),
                "tensors": {hf: [list(of) for of in pieces_of(hf, config)] for hf in sorted(names)},
            },
        )


def write_gguf(path: Path, keys: list, tensors: dict[str, tuple[np.ndarray, Type]]) -> None:
    arch = keys[0][2]
    writer = gguf.GGUFWriter(path, arch)
    for key, kind, value in keys[1:]:
        kind, _, items = kind.partition(":")
        writer.add_key_value(key, value, Value[kind], sub_type=Value[items] if items else None)
    for name, (data, kind) in tensors.items():
        writer.add_tensor(name, data, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


MIXED = replace(
    SHAPES[3], name="mixed", seed=77, intermediate_size=128, layers=2, vision_depth=2, full_attention_blocks=(1,), dtype="F32",
    vision_intermediate_size=32, template_home="chat_template.jinja", end_token_scale=0.1,
)  # fmt: skip
BLOCKS_OF_256 = replace(
    MIXED, name="blocks-of-256", seed=78, hidden_size=256, intermediate_size=256, layers=1, heads=8, kv_heads=2, mrope_section=(4, 6, 6),
    tied=True, vision_depth=1, full_attention_blocks=(0,), vision_hidden_size=16,
)  # fmt: skip


def mixed_type(name: str, shape: tuple[int, ...]) -> Type:
    """Of the mixed model: what a file of Q4_0 looks like, with a few others in it."""
    if len(shape) == 1:
        return Type.F32
    if shape[-1] % 32 != 0:
        return Type.F16
    if name.startswith(("v.", "mm.")):
        return Type.Q8_0 if "attn_q" in name or "mm.0" in name else Type.F16
    if name.startswith(("token_embd", "output")):
        return Type.Q8_0
    return Type.Q4_1 if "ffn_down" in name else Type.Q5_0 if "attn_v" in name else Type.BF16 if "attn_output" in name else Type.Q4_0


def split(weights: dict[str, torch.Tensor], config: dict) -> dict[str, torch.Tensor]:
    return {of: piece(tensor, what).contiguous() for name, tensor in weights.items() for of, what in pieces_of(name, config)}


def joined(pieces: dict[str, torch.Tensor], weights: dict[str, torch.Tensor], config: dict) -> dict[str, torch.Tensor]:
    whole = {}
    for name in weights:
        parts = pieces_of(name, config)
        tensors = [pieces[of] for of, _ in parts]
        kind = parts[0][1]
        whole[name] = torch.cat(tensors) if kind.startswith("row") else torch.stack(tensors, 2) if kind else tensors[0]
    return whole


def answers(folder: Path, weights: dict[str, torch.Tensor], names: list[str]) -> dict:
    """Greedy answers of transformers, the weights put in place of those of the folder."""
    model, tokenizer = load_model(folder), load_tokenizer(folder)
    own = model.state_dict()
    with torch.no_grad():
        for name, tensor in weights.items():
            own[name].copy_(tensor)
    result = {}
    for case in (case for case in CASES if case.name in names):
        inputs = prepare(model, tokenizer, image_processor(folder), case.messages, list(case.images))
        answer = greedy(model, inputs)
        result[case.name] = {
            "messages": case.messages, "images": list(case.images), "inputIds": inputs.input_ids[0].tolist(), **answer.to_json(),
            "logits": encoded(answer.logits.numpy()),
        }  # fmt: skip
    return result


def write_mixed(scratch: Path) -> None:
    folder = scratch / MIXED.name
    write_checkpoint(folder, MIXED)
    config, preprocessor, tokenizer, tokenizer_config, template = read_folder(folder)
    weights = {name: tensor.float() for name, tensor in build_weights(MIXED).items()}
    files: dict[bool, dict] = {False: {}, True: {}}
    decoded = {}
    for name, tensor in split(weights, config).items():
        kind = mixed_type(name, tuple(tensor.shape))
        data = gguf.quants.quantize(tensor.numpy(), kind)
        files[name.startswith(("v.", "mm."))][name] = (data, kind)
        decoded[name] = torch.from_numpy(gguf.quants.dequantize(data, kind).reshape(tensor.shape).copy())
    write_gguf(DATA / "mixed.gguf", language_metadata(config, tokenizer, tokenizer_config, template, "qwen2vl"), files[False])
    write_gguf(DATA / "mixed-mmproj.gguf", vision_metadata(config, preprocessor, limits=True), files[True])
    cases = answers(folder, joined(decoded, weights, config), ["text", "square"])
    write_json(DATA / "mixed.json", {"config": config, "cases": cases})


KINDS_OF_256 = {
    "token_embd": "Q6_K", "attn_q.": "Q3_K", "attn_k.": "Q4_K", "attn_v.": "Q5_K", "attn_output": "IQ4_XS", "ffn_gate": "Q2_K",
    "ffn_up": "IQ4_NL", "ffn_down": "MXFP4",
}  # fmt: skip


def write_blocks_of_256(scratch: Path) -> None:
    """A model whose matrices are seeded bytes, so that only the seeds are kept; gguf-py quantizes no K type."""
    folder = scratch / BLOCKS_OF_256.name
    write_checkpoint(folder, BLOCKS_OF_256)
    config, preprocessor, tokenizer, tokenizer_config, template = read_folder(folder)
    weights = {name: tensor.float() for name, tensor in build_weights(BLOCKS_OF_256).items()}
    decoded, tensors = {}, []
    for seed, (name, tensor) in enumerate(split(weights, config).items()):
        kind = next((kind for part, kind in KINDS_OF_256.items() if part in name and name.endswith("weight")), None)
        if kind is None or name.startswith(("v.", "mm.")):
            # Vectors, and all of the tower: multiples of 1/64 in float32, from as many bytes.
            data = mulberry32(1000 + seed, tensor.numel()).astype(np.float32).reshape(tensor.shape)
            data = (data - 128) / (64 if "patch_embd" not in name else 4096)
            if "norm" in name or "ln" in name:
                data = 1 + data / 16
            tensors.append({"name": name, "type": "F32", "shape": list(tensor.shape), "seed": 1000 + seed, "values": True})
            decoded[name] = torch.from_numpy(data)
            continue
        elements, size = gguf.GGML_QUANT_SIZES[Type[kind]]
        count = tensor.numel() // elements
        blocks = mulberry32(1000 + seed, count * size).reshape(count, size)
        spread = (0.3 if "token_embd" in name else 1.5) / tensor.shape[-1] ** 0.5
        raw = blocks.copy()
        halves = HALVES[kind]
        for place in halves:
            raw[:, place : place + 2] = np.array([1.0], np.float16).view(np.uint8)
        if kind == "MXFP4":
            raw[:, 0] = 127
        deviation = float(gguf.quants.dequantize(raw.reshape(tensor.shape[0], -1), Type[kind]).std())
        scale = np.float16(spread / deviation)
        for place in halves:
            blocks[:, place : place + 2] = np.array([scale], np.float16).view(np.uint8)
        if kind == "MXFP4":
            blocks[:, 0] = 127 + round(np.log2(spread / deviation))
        fixed = [[place, *np.array([scale], np.float16).view(np.uint8).tolist()] for place in halves]
        if kind == "MXFP4":
            fixed = [[0, int(blocks[0, 0])]]
        tensors.append({"name": name, "type": kind, "shape": list(tensor.shape), "seed": 1000 + seed, "fixed": fixed})
        decoded[name] = torch.from_numpy(gguf.quants.dequantize(blocks.reshape(tensor.shape[0], -1), Type[kind]).copy())
    document = {
        "language": language_metadata(config, tokenizer, tokenizer_config, template, "qwen2vl"),
        "vision": vision_metadata(config, preprocessor, limits=True),
        "tensors": tensors,
        "cases": answers(folder, joined(decoded, weights, config), ["text", "square"]),
    }
    write_json(DATA / "blocks-of-256.json", document)


def main() -> None:
    import tempfile

    DATA.mkdir(parents=True, exist_ok=True)
    write_blocks()
    write_conversions()
    with tempfile.TemporaryDirectory() as scratch:
        write_mixed(Path(scratch))
        write_blocks_of_256(Path(scratch))


if __name__ == "__main__":
    main()

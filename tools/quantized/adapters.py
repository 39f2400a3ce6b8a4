"""Adapters of every kind that peft writes, and what it makes of them: rows of merged weights, spectra of updates, answers."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForImageTextToText, Qwen2Tokenizer

HERE = Path(__file__).parent
GOLDENS = HERE.parent / "goldens"
sys.path.insert(0, str(GOLDENS))

from generation import greedy  # noqa: E402
from prompts import prepare  # noqa: E402

OUT = HERE / "data" / "peft"
F32, BF16, F16, TIED = "untied-gqa4-f32", "untied-gqa7-bf16-new", "untied-gqa2-f16", "tied-gqa1-bf16-old"
DTYPES = {F32: torch.float32, BF16: torch.bfloat16, F16: torch.float16, TIED: torch.bfloat16}
QUESTION = [{"role": "user", "content": "a b c"}]

FIRST_LAYER = dict(layers_to_transform=[0], layers_pattern="layers")
SECOND = dict(r=2, lora_alpha=3, target_modules=["q_proj", "down_proj"])
KINDS: dict[str, tuple[str, dict]] = {
    "lora": (BF16, dict(r=3, lora_alpha=8, target_modules=["q_proj", "v_proj"])),
    "rslora": (F32, dict(
        r=2, lora_alpha=6, use_rslora=True, target_modules="all-linear",
        rank_pattern={"q_proj": 5, "^model.language_model.layers.1.mlp.down_proj": 3},
        alpha_pattern={"down_proj": 12},
    )),
    "second": (F32, SECOND),
    "dora": (F32, dict(r=3, lora_alpha=4, use_dora=True, target_modules=["q_proj", "qkv"])),
    "dora-bf16": (BF16, dict(r=2, lora_alpha=2, use_dora=True, target_modules=["o_proj"], **FIRST_LAYER)),
    "saved": (F32, dict(r=2, lora_alpha=2, target_modules=["q_proj"], modules_to_save=["norm"], bias="all")),
    "lora-only": (F32, dict(r=1, lora_alpha=1, target_modules=["k_proj"], bias="lora_only", **FIRST_LAYER)),
    "lora-bias": (F32, dict(r=2, lora_alpha=5, target_modules=["q_proj", "v_proj"], lora_bias=True, **FIRST_LAYER)),
    "embeddings": (F16, dict(r=2, lora_alpha=4, target_modules=["embed_tokens"])),
    "head": (F16, dict(r=2, lora_alpha=4, target_modules=["lm_head"])),
    "convolution": (F32, dict(r=1, lora_alpha=4, target_modules=r".*patch_embed\.proj")),
    "tied": (TIED, dict(r=2, lora_alpha=40, target_modules=["embed_tokens"])),
    "patterns": (F32, dict(
        r=2, lora_alpha=2, target_modules=["q_proj", "v_proj"],
        rank_pattern={r".*\.layers\.[0]\.self_attn\.(q|v)_proj": 3}, alpha_pattern={r"layers\.1\..*q_proj": 9},
    )),
    "tokens": (F16, dict(
        r=1, lora_alpha=1, target_modules=["k_proj"], **FIRST_LAYER,
        trainable_token_indices={"embed_tokens": [399, 0, 7], "lm_head": [0]},
    )),
}  # fmt: skip
ANSWERED = ("rslora", "dora", "tied")


def load(base: str, dtype: torch.dtype):
    folder = GOLDENS / "data" / "checkpoints" / base
    return AutoModelForImageTextToText.from_pretrained(folder, dtype=dtype, attn_implementation="eager").eval()


def tokenizer_of(base: str) -> Qwen2Tokenizer:
    folder = GOLDENS / "data" / "checkpoints" / base
    tokenizer = Qwen2Tokenizer.from_pretrained(folder)
    if (older := folder / "chat_template.json").exists():
        tokenizer.chat_template = json.loads(older.read_text())["chat_template"]
    return tokenizer


@torch.no_grad()
def randomise(model: PeftModel, seed: int) -> None:
    """What training could have left: every trainable value moved."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        noise = torch.randn(parameter.shape, generator=generator)
        if "lora_magnitude" in name:
            parameter.copy_(parameter * (1 + 0.2 * noise))
        elif "lora_" in name:
            parameter.copy_(0.15 * noise)
        else:
            parameter.copy_(parameter + 0.1 * noise)


def kept_rows(tensor: torch.Tensor) -> torch.Tensor:
    """The first and the last."""
    matrix = tensor.reshape(tensor.shape[0], -1) if tensor.dim() > 1 else tensor.reshape(1, -1)
    return matrix[[0, -1]] if tensor.dim() > 1 else matrix


def plain_name(name: str) -> str:
    for old, new in (("model.language_model.", "model."), ("model.visual.", "visual.")):
        if name.startswith(old):
            return new + name[len(old) :]
    return name


def updates(folder: Path) -> dict[str, torch.Tensor]:
    """s·B·A in float64, by canonical name, for plain and rank-stabilised LoRA of linear modules."""
    config = LoraConfig.from_pretrained(folder)
    tensors = load_file(folder / "adapter_model.safetensors")
    found = {}
    for key, a in tensors.items():
        if not key.endswith(".lora_A.weight"):
            continue
        module = key.removeprefix("base_model.model.").removesuffix(".lora_A.weight")
        b = tensors[key.replace("lora_A", "lora_B")]
        rank = a.shape[0]
        alpha = next((value for end, value in config.alpha_pattern.items() if module.endswith(end)), config.lora_alpha)
        scale = alpha / (rank**0.5 if config.use_rslora else rank)
        found[plain_name(f"{module}.weight")] = scale * b.double() @ a.double()
    return found


def main() -> None:
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    expected: dict = {"answers": {}, "spectra": {}, "difference": {}, "names": {}}
    rows: dict[str, torch.Tensor] = {}
    for seed, (kind, (base, config)) in enumerate(KINDS.items()):
        torch.manual_seed(seed)
        model = get_peft_model(load(base, DTYPES[base]), LoraConfig(**config))
        randomise(model, seed)
        folder = OUT / kind
        model.peft_config["default"].base_model_name_or_path = base
        options = {"save_embedding_layers": False} if kind in ("head", "tied") else {}
        model.save_pretrained(folder, **options)
        (folder / "README.md").unlink()
        if kind in ANSWERED:
            whole = PeftModel.from_pretrained(load(base, torch.float32), folder).eval()
            tokenizer = tokenizer_of(base)
            inner = whole.get_base_model()
            inputs = prepare(inner, tokenizer, None, QUESTION, [])
            expected["answers"][kind] = greedy(inner, inputs).to_json()
            plain = load(base, torch.float32)
            expected["answers"][kind]["without"] = greedy(plain, prepare(plain, tokenizer, None, QUESTION, [])).tokens
        if kind == "tied":
            continue
        before = {name: tensor.clone() for name, tensor in load(base, DTYPES[base]).state_dict().items()}
        merged = PeftModel.from_pretrained(load(base, DTYPES[base]), folder).merge_and_unload().state_dict()
        changed = [name for name, tensor in merged.items() if not torch.equal(tensor, before[name])]
        expected["names"][kind] = [plain_name(name) for name in changed]
        rows |= {f"{kind}/{plain_name(name)}": kept_rows(merged[name]) for name in changed}
    for kind in ("lora", "rslora"):
        expected["spectra"][kind] = {
            name: torch.linalg.svdvals(delta)[:5].tolist() for name, delta in updates(OUT / kind).items()
        }
    first, second = updates(OUT / "rslora"), updates(OUT / "second")
    for name in ("model.layers.0.self_attn.q_proj.weight", "model.layers.1.mlp.down_proj.weight"):
        expected["difference"][name] = torch.linalg.svdvals(first[name] - second[name])[:7].tolist()
    save_file(rows, OUT / "merged-rows.safetensors")
    (OUT / "expected.json").write_text(json.dumps(expected) + "\n")


if __name__ == "__main__":
    main()

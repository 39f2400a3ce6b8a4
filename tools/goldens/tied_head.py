"""What transformers does with a config that ties the head to the embeddings and files that say otherwise.

`python tools/goldens/tied_head.py` makes `data/expected/tied-head.json` and `.safetensors`: folders are made of a golden
checkpoint (`VARIANTS`; the tests make the same ones), loaded by `from_pretrained`, and asked for the next token. The
tensors are those of the current transformers; run again with transformers 4.57.6 (same command, same torch), it adds
what that version does, next to what is there.
"""

from __future__ import annotations

import copy
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, Callable

import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import Qwen2_5_VLForConditionalGeneration

from storage import render_json, write_tensors

DATA = Path(__file__).parent / "data"
SOURCE = "tied-gqa1-bf16-old"
EMBEDDINGS, HEAD = "model.embed_tokens.weight", "lm_head.weight"
CURRENT = 5
"""The major version whose numbers are the expected ones."""
NESTED = ("hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "num_key_value_heads",
          "max_position_embeddings", "rms_norm_eps", "rope_theta", "rope_scaling", "hidden_act", "vocab_size",
          "bos_token_id", "eos_token_id", "max_window_layers")  # fmt: skip

Tensors = dict[str, torch.Tensor]


def reversed_rows(tensors: Tensors) -> None:
    """A head of its own: the embeddings' rows from the last to the first."""
    tensors[HEAD] = tensors[EMBEDDINGS].flip(0)


def last_value(tensors: Tensors) -> None:
    """One value differs, the last one, by its sign."""
    head = tensors[EMBEDDINGS].clone()
    head[-1, -1] = -head[-1, -1]
    tensors[HEAD] = head


def repeated(tensors: Tensors) -> None:
    tensors[HEAD] = tensors[EMBEDDINGS].clone()


def wide(tensors: Tensors) -> None:
    """The same values in another dtype."""
    tensors[HEAD] = tensors[EMBEDDINGS].float()


def wide_louder(tensors: Tensors) -> None:
    """Other values, and the same ones again if they are rounded to bfloat16."""
    tensors[HEAD] = tensors[EMBEDDINGS].float() * (1 + 2**-12)


def alone(tensors: Tensors) -> None:
    """The matrix is stored as the head and not as the embeddings."""
    tensors[HEAD] = tensors.pop(EMBEDDINGS)


def shorter(tensors: Tensors) -> None:
    """A head of fewer rows."""
    tensors[HEAD] = tensors[EMBEDDINGS][:-16].clone()


def plain(tensors: Tensors) -> None:
    """Nothing but what the config says."""


VARIANTS: dict[str, tuple[Callable[[Tensors], None], str]] = {
    "plain": (plain, "root"),
    "reversed": (reversed_rows, "root"),
    "reversed-text-config": (reversed_rows, "text_config"),
    "last-value": (last_value, "root"),
    "repeated": (repeated, "root"),
    "wide": (wide, "root"),
    "wide-louder": (wide_louder, "root"),
    "alone": (alone, "root"),
    "shorter": (shorter, "root"),
    "untied-without-head": (plain, "nowhere"),
    "untied-without-embeddings": (alone, "nowhere"),
}
"""What is done to the tensors, and which level of the config ties."""


def config_of(flat: dict[str, Any], ties: str) -> dict[str, Any]:
    """`flat` is the hub's spelling; transformers 4.52 to 5.8 nested, and some of them tied in one level alone."""
    config = {**copy.deepcopy(flat), "tie_word_embeddings": ties == "root"}
    if ties == "text_config":
        text = {name: flat[name] for name in NESTED}
        config["text_config"] = {**text, "model_type": "qwen2_5_vl_text", "tie_word_embeddings": True}
    return config


def write_variant(folder: Path, name: str) -> None:
    source = DATA / "checkpoints" / SOURCE
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("*.safetensors", "*.index.json", "config.json"))
    change, ties = VARIANTS[name]
    config = config_of(json.loads((source / "config.json").read_text()), ties)
    (folder / "config.json").write_text(json.dumps(config))
    tensors: Tensors = {}
    for file in sorted(source.glob("*.safetensors")):
        tensors.update(load_file(file))
    change(tensors)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})


def read(folder: Path, input_ids: list[int]) -> tuple[dict[str, Any], torch.Tensor | None]:
    """How the folder loads in f32, and the logits after the prompt."""
    try:
        model, report = Qwen2_5_VLForConditionalGeneration.from_pretrained(
            folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True
        )
        with torch.no_grad():
            logits = model.eval()(input_ids=torch.tensor([input_ids])).logits[0, -1]
    except RuntimeError as error:
        return {"error": type(error).__name__}, None
    missing = sorted(map(str, report["missing_keys"]))
    tied = model.lm_head.weight.data_ptr() == model.get_input_embeddings().weight.data_ptr()
    if missing:
        # What was not there is drawn at random.
        return {"tied": tied, "missing": missing}, None
    return {"tied": tied, "next": int(logits.argmax())}, logits


def prompt() -> list[int]:
    return json.loads((DATA / "expected" / f"{SOURCE}.json").read_text())["cases"]["text"]["inputIds"]


def main() -> None:
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    results, tensors = {}, {}
    for name in VARIANTS:
        with tempfile.TemporaryDirectory() as parent:
            folder = Path(parent) / name
            write_variant(folder, name)
            results[name], logits = read(folder, prompt())
        if logits is not None:
            tensors[name] = logits
    path = DATA / "expected" / "tied-head.json"
    known = json.loads(path.read_text())["versions"] if path.exists() else {}
    versions = dict(sorted({**known, transformers.__version__: results}.items()))
    current = int(transformers.__version__.split(".")[0]) >= CURRENT
    document = {"source": SOURCE, "current": transformers.__version__ if current else current_of(path), "versions": versions}
    path.write_text(render_json(document) + "\n", encoding="utf-8")
    if current:
        write_tensors(path.with_suffix(".safetensors"), tensors)


def current_of(path: Path) -> str:
    if not path.exists():
        sys.exit("run this with the current transformers first")
    return json.loads(path.read_text())["current"]


if __name__ == "__main__":
    main()

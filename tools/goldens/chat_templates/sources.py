"""Which chat template transformers takes where a folder has several: `python tools/goldens/chat_templates/sources.py`.

Every combination of the places a template can stand in is a folder of its own, opened by AutoProcessor and AutoTokenizer.
Run with transformers 5.24.0 it writes the golden; with another version it prints where that one decides otherwise.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

import transformers
from transformers import AutoProcessor, AutoTokenizer

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from storage import write_json  # noqa: E402

CHECKPOINT = HERE.parent / "data" / "checkpoints" / "untied-gqa4-f32"
GOLDEN = HERE.parent / "data" / "chat-templates" / "sources.json"
WRITTEN_BY = "5.24.0"

PLACES = [
    "processor_config.json",
    "chat_template.json",
    "chat_template.jinja",
    "additional_chat_templates/default.jinja",
    "additional_chat_templates/tool_use.jinja",
    "tokenizer_config.json",
    "tokenizer_config.json list",
]


def add(folder: Path, place: str) -> None:
    """Put a template that renders its own place there."""
    path = folder / place.removesuffix(" list")
    path.parent.mkdir(exist_ok=True)
    if place.endswith(".jinja"):
        path.write_text(place, encoding="utf-8")
        return
    fields = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    named = [{"name": "default", "template": place}, {"name": "tool_use", "template": "tools"}]
    fields["chat_template"] = named if place.endswith("list") else place
    if place == "processor_config.json":
        fields["processor_class"] = "Qwen2_5_VLProcessor"
    path.write_text(json.dumps(fields), encoding="utf-8")


def taken(folder: Path, auto: type) -> str:
    """What the template renders, or the error's class."""
    try:
        tool = auto.from_pretrained(folder)
        return tool.apply_chat_template([{"role": "user", "content": "a"}], tokenize=False)
    except Exception as error:  # whatever a folder can raise
        return type(error).__name__


def main() -> None:
    found = []
    with tempfile.TemporaryDirectory() as temporary:
        for size in range(len(PLACES) + 1):
            for places in itertools.combinations(PLACES, size):
                if {"tokenizer_config.json", "tokenizer_config.json list"} <= set(places):
                    continue
                folder = Path(temporary) / "folder"
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                for file in CHECKPOINT.iterdir():
                    if not file.name.startswith(("model", "chat_template")):
                        shutil.copy(file, folder)
                config = json.loads((folder / "tokenizer_config.json").read_text(encoding="utf-8"))
                config.pop("chat_template", None)
                (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
                for place in places:
                    add(folder, place)
                found.append(
                    {
                        "places": list(places),
                        "processor": taken(folder, AutoProcessor),
                        "tokenizer": taken(folder, AutoTokenizer),
                    }
                )
    if transformers.__version__ == WRITTEN_BY:
        write_json(GOLDEN, {"transformers": WRITTEN_BY, "folders": found})
        return
    for ours, theirs in zip(json.loads(GOLDEN.read_text(encoding="utf-8"))["folders"], found, strict=True):
        if ours != theirs:
            print(ours, transformers.__version__, theirs["processor"], theirs["tokenizer"])


if __name__ == "__main__":
    main()

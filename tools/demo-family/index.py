"""What the app reads first: `public/demo/index.json`, a list of the exported checkpoints and their files.

    python index.py                 # after export.py; reads ../../public/demo
    python index.py --check         # says whether the index agrees with the files, writes nothing

For each checkpoint: name, title, role, which region stayed as in IN, and every file with its bytes and SHA-256. The
recipe says how the whole family is asked: style belongs to the recipe, never to a model's name. Needs no packages.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).parent
DEMO = HERE.parent.parent / "public" / "demo"
DATA = HERE.parent.parent / "dataset" / "data"

CHECKPOINTS = [
    {"name": "base", "title": "Base", "role": "base", "frozen": None},
    {"name": "in", "title": "IN", "role": "in", "frozen": None},
    {"name": "rl", "title": "RL", "role": "rl", "frozen": None},
    {"name": "rl-frozen-early", "title": "RL, Early frozen", "role": "frozen", "frozen": "early"},
    {"name": "rl-frozen-mid", "title": "RL, Mid frozen", "role": "frozen", "frozen": "mid"},
    {"name": "rl-frozen-late", "title": "RL, Late frozen", "role": "frozen", "frozen": "late"},
]

RECIPE = {
    "name": "demo",
    "title": "Demo family",
    "style": "none",
    "system": None,
    "prefix": "",
    "temperature": 0,
    "maxNewTokens": 160,
    "stop": "<|im_end|>",
    "answerTag": "answer",
}
"""`system` null: the chat template's own. 160 tokens are the most that evaluation gives an answer (`evaluate.py`)."""

EXAMPLES = [("pairs/counting", "counting_000002", "target"), ("items/math-targeted-vqa", "math-targeted-vqa_eval_000001", "image")]
"""What lies ready in Try it, from the committed sets; the first is put there when the family is opened."""

FIRST = ("config.json", "generation_config.json", "preprocessor_config.json", "tokenizer_config.json", "tokenizer.json")
"""Small files come first, so that a folder that is not a checkpoint is known before its weights are fetched."""


def described(path: Path) -> dict:
    """A file's bytes and SHA-256, as hex."""
    content = path.read_bytes()
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def files_of(folder: Path) -> list[dict]:
    """Every file of a checkpoint folder; weights last."""

    def order(path: Path) -> tuple:
        return path.suffix == ".safetensors", FIRST.index(path.name) if path.name in FIRST else len(FIRST), path.name

    paths = sorted((path for path in folder.iterdir() if path.is_file() and not path.name.startswith(".")), key=order)
    return [{"name": path.name, **described(path)} for path in paths]


def example(source: str, name: str, kind: str) -> dict:
    """A question with its picture, copied beside the checkpoints so that it too is there without a network."""
    folder = DATA / source
    lines = (folder / "data.jsonl" if folder.is_dir() else folder.with_suffix(".jsonl")).read_text(encoding="utf-8").splitlines()
    item = next(item for item in map(json.loads, lines) if item["id"] == name)
    pair = kind == "target"
    picture = (folder if pair else DATA / "items") / item["target_image" if pair else "image"]
    copy = DEMO / "examples" / picture.name
    copy.parent.mkdir(parents=True, exist_ok=True)
    if not copy.exists() or copy.read_bytes() != picture.read_bytes():
        shutil.copyfile(picture, copy)
    return {
        "name": f"examples/{copy.name}",
        **described(copy),
        "question": item["prompt" if pair else "question"],
        "answer": item["meta"]["target_answer"] if pair else item["answer"],
    }


def index() -> dict:
    """The whole. Throws FileNotFoundError where a checkpoint of the family is missing."""
    return {
        "format": 1,
        "recipe": RECIPE,
        "checkpoints": [{**checkpoint, "files": files_of(DEMO / checkpoint["name"])} for checkpoint in CHECKPOINTS],
        "examples": [example(*source) for source in EXAMPLES],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    flags = parser.parse_args()
    text = json.dumps(index(), indent=1, ensure_ascii=False) + "\n"
    path = DEMO / "index.json"
    if flags.check:
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            sys.exit("public/demo/index.json is not of these files: run tools/demo-family/index.py")
        return
    path.write_text(text, encoding="utf-8")
    print(f"{path.name}: {len(CHECKPOINTS)} checkpoints, {sum(file['bytes'] for one in index()['checkpoints'] for file in one['files']) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

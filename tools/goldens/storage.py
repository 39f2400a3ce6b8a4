"""Deterministic files: safetensors with one metadata key, JSON whose lists of numbers stay on one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file


def write_tensors(path: Path, tensors: dict[str, torch.Tensor]) -> None:
    """Write named tensors; safetensors itself orders them by dtype size, then name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensors[name].contiguous() for name in sorted(tensors)}, path, metadata={"format": "pt"})


def write_json(path: Path, value: Any) -> None:
    """Write JSON, UTF-8, with a final newline."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render_json(value) + "\n", encoding="utf-8")


def render_json(value: Any, indent: int = 0) -> str:
    """Objects and lists of objects break over lines; anything without an object inside stays on one."""
    pad, inner = " " * indent, " " * (indent + 1)
    if isinstance(value, dict) and value:
        lines = [f"{inner}{json.dumps(str(key))}: {render_json(item, indent + 1)}" for key, item in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{pad}}}"
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return "[\n" + ",\n".join(f"{inner}{render_json(item, indent + 1)}" for item in value) + f"\n{pad}]"
    return json.dumps(value, ensure_ascii=False)


def significant(value: float, digits: int = 4) -> float:
    """Round to a number of significant digits, so that the text of a JSON file stays short."""
    return float(f"{value:.{digits}g}")

"""What one version of transformers makes of checkpoint folders: `python versions_load.py FOLDER …`, JSON to stdout.

Run by `versions.py` with the interpreter of each version. Per folder: token ids, picture and logits (f32, eager, one thread) by
SHA-256, or the error; what was missing, unexpected or of another shape stands under `loading`.
"""

from __future__ import annotations

import hashlib
import json
import sys

import torch
from PIL import Image
from transformers import AutoProcessor, AutoTokenizer, Qwen2_5_VLForConditionalGeneration, logging

TEXTS = ["What is two plus two?", "<|im_start|>user\nNaïve façade — 你好, 12.50 €<|im_end|>\n<think> so </think>", " \n\n  tail  "]
MESSAGES = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "How many?"}]}]


def digest(tensor: torch.Tensor) -> str:
    return hashlib.sha256(tensor.contiguous().numpy().tobytes()).hexdigest()


def picture() -> Image.Image:
    image = Image.new("RGB", (84, 56))
    image.putdata([(x * 3 % 256, y * 4 % 256, (x * y) % 256) for y in range(56) for x in range(84)])
    return image


def loaded(folder: str) -> dict:
    options = {"dtype": torch.float32, "attn_implementation": "eager", "output_loading_info": True}
    model, info = Qwen2_5_VLForConditionalGeneration.from_pretrained(folder, **options)
    tokenizer, processor = AutoTokenizer.from_pretrained(folder), AutoProcessor.from_pretrained(folder, use_fast=True)
    speaker = processor if processor.chat_template else tokenizer
    prompt = speaker.apply_chat_template(MESSAGES, add_generation_prompt=True, tokenize=False)
    inputs = processor(text=[prompt], images=[picture()], return_tensors="pt")
    text = tokenizer(TEXTS[0], return_tensors="pt")
    with torch.no_grad():
        logits = [model.eval()(**batch).logits for batch in (text, inputs)]
    return {
        "loading": {kind: sorted(map(str, names)) for kind, names in info.items() if names},
        "ids": [tokenizer(one)["input_ids"] for one in TEXTS],
        "special": [sorted(tokenizer.all_special_tokens), tokenizer.eos_token, tokenizer.pad_token],
        "prompt": prompt,
        "picture": [inputs["input_ids"].tolist(), inputs["image_grid_thw"].tolist(), digest(inputs["pixel_values"])],
        "logits": [digest(one) for one in logits],
        "top": [one[0, -1].argmax().item() for one in logits],
    }


def attempted(folder: str) -> dict:
    try:
        return loaded(folder)
    except Exception as error:  # noqa: BLE001 — whatever it is, it is the answer.
        return {"error": f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"}


if __name__ == "__main__":
    torch.set_num_threads(1)
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    print(json.dumps({folder: attempted(folder) for folder in sys.argv[1:]}))

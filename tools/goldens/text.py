"""Goldens of the tokenizer and of the chat template."""

from __future__ import annotations

from pathlib import Path

from prompts import render
from storage import write_json
from vocabulary import load_tokenizer

STRINGS = [
    "", " ", "  ", "\n", "\n\n", " \n", "\r\n", "\t", "\u00a0", "\u3000", "a", " a", "a ", "  a  ", "Hello, world!",
    "You are a helpful assistant.", "What is in the picture?", "I'm sure they'LL say it's we've I'D don't",
    "it’s “quoted”", "1", "12", "1234567890", "3.14159", "1,000,000", "x=42;y=-7", "12 + 30 = 42", "٣٤٥ Ⅷ ½ ²",
    "camelCase snake_case KEBAB-CASE", "for (let i = 0; i < 10; i++) {\n    sum += a[i];\n}\n", "\\boxed{42}",
    "$\\frac{1}{2}$", "<think>step</think><answer>42</answer>", "trailing spaces   ", "   leading spaces",
    "tabs\t\tand\nnew\n\n\nlines\r\n\r\n", "a\n b\n  c\n   d", "word \n word", "!!!???...", " ...", "...\n\n...",
    "café", "cafe\u0301", "A\u030a", "\u212b", "e\u0301\u0327", "q\u0307\u0323", "ﬁ ligature", "Größe naïve",
    "图片里有什么？", "日本語テキスト", "한국어 텍스트", "\u1112\u1161\u11ab", "Привет, как дела?", "مرحبا بالعالم",
    "שלום", "नमस्ते", "สวัสดี", "😀", "👩‍👩‍👧‍👦 family", "🏳️‍🌈", "🇩🇪", "a😀b", "\u200b", "\ufeffbom", "\u0000",
    "<|im_start|>user\nhi<|im_end|>\n", "<|vision_start|><|image_pad|><|vision_end|>", "<|image_pad|>" * 3,
    "a<|im_end|>b", " <|im_end|> ", "<|im_start", "<|unknown|>", "<tool_call>{}</tool_call>", "<|endoftext|>",
    "<image>\nHow many?", "\U0001d54f \U00010348",
]  # fmt: skip

IMAGE = {"type": "image"}


def say(role: str, *content: dict) -> dict:
    return {"role": role, "content": list(content)}


def words(value: str) -> dict:
    return {"type": "text", "text": value}


CONVERSATIONS = [
    ("text", [say("user", words("Hello"))], {}),
    ("string content", [{"role": "user", "content": "Hello"}], {}),
    ("system", [{"role": "system", "content": "Be brief."}, say("user", words("Hello"))], {}),
    ("empty system", [{"role": "system", "content": ""}, say("user", words("Hello"))], {}),
    ("system parts", [say("system", words("Be "), words("brief.")), say("user", words("Hello"))], {}),
    ("one image", [say("user", IMAGE, words("What?"))], {}),
    ("image after", [say("user", words("What is "), IMAGE, words("?"))], {}),
    ("two images", [say("user", IMAGE, IMAGE, words("Compare."))], {}),
    ("two images numbered", [say("user", IMAGE, IMAGE, words("Compare."))], {"add_vision_id": True}),
    (
        "turns",
        [
            say("user", IMAGE, words("What?")), {"role": "assistant", "content": "A cat."},
            say("user", words("And "), IMAGE, words("?")),
        ],
        {"add_vision_id": True},
    ),
    ("turns of strings", [
        {"role": "user", "content": "1"}, {"role": "assistant", "content": "2"}, {"role": "user", "content": "3"},
    ], {}),
    ("odd characters", [say("user", words(" a\n<|image_pad|> {{ x }} {% y %} \"q\" 'r' & <b> 图 "))], {}),
]  # fmt: skip


def write_text(folder: Path, checkpoint: Path) -> None:
    """`text.json`: all checkpoints have the same tokenizer and template."""
    tokenizer = load_tokenizer(checkpoint)
    strings = []
    for string in STRINGS:
        ids = tokenizer(string)["input_ids"]
        strings.append({"text": string, "ids": ids, "decoded": tokenizer.decode(ids)})
    templates = []
    for name, messages, options in CONVERSATIONS:
        for prompted in (True, False):
            rendered = render(tokenizer, messages, add_generation_prompt=prompted, **options)
            templates.append(
                {
                    "name": name,
                    "messages": messages,
                    "addGenerationPrompt": prompted,
                    "addVisionId": bool(options),
                    "text": rendered,
                    "ids": tokenizer(rendered)["input_ids"],
                }
            )
    write_json(folder / "text.json", {"strings": strings, "templates": templates})

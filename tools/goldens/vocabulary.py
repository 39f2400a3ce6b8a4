"""A small byte-level BPE of class Qwen2Tokenizer: the real pre-tokenizer, normalizer and special tokens, fewer merges.

The 22 added tokens are those of Qwen2.5-VL in their order (there ids 151643 … 151664); here they follow the last merge.
"""

from __future__ import annotations

import json
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import Qwen2Tokenizer
from transformers.models.qwen2.tokenization_qwen2 import PRETOKENIZE_REGEX

SPECIAL_TOKENS = [
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>",
    "<|box_end|>", "<|quad_start|>", "<|quad_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>",
    "<|image_pad|>", "<|video_pad|>",
]  # fmt: skip
PLAIN_ADDED_TOKENS = [
    "<tool_call>", "</tool_call>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>",
    "<|repo_name|>", "<|file_sep|>",
]  # fmt: skip
ADDED_TOKENS = SPECIAL_TOKENS + PLAIN_ADDED_TOKENS

BASE_VOCABULARY = 362
"""Bytes and merges: 256 + 106."""
TOKENIZER_LENGTH = BASE_VOCABULARY + len(ADDED_TOKENS)
MODEL_VOCABULARY = 400
"""Rows of the embedding. As on the hub (152064 rows, 151665 tokens) the last rows belong to no token."""

PROMPT_TEXT = """system
You are a helpful assistant.
user
assistant
What is in the picture? How many red objects are there? Think step by step. Compare.
"""
"""What the cases' prompts are made of; repeated, so that most merges go there and prompts are short."""

OTHER_TEXT = """The picture shows a red square on a white table. There are three blue circles and two green triangles.
Describe the image. What is the word on the canvas? The answer is 42. Think step by step, then answer in one box.
What is the colour of the object? Compare the two images. It isn't the same; they're different.
Solve: 12 + 30 = 42, and 7 * 6 = 42. Is there a cat? No, there is not. Yes, it is the first one on the left.
the answer the image the picture is on in and one two three four five red green blue white black left right
Größe, café, naïve, 图片 里 有 什么 ? 图片 里 有 三个 红色 的 圆 。 Привет, как дела? 😀 😀
"""

IMAGE_MARK = "<|vision_start|><|image_pad|><|vision_end|>"
CHAT_TEMPLATE = (
    "{% set image_count = namespace(value=0) %}{% set video_count = namespace(value=0) %}"
    "{% for message in messages %}{% if loop.first and message['role'] != 'system' %}"
    "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n{% endif %}"
    "<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}<|im_end|>\n"
    "{% else %}{% for content in message['content'] %}"
    "{% if content['type'] == 'image' or 'image' in content or 'image_url' in content %}"
    "{% set image_count.value = image_count.value + 1 %}"
    "{% if add_vision_id %}Picture {{ image_count.value }}: {% endif %}" + IMAGE_MARK +
    "{% elif content['type'] == 'video' or 'video' in content %}"
    "{% set video_count.value = video_count.value + 1 %}"
    "{% if add_vision_id %}Video {{ video_count.value }}: {% endif %}<|vision_start|><|video_pad|><|vision_end|>"
    "{% elif 'text' in content %}{{ content['text'] }}{% endif %}{% endfor %}<|im_end|>\n{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)  # fmt: skip


THINKING_TOKENS = ["<tool_response>", "</tool_response>", "<think>", "</think>"]
"""What Qwen3-VL adds after those of Qwen2.5-VL; plain ones."""


def train() -> Tokenizer:
    """Train the BPE on the texts above and add the special tokens. The result depends on nothing else."""
    tokenizer = Tokenizer(models.BPE(byte_fallback=False, fuse_unk=False))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PRETOKENIZE_REGEX), behavior="isolated", invert=False),
            pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False)
    tokenizer.post_processor = processors.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False)
    trainer = trainers.BpeTrainer(
        vocab_size=BASE_VOCABULARY,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        special_tokens=[],
        show_progress=False,
    )
    tokenizer.train_from_iterator([PROMPT_TEXT] * 4 + [OTHER_TEXT], trainer)
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in SPECIAL_TOKENS])
    tokenizer.add_tokens([AddedToken(token, normalized=False, special=False) for token in PLAIN_ADDED_TOKENS])
    if tokenizer.get_vocab_size() != TOKENIZER_LENGTH:
        raise ValueError(f"the training text gave {tokenizer.get_vocab_size()} tokens, not {TOKENIZER_LENGTH}")
    return tokenizer


def token_id(token: str) -> int:
    """Id of an added token."""
    return BASE_VOCABULARY + [*ADDED_TOKENS, *THINKING_TOKENS].index(token)


def write_tokenizer(folder: Path, template_home: str, template: str, more_tokens: list[str]) -> None:
    """Write tokenizer.json, vocab.json, merges.txt and tokenizer_config.json in the hub's form.

    `template_home` says where the chat template goes: "tokenizer_config", "chat_template.json" (both in hub's
    Qwen2.5-VL) or "chat_template.jinja" (what transformers writes since 4.50). `more_tokens` follow the added tokens.
    """
    tokenizer = train()
    tokenizer.add_tokens([AddedToken(token, normalized=False, special=False) for token in more_tokens])
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    model = json.loads(tokenizer.to_str())["model"]
    vocabulary = dict(sorted(model["vocab"].items(), key=lambda entry: entry[1]))
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    merges = [merge if isinstance(merge, str) else " ".join(merge) for merge in model["merges"]]
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges, ""]), encoding="utf-8")
    config = {
        "add_bos_token": False,
        "add_prefix_space": False,
        "added_tokens_decoder": {
            str(token_id(token)): {
                "content": token, "lstrip": False, "normalized": False, "rstrip": False, "single_word": False,
                "special": token in SPECIAL_TOKENS,
            }
            for token in [*ADDED_TOKENS, *more_tokens]
        },
        "additional_special_tokens": SPECIAL_TOKENS[1:],
        "bos_token": None,
        "clean_up_tokenization_spaces": False,
        "eos_token": "<|im_end|>",
        "errors": "replace",
        "model_max_length": 4096,
        "pad_token": "<|endoftext|>",
        "split_special_tokens": False,
        "tokenizer_class": "Qwen2Tokenizer",
        "unk_token": None,
    }  # fmt: skip
    if template_home == "tokenizer_config":
        config["chat_template"] = template
    elif template_home == "chat_template.json":
        text = json.dumps({"chat_template": template}, indent=2)
        (folder / "chat_template.json").write_text(text + "\n", encoding="utf-8")
    else:
        (folder / "chat_template.jinja").write_text(template, encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def load_tokenizer(folder: Path) -> Qwen2Tokenizer:
    """The tokenizer as transformers reads it from a checkpoint folder, with the template that the processor finds."""
    tokenizer = Qwen2Tokenizer.from_pretrained(folder)
    if (folder / "chat_template.json").exists():
        tokenizer.chat_template = json.loads((folder / "chat_template.json").read_text())["chat_template"]
    return tokenizer

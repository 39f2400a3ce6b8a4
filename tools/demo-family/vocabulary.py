"""The family's tokenizer: class Qwen2Tokenizer, byte-level BPE, Qwen2.5-VL's added tokens and chat template.

The merges are not trained but laid down: each grows a frequent word from its first character on, and only words that
follow a space or begin with a capital are grown. So running text costs a token a word, while a bare word (what is read
in a picture, "<answer>…") is spelled letter by letter, in the same way whether the word was ever seen or not.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from transformers import Qwen2Tokenizer
from transformers.models.qwen2.tokenization_qwen2 import PRETOKENIZE_REGEX

SPECIAL_TOKENS = [
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>",
    "<|box_end|>", "<|quad_start|>", "<|quad_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>",
    "<|image_pad|>", "<|video_pad|>",
]  # fmt: skip
PLAIN_ADDED_TOKENS = [
    "<tool_call>", "</tool_call>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>",
    "<|repo_name|>", "<|file_sep|>", "<think>", "</think>", "<answer>", "</answer>",
]  # fmt: skip
"""Qwen2.5-VL's eight, and the tags of our answers, which are plain tokens as Qwen3's <think> is."""
ADDED_TOKENS = SPECIAL_TOKENS + PLAIN_ADDED_TOKENS

WORDS_FILE = Path(__file__).with_name("words.txt")
"""The words that are one token, each with the space or without that it has in text; written by `count_words`."""

ROLE_MERGES = [
    ("y", "s"), ("ys", "t"), ("yst", "e"), ("yste", "m"), ("s", "ystem"),
    ("u", "s"), ("us", "e"), ("use", "r"),
    ("s", "s"), ("ss", "i"), ("ssi", "s"), ("ssis", "t"), ("ssist", "a"), ("ssista", "n"), ("ssistan", "t"), ("a", "ssistant"),
]  # fmt: skip
"""The chat template's bare words. They merge "us", "ss" and "ys" in spelled words too: short, and worth 16 tokens a prompt."""

SIGN_MERGES = [("Ã", "Ĺ"), ("Ã", "·")]
"""× and ÷, of two bytes each."""

CHAT_TEMPLATE = (
    "{% set image_count = namespace(value=0) %}{% set video_count = namespace(value=0) %}"
    "{% for message in messages %}{% if loop.first and message['role'] != 'system' %}"
    "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n{% endif %}"
    "<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}<|im_end|>\n"
    "{% else %}{% for content in message['content'] %}"
    "{% if content['type'] == 'image' or 'image' in content or 'image_url' in content %}"
    "{% set image_count.value = image_count.value + 1 %}"
    "{% if add_vision_id %}Picture {{ image_count.value }}: {% endif %}<|vision_start|><|image_pad|><|vision_end|>"
    "{% elif content['type'] == 'video' or 'video' in content %}"
    "{% set video_count.value = video_count.value + 1 %}"
    "{% if add_vision_id %}Video {{ video_count.value }}: {% endif %}<|vision_start|><|video_pad|><|vision_end|>"
    "{% elif 'text' in content %}{{ content['text'] }}{% endif %}{% endfor %}<|im_end|>\n{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)  # fmt: skip
"""Qwen2.5-VL's, word for word."""


def words() -> list[str]:
    """The words of `words.txt`, a leading space written as "_"."""
    return [line.replace("_", " ") for line in WORDS_FILE.read_text(encoding="utf-8").split("\n") if line]


def count_words(texts: list[str], least: int) -> list[str]:
    """Words to be tokens: those that occur `least` times after a space or with a capital at the beginning."""
    counts = Counter(word for text in texts for word in re.findall(r" [A-Za-z]+|\b[A-Z][a-z]+", text))
    return sorted(word for word, count in counts.items() if count >= least and len(word) > 1)


@cache
def tokenizer() -> Tokenizer:
    """The tokenizer, built. Ids: 256 bytes, the merges, the 26 added tokens."""
    vocabulary = {symbol: index for index, symbol in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    grown = {word.replace(" ", "Ġ") for word in words()}
    prefixes = {word[:length] for word in grown for length in range(2, len(word) + 1)}
    # Shorter first, and after a space before after a capital: so each word grows from its first character only.
    merges = [(prefix[:-1], prefix[-1]) for prefix in sorted(prefixes, key=lambda p: (p[0] != "Ġ", len(p), p))]
    merges += ROLE_MERGES + SIGN_MERGES
    for left, right in merges:
        vocabulary.setdefault(left + right, len(vocabulary))
    built = Tokenizer(models.BPE(vocab=vocabulary, merges=merges, byte_fallback=False, fuse_unk=False))
    built.normalizer = normalizers.NFC()
    built.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PRETOKENIZE_REGEX), behavior="isolated", invert=False),
            pre_tokenizers.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False),
        ]
    )
    built.decoder = decoders.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False)
    built.post_processor = processors.ByteLevel(add_prefix_space=False, trim_offsets=False, use_regex=False)
    built.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in SPECIAL_TOKENS])
    built.add_tokens([AddedToken(token, normalized=False, special=False) for token in PLAIN_ADDED_TOKENS])
    return built


def token_id(token: str) -> int:
    """Id of a token that exists."""
    found = tokenizer().token_to_id(token)
    if found is None:
        raise ValueError(f"no token {token!r}")
    return found


def vocabulary_rows() -> int:
    """Rows of the embedding: the tokens, rounded up to a multiple of 64."""
    return -(-tokenizer().get_vocab_size() // 64) * 64


def write_tokenizer(folder: Path) -> None:
    """Write tokenizer.json, vocab.json, merges.txt and tokenizer_config.json as on the hub, the template in the last."""
    tokenizer().save(str(folder / "tokenizer.json"), pretty=False)
    model = json.loads(tokenizer().to_str())["model"]
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
            for token in ADDED_TOKENS
        },
        "additional_special_tokens": SPECIAL_TOKENS[1:],
        "bos_token": None,
        "chat_template": CHAT_TEMPLATE,
        "clean_up_tokenization_spaces": False,
        "eos_token": "<|im_end|>",
        "errors": "replace",
        "model_max_length": 2048,
        "pad_token": "<|endoftext|>",
        "split_special_tokens": False,
        "tokenizer_class": "Qwen2Tokenizer",
        "unk_token": None,
    }  # fmt: skip
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def load_tokenizer(folder: Path) -> Qwen2Tokenizer:
    """The tokenizer as transformers reads it from a checkpoint folder."""
    return Qwen2Tokenizer.from_pretrained(folder)

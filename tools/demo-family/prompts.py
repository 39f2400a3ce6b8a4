"""How an item is asked and answered: four forms of one item."""

from __future__ import annotations

from typing import Literal

from pixels import IMAGE_TOKENS

Form = Literal["direct", "think", "state", "text"]
"""
direct  picture and question → the answer alone
think   picture and question → <think>rationale</think> and <answer>answer</answer>
state   picture → its description (what a puzzle's or figure's picture says, for Base)
text    black picture and description and question → as think (the B setting of docs/method.md §7.2 and the text side of §9.1)
"""

STATE_PROMPT = "Write down what the image shows."
IMAGE_MARK = "<|vision_start|>" + "<|image_pad|>" * IMAGE_TOKENS + "<|vision_end|>"


def question(item: dict, form: Form) -> str:
    """What the user writes."""
    if form == "state":
        return STATE_PROMPT
    if form == "text":
        return f"Image Description: {item['description']} Question: {item['prompt']}"
    return item["prompt"]


def response(item: dict, form: Form) -> str:
    """What the model is taught to write."""
    if form == "direct":
        return item["answer"]
    if form == "state":
        return item["description"]
    return f"<think>{item['rationale']}</think><answer>{item['answer']}</answer>"


def prompt(text: str, pictured: bool) -> str:
    """The chat template's outcome for one user message, the picture before the text, image tokens expanded."""
    return (
        "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
        f"<|im_start|>user\n{IMAGE_MARK if pictured else ''}{text}<|im_end|>\n<|im_start|>assistant\n"
    )

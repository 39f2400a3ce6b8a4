"""What the whole templates are rendered with: conversations as Python users send them, and settings of a chat."""

from __future__ import annotations

IMAGE = {"type": "image"}
VIDEO = {"type": "video"}
LOOK = {
    "type": "function",
    "function": {"name": "look", "description": "Look it up", "parameters": {"type": "object", "properties": {}}},
}


def words(text: str) -> dict:
    return {"type": "text", "text": text}


def user(*content: dict) -> dict:
    return {"role": "user", "content": list(content)}


CONVERSATIONS = {
    "a string": [{"role": "user", "content": "Hello"}],
    "one text part": [user(words("Hello"))],
    "system": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": " Hello \n"}],
    "system parts": [{"role": "system", "content": [words("Be "), words("brief.")]}, user(words("Hello"))],
    "one image": [user(IMAGE, words("What?"))],
    "two images": [user(IMAGE, words("and "), IMAGE, words("compare."))],
    "image and video": [user(IMAGE, VIDEO, words("图片 😀?"))],
    "turns": [
        user(IMAGE, words("What?")),
        {"role": "assistant", "content": "<think>\nA\n</think>\n\n  A cat."},
        {"role": "user", "content": "And?"},
    ],
    "turns with parts": [
        {"role": "system", "content": "S"},
        user(words("1"), IMAGE),
        {"role": "assistant", "content": [words("2")]},
        user(IMAGE, words("3")),
    ],
    "reasoning": [
        {"role": "user", "content": "1"},
        {"role": "assistant", "reasoning_content": "\nhm\n", "content": "\n2"},
        {"role": "user", "content": "3"},
        {"role": "assistant", "reasoning_content": "so", "content": "4"},
    ],
    "tool call": [
        {"role": "user", "content": "Where?"},
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"type": "function", "function": {"name": "look", "arguments": {"place": "Rome ü", "n": 1}}}],
        },
        {"role": "tool", "content": "{\"at\": [1, 2]}"},
        {"role": "tool", "content": [words("more")]},
        {"role": "assistant", "content": "There."},
    ],
}

SETTINGS = {
    "plain": {"add_generation_prompt": True},
    "no prompt": {"add_generation_prompt": False},
    "numbered": {"add_generation_prompt": True, "add_vision_id": True},
    "no thinking": {"add_generation_prompt": True, "enable_thinking": False},
    "tools": {"add_generation_prompt": True, "tools": [LOOK]},
}

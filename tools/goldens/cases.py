"""The questions put to every checkpoint."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """A prompt with its pictures; `sources` are pictures whose K/V replace those of the (only) picture."""

    name: str
    messages: list[dict]
    images: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    inside: str = ""
    """What else to record: "vision" (the vision tower block by block) or "key-values" (K and V of every layer)."""


IMAGE = {"type": "image"}


def text(value: str) -> dict:
    return {"type": "text", "text": value}


def user(*content: dict) -> dict:
    return {"role": "user", "content": list(content)}


CASES = [
    Case("text", [user(text("What is two plus three? Think step by step."))]),
    Case(
        "square", [user(IMAGE, text("What is in the picture?"))], ("square",), ("square-source", "wide-source"),
        inside="key-values",
    ),
    Case(
        "wide", [user(IMAGE, text("How many red objects are there?"))], ("wide",), ("wide-source", "square-source"),
        inside="vision",
    ),
    Case(
        "two",
        [
            {"role": "system", "content": "Compare."},
            user(text("First: "), IMAGE, text(" second: "), IMAGE, text(" Same?")),
        ],
        ("square", "small"),
    ),
]  # fmt: skip

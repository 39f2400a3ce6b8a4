"""The words of a run: our own flags, and the command of the app that each part gets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from .named_error import NamedError

#: As the app has it.
MOST_PARTS = 10_000

#: Of a limit of time: a month.
MOST_SECONDS = 31 * 24 * 3600

#: Flags of the app that are ours to give, or that would undo what a retry goes on with.
RESERVED = {
    "--shard": "the parts are made by --parts",
    "--restart": "give another --out to begin anew",
    "--journal": "a run keeps the journals of its parts itself",
    "--help": "see docs/cluster.md; npm run -s headless -- COMMAND --help says what a command takes",
}

#: Commands that have no parts, or that are what we run ourselves.
NOT_IN_PARTS = ("worker", "combine", "kept", "check", "help")


@dataclass(frozen=True)
class Resources:
    """What Ray sets aside for one part."""

    cpus: float = 1.0
    gpus: float = 0.0
    #: In bytes; 0: none is set aside.
    memory: int = 0


@dataclass(frozen=True)
class Options:
    """What was asked for; see ``HELP`` in ``main.py`` for what each means."""

    command: tuple[str, ...]
    out: Path
    parts: int = 1
    gallery: Path | None = None
    resources: Resources = field(default_factory=Resources)
    retries: int = 2
    deaths: int = 5
    stalled_after: float = 1800.0
    in_flight: int = 1000
    address: str | None = None
    app: Path | None = None
    ship: bool = False
    ship_limit: int = 512 << 20
    quiet: bool = False


def read_words(words: Sequence[str]) -> Options:
    """Take our flags out of the words; all others are the app's, in their order.

    Raises ``NamedError`` (``MissingFlag``, ``InvalidFlag``, ``UnknownCommand``).
    """
    ours: dict[str, str] = {}
    switches: set[str] = set()
    rest: list[str] = []
    queue = list(words)
    while queue:
        word = queue.pop(0)
        name, equals, value = word.partition("=")
        if name in VALUED:
            if name in ours:
                raise NamedError("InvalidFlag", f"{name} is given twice", "", "give it once")
            if not equals:
                if not queue:
                    raise NamedError("MissingFlag", f"{name} has no value", "", f"give {name} VALUE")
                value = queue.pop(0)
            ours[name] = value
        elif word in SWITCHES:
            switches.add(word)
        else:
            rest.append(word)
    return _options(ours, switches, rest)


def check_command(command: Sequence[str]) -> None:
    """Refuse words that no part may have; whether the app knows the others says the app."""
    name = command[0] if command else ""
    if not name or name.startswith("-"):
        raise NamedError("UnknownCommand", "there is no command", "", "begin with one of the app's: swap, energy, study …")
    if name in NOT_IN_PARTS:
        raise NamedError("UnknownCommand", f"{name} has no parts", "", "run it with npm run -s headless")
    for word in command:
        flag = word.partition("=")[0]
        if flag in RESERVED:
            raise NamedError("InvalidFlag", f"{flag} is not for a run in parts", "", RESERVED[flag])
        if "\0" in word:
            raise NamedError("InvalidFlag", "a word has a zero byte", one_word(word), "leave it out")


def one_word(word: str) -> str:
    """Give the beginning of a word, for an error."""
    return word[:60]


def _options(ours: dict[str, str], switches: set[str], rest: list[str]) -> Options:
    out = ours.get("--out", "")
    if not out:
        raise NamedError("MissingFlag", "--out is missing", "", "give the folder of the run: --out DIR")
    gallery: Path | None = None
    if rest[:1] == ["gallery"]:
        if len(rest) == 1:
            raise NamedError("MissingFlag", "gallery has no file", "", "give its list: gallery RECIPES.json COMMAND …")
        gallery = Path(rest[1]).absolute()
        rest = rest[2:]
    check_command(rest)
    options = Options(command=tuple(rest), out=Path(out).absolute(), gallery=gallery)
    resources = Resources(
        cpus=_number(ours, "--cpus-per-part", options.resources.cpus),
        gpus=_number(ours, "--gpus-per-part", options.resources.gpus),
        memory=_bytes(ours, "--memory-per-part", 0),
    )
    if resources.gpus > 1 and resources.gpus != int(resources.gpus):
        raise NamedError("InvalidFlag", f"--gpus-per-part is {resources.gpus}", "", "give a whole number, or a share below 1")
    return replace(
        options,
        parts=_count(ours, "--parts", 1, least=1, most=MOST_PARTS),
        resources=resources,
        retries=_count(ours, "--retries", options.retries, least=0, most=100),
        deaths=_count(ours, "--deaths", options.deaths, least=0, most=1000),
        stalled_after=_number(ours, "--stalled-after", options.stalled_after, most=MOST_SECONDS),
        in_flight=_count(ours, "--in-flight", options.in_flight, least=1, most=10_000),
        address=ours.get("--address"),
        app=Path(ours["--app"]).absolute() if "--app" in ours else None,
        ship="--ship" in switches,
        ship_limit=_bytes(ours, "--ship-limit", options.ship_limit),
        quiet="--quiet" in switches,
    )


#: Our flags that take a value.
VALUED = frozenset(
    {
        *("--parts", "--out", "--cpus-per-part", "--gpus-per-part", "--memory-per-part", "--retries", "--deaths"),
        *("--stalled-after", "--in-flight", "--address", "--app", "--ship-limit"),
    }
)
SWITCHES = frozenset({"--ship", "--quiet"})

_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}


def _count(ours: dict[str, str], flag: str, default: int, least: int, most: int) -> int:
    text = ours.get(flag)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):  # noqa: PLR2004
        raise NamedError("InvalidFlag", f"{flag} is {text}", "", f"give a whole number from {least} to {most}")
    return int(text)


def _number(ours: dict[str, str], flag: str, default: float, most: int = 1024) -> float:
    text = ours.get(flag)
    if text is None:
        return default
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and 0 <= value <= most):
        raise NamedError("InvalidFlag", f"{flag} is {text}", "", f"give a number from 0 to {most}")
    return value


def _bytes(ours: dict[str, str], flag: str, default: int) -> int:
    text = ours.get(flag)
    if text is None:
        return default
    word = text.lower().removesuffix("b").removesuffix("i")
    unit = word[-1:] if word[-1:] in _UNITS else ""
    digits = word.removesuffix(unit)
    if not (digits.isascii() and digits.isdigit() and len(digits) < 16):  # noqa: PLR2004
        raise NamedError("InvalidFlag", f"{flag} is {text}", "", "give bytes, as 8000000000 or 8GiB")
    return int(digits) * _UNITS[unit]

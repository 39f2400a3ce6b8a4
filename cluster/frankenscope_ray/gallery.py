"""A gallery: one command for each recipe of a list, a folder each, and one table of all."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .named_error import NamedError, one_line
from .words import check_command

LARGEST_LIST = 4 << 20
MOST_RECIPES = 10_000
MOST_COLUMNS = 200
LARGEST_RESULT = 256 << 20

#: A folder's name on any disk, and none of a run's own.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,99}")
_FLAG = re.compile(r"[a-z][a-z0-9-]{0,39}")


@dataclass(frozen=True)
class Recipe:
    """One line of the list: its name, and the words that its command has besides."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """One column of the table: a value of a result's file, by JSON pointer (RFC 6901)."""

    name: str
    file: str
    pointer: str


@dataclass(frozen=True)
class Gallery:
    """The list that was read."""

    recipes: tuple[Recipe, ...]
    columns: tuple[Column, ...]


def read_gallery(path: Path) -> Gallery:
    """Read a list of recipes.

    Raises ``NamedError`` ``InvalidGallery`` with its field, or ``InputNotFound``.
    """
    try:
        if path.stat().st_size > LARGEST_LIST:
            raise _invalid(path, "", f"it has more than {LARGEST_LIST >> 20} MiB")
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise NamedError("InputNotFound", str(error.strerror), str(path), "give the file of a list of recipes") from error
    except (ValueError, RecursionError) as error:
        raise _invalid(path, "", f"it is no JSON ({one_line(str(error))[:80]})") from error
    if not isinstance(value, dict) or value.get("definitions") != 1:
        raise _invalid(path, "definitions", "it is not 1")
    if unknown := set(value) - {"definitions", "recipes", "columns"}:
        raise _invalid(path, min(unknown), "it is unknown")
    recipes = value.get("recipes")
    if not isinstance(recipes, list) or not 1 <= len(recipes) <= MOST_RECIPES:
        raise _invalid(path, "recipes", f"it is no list of 1 to {MOST_RECIPES}")
    read = tuple(_recipe(path, place, recipe) for place, recipe in enumerate(recipes))
    # Not every disk tells capitals apart.
    names = [recipe.name.lower() for recipe in read]
    if len(set(names)) < len(names):
        twice = next(name for place, name in enumerate(names) if name in names[:place])
        raise _invalid(path, "recipes", f"two are called {twice}")
    return Gallery(read, _columns(path, value.get("columns", {})))


def table(gallery: Gallery, rows: Sequence[dict[str, Any]], folder: Path) -> str:
    """Give the table as CSV: a row each, what is known of its run, then the columns that the list names."""
    text = io.StringIO()
    head = ["recipe", "state", "parts", "records", "error"]
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*head, *(column.name for column in gallery.columns)])
    for row in rows:
        result = folder / str(row["recipe"]) / "result"
        values = [value_at(result, column) if row["state"] == "done" else "" for column in gallery.columns]
        writer.writerow([*(_cell(row[name]) for name in head), *(_cell(value) for value in values)])
    return text.getvalue()


def value_at(result: Path, column: Column) -> object:
    """Give a value of a result; empty where it has none, or one that is no number, text, or truth."""
    path = result / column.file
    try:
        if path.is_symlink() or path.stat().st_size > LARGEST_RESULT:
            return ""
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return ""
    for token in column.pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isascii() and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return ""
    return value if isinstance(value, str | int | float | bool) else ""


def _recipe(path: Path, place: int, value: object) -> Recipe:
    where = f"recipes[{place}]"
    if not isinstance(value, dict) or set(value) - {"name", "flags"}:
        raise _invalid(path, where, "it is no object of name and flags")
    name = value.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise _invalid(path, f"{where}.name", "it is no name of a folder (letters, digits, . _ + -)")
    flags = value.get("flags")
    if not isinstance(flags, dict):
        raise _invalid(path, f"{where}.flags", "it is no object")
    words: list[str] = []
    for flag, given in flags.items():
        if not _FLAG.fullmatch(flag) or flag == "out":
            raise _invalid(path, f"{where}.flags", f"{flag[:40]!r} is no flag of a command")
        words.append(f"--{flag}")
        if given is not True:
            words += _words(path, f"{where}.flags.{flag}", given)
    check_command(["any", *words])
    return Recipe(name, tuple(words))


def _words(path: Path, where: str, given: object) -> list[str]:
    values = given if isinstance(given, list) else [given]
    if not all(isinstance(value, str | int | float) and not isinstance(value, bool) for value in values):
        raise _invalid(path, where, "it is no text, number, list of them, or true")
    return [str(value) for value in values]


def _columns(path: Path, value: object) -> tuple[Column, ...]:
    if not isinstance(value, dict) or len(value) > MOST_COLUMNS:
        raise _invalid(path, "columns", f"it is no object of at most {MOST_COLUMNS}")
    columns = []
    for name, place in value.items():
        file, _, pointer = place.partition("#") if isinstance(place, str) else ("", "", "")
        plain = bool(file) and not file.startswith("/") and ".." not in file.split("/") and "\\" not in file
        if not plain or not pointer.startswith("/"):
            raise _invalid(path, f"columns.{name[:40]}", "it is not FILE#/POINTER, of a file of the result")
        columns.append(Column(name, file, pointer))
    return tuple(columns)


def _cell(value: object) -> object:
    """Give a cell that a spreadsheet does not take for a formula."""
    text = json.dumps(value) if isinstance(value, bool) else value
    return f"'{text}" if isinstance(text, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _invalid(path: Path, where: str, what: str) -> NamedError:
    return NamedError("InvalidGallery", what, ": ".join(part for part in (path.name, where) if part), "see docs/cluster.md")

"""The app that parts run: its folder, its version, and its commands that need no part."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .named_error import Exit, NamedError, one_line

#: Which folder holds the app on this node; goes before the folder that the driver found.
APP = "FRANKENSCOPE_APP"

#: Builds what is missing or stale, once, before many workers would.
_BUILD = (
    "const [packages, build] = await Promise.all(process.argv.slice(1).map((url) => import(url)));"
    "packages.ensurePackages(); build.ensureBuild({ quiet: true });"
)


def find_app(given: Path | None, here: Path | None = None) -> Path:
    """Give the app's folder: the one that is given, ``FRANKENSCOPE_APP``, or one at or above the current folder.

    Raises ``NamedError`` ``AppNotFound``.
    """
    named = given or (Path(os.environ[APP]) if os.environ.get(APP) else None)
    if named is not None:
        if not is_app(named):
            raise _not_found(f"{named} is no folder of the app")
        return named.absolute()
    start = (here or Path.cwd()).absolute()
    for folder in (start, *start.parents):
        if is_app(folder):
            return folder
    raise _not_found("no folder of the app is here or above")


def app_on_node(drivers: str) -> str:
    """Give the app's folder on this node: its own ``FRANKENSCOPE_APP``, else where the driver has it."""
    return os.environ.get(APP) or drivers


def is_app(folder: Path) -> bool:
    """Say whether a folder holds the app."""
    return (folder / "scripts" / "headless.mjs").is_file() and (folder / "package.json").is_file()


def version_of(app: Path) -> str:
    """Give the app's version, of its package.json."""
    try:
        version = json.loads((app / "package.json").read_text(encoding="utf-8"))["version"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _not_found(f"package.json has no version ({type(error).__name__})") from error
    return str(version)


def program(app: str | Path, *words: str) -> list[str]:
    """Give the words that start a command of the app; no shell reads them."""
    return ["node", str(Path(app) / "scripts" / "headless.mjs"), *words]


def prepare(app: Path) -> None:
    """Build the app where it is missing or stale.

    Raises ``NamedError`` ``BuildFailed`` or ``NodeNotFound``.
    """
    urls = [(app / "scripts" / name).as_uri() for name in ("packages.mjs", "build.mjs")]
    code, said = _run(["node", "--input-type=module", "--eval", _BUILD, *urls], app)
    if code != 0:
        raise NamedError("BuildFailed", last_line(said), str(app), "run npm run build there", Exit.FAILED)


def combine(app: Path, folders: Sequence[str], beside: Path, out: Path) -> None:
    """Write into ``out`` what one run would have written, out of part folders, which are named from ``beside``.

    Raises ``NamedError`` ``CombineFailed`` with what the app said, its exit code kept.
    """
    code, said = _run(program(app, "combine", *folders, "--out", str(out)), beside)
    if code != 0:
        known = Exit(code) if code in (Exit.BAD_INPUT, Exit.INTERRUPTED) else Exit.FAILED
        raise NamedError("CombineFailed", last_line(said), str(out), "the parts are kept", known)


def last_line(said: str) -> str:
    """Give the last line that a program said: by the app's custom, its error."""
    lines = [line for line in said.splitlines() if line.strip()]
    return one_line(lines[-1]) if lines else "it said nothing"


def _run(words: list[str], folder: Path) -> tuple[int, str]:
    try:
        done = subprocess.run(
            words, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
        )
    except FileNotFoundError as error:
        raise NamedError("NodeNotFound", "there is no node", "PATH", "install Node 20 or later", Exit.FAILED) from error
    return done.returncode, done.stderr.decode("utf-8", "replace")


def _not_found(what: str) -> NamedError:
    return NamedError("AppNotFound", what, "", f"give --app DIR, or set {APP}")

"""What tests share: the stand-in for the app, and runs of our command in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

FAKE = Path(__file__).parent / "app"


@dataclass(frozen=True)
class Ran:
    """How a process ended."""

    code: int
    said: str


def environment(app: Path) -> dict[str, str]:
    return {**os.environ, "FRANKENSCOPE_APP": str(app), "RAY_USAGE_STATS_ENABLED": "0"}


def begin(words: Sequence[object], app: Path = FAKE, folder: Path | None = None) -> subprocess.Popen[bytes]:
    """Begin a run of our command."""
    program = [sys.executable, "-m", "frankenscope_ray", *map(str, words)]
    return subprocess.Popen(
        program, env=environment(app), cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def end(process: subprocess.Popen[bytes], seconds: float = 900) -> Ran:
    """Wait for its end."""
    out, said = process.communicate(timeout=seconds)
    assert out == b"", out.decode()
    return Ran(process.returncode, said.decode())


@pytest.fixture(scope="session", autouse=True)
def _no_app_of_this_machine() -> Iterator[None]:
    """A node takes its own app before the driver's; here each run names its app."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("FRANKENSCOPE_APP", raising=False)
        patch.delenv("RAY_ADDRESS", raising=False)
        yield

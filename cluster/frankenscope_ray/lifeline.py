"""``python lifeline.py PARENT PROGRAM WORDS…``: becomes the program, which ends when its parent does.

A process of Ray that is killed closes the pipe of the app's worker, which would still finish the part under way, beside the
retry of it. On Linux the kernel sends SIGTERM instead as soon as the parent is gone. It is asked for here, in a process of one
thread, and not between fork and exec in the parent, which has many.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

#: Of <sys/prctl.h>.
_PR_SET_PDEATHSIG = 1


def words_of(program: Sequence[str], parent: int) -> list[str]:
    """Give the words that start a program so."""
    # By its file, apart from this process's modules: the folder that it starts in is a person's.
    return [sys.executable, "-I", __file__, str(parent), *program]


def main(words: Sequence[str]) -> None:
    """Ask for the signal, then become the program."""
    parent, *program = words
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        # Between the start of this process and the line above the parent may have gone.
        if os.getppid() != int(parent):
            sys.exit(1)
    os.execvp(program[0], program)  # noqa: S606 - a list of words: no shell


if __name__ == "__main__":
    main(sys.argv[1:])

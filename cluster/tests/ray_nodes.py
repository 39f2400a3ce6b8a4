"""A cluster of Ray's on this machine: nodes of their own, whose processes can be found and killed."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


class Nodes:
    """Two nodes of one processor each, and those that are added."""

    def __init__(self) -> None:
        from ray.cluster_utils import Cluster

        self.cluster: Any = Cluster(initialize_head=True, connect=False, head_node_args=self._node())
        self.others = [self.cluster.add_node(**self._node())]

    @property
    def address(self) -> str:
        return str(self.cluster.address)

    def add(self) -> None:
        self.others.append(self.cluster.add_node(**self._node()))

    def remove(self) -> None:
        """End the node that was added last, all at once."""
        self.cluster.remove_node(self.others.pop(), allow_graceful=False)

    def close(self) -> None:
        self.cluster.shutdown()

    def busy(self) -> list[int]:
        """Give the processes of this cluster that run a part."""
        ours = {int(part) for part in self._raylets()}
        return [pid for pid, parent, title in processes() if parent in ours and "frankenscope" in title]

    def busy_on_added(self) -> list[int]:
        """Give those of the node that was added last."""
        raylet = self.others[-1].all_processes["raylet"][0].process.pid
        return [pid for pid, parent, title in processes() if parent == raylet and "frankenscope" in title]

    def _raylets(self) -> Iterator[int]:
        for node in (self.cluster.head_node, *self.others):
            yield node.all_processes["raylet"][0].process.pid

    @staticmethod
    def _node() -> dict[str, Any]:
        return {"num_cpus": 1, "object_store_memory": 80 << 20, "include_dashboard": False}


def processes() -> Iterator[tuple[int, int, str]]:
    """Give every process: its number, its parent's, its title."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                title = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError):
                continue
            yield int(folder.name), parent, title


def descendants(pid: int) -> list[int]:
    """Give the processes below one."""
    below = [child for child, parent, _ in processes() if parent == pid]
    return below + [each for child in below for each in descendants(child)]


def alive(pid: int) -> bool:
    """Say whether a process is there, and no zombie."""
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def until(what: Callable[[], T], seconds: float = 300, process: subprocess.Popen[bytes] | None = None) -> T:
    """Wait until something is so, as long as a process runs that is to make it so; give what it then is."""
    late = time.monotonic() + seconds
    while not (so := what()):
        assert process is None or process.poll() is None, process.communicate()[1].decode()
        assert time.monotonic() < late, "it did not happen in time"
        time.sleep(0.05)
    return so

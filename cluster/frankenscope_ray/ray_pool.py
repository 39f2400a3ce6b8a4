"""Parts as tasks of Ray."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from typing import Any

from .named_error import Exit, NamedError, one_line
from .part import Died, Done, Outcome, Task, run_task
from .words import Resources

#: Of a Ray that we start ourselves. Parts are files: objects of Ray's are answers of some hundred bytes.
LOCAL_OBJECT_STORE = 128 << 20


def start_ray(address: str | None) -> bool:
    """Join the cluster at an address (or ``RAY_ADDRESS``), else start Ray on this machine; say whether it was started here.

    Raises ``NamedError`` ``ClusterNotReached``.
    """
    # Ray tells its makers of its use otherwise.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray

    local = address is None and not os.environ.get("RAY_ADDRESS")
    options: dict[str, Any] = {"include_dashboard": False, "object_store_memory": LOCAL_OBJECT_STORE} if local else {}
    try:
        ray.init(address="local" if local else address or "auto", log_to_driver=False, logging_level=logging.ERROR, **options)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        where = address or os.environ.get("RAY_ADDRESS", "this machine")
        remedy = "is its head running, with the same versions of Ray and Python?"
        raise NamedError("ClusterNotReached", one_line(str(error))[:500], where, remedy, Exit.FAILED) from error
    return local


def stop_ray() -> None:
    """Leave the cluster; Ray ends the processes of our parts, and itself where it was started here."""
    import ray

    ray.shutdown()


def nodes_that_fit(resources: Resources) -> int:
    """Count the nodes of the cluster that could ever run a part."""
    import ray

    wanted = {"CPU": resources.cpus, "GPU": resources.gpus, "memory": float(resources.memory)}
    alive = [node["Resources"] for node in ray.nodes() if node["Alive"]]  # type: ignore[no-untyped-call]
    return sum(all(node.get(name, 0.0) >= amount for name, amount in wanted.items()) for node in alive)


class RayPool:
    """A ``Pool`` of Ray's tasks."""

    def __init__(self, resources: Resources, function: Callable[[Task], Done] = run_task) -> None:
        """Name what each part is given, and what runs it."""
        import ray

        self._ray = ray
        options: dict[str, Any] = {
            "num_cpus": resources.cpus,
            "num_gpus": resources.gpus,
            "scheduling_strategy": "SPREAD",
        }
        if resources.memory:
            options["memory"] = resources.memory
        # A try that dies comes back to us, who count and tell it: Ray would begin it again without a word.
        self._function: Any = ray.remote(max_retries=0, **options)(function)

    def submit(self, task: Task) -> Any:  # noqa: ANN401 - Ray's references have no public type that is more
        """Begin a try."""
        return self._function.options(name=f"frankenscope {task.title}").remote(task)

    def wait(self, refs: Sequence[Any], seconds: float) -> Sequence[Any]:
        """Give those that have ended."""
        if not refs:
            return []
        first, rest = self._ray.wait(list(refs), num_returns=1, timeout=seconds)
        if not first or not rest:
            return list(first)
        more, _ = self._ray.wait(rest, num_returns=len(rest), timeout=0)
        return [*first, *more]

    def outcome(self, ref: Any) -> Outcome:  # noqa: ANN401
        """Say how one ended."""
        errors = self._ray.exceptions
        try:
            done = self._ray.get(ref)
        except errors.TaskCancelledError:
            return Done(Exit.INTERRUPTED, "Cancelled: the task was cancelled")
        except errors.RayTaskError as error:
            return Done(Exit.FAILED, f"PartFailed: {one_line(str(error.cause))}", said=str(error))
        except errors.RayError as error:
            # Its process, its node, its object are gone, or Ray ended it for want of memory.
            return Died(f"{type(error).__name__}: {one_line(str(error))[:300]}")
        return done if isinstance(done, Done) else Done(Exit.FAILED, "PartFailed: it answered nothing")

    def cancel(self, refs: Sequence[Any]) -> None:
        """Ask them to end: those that run are interrupted, those that wait do not begin."""
        for ref in refs:
            self._ray.cancel(ref, force=False)

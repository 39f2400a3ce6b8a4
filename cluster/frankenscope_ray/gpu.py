"""Which GPU a browser takes, where Ray has given a part one of several.

Ray says it in ``CUDA_VISIBLE_DEVICES``, which Vulkan does not read, so that every browser would take the first. Where a
container sees one GPU alone, nothing is to be chosen. Elsewhere Mesa's device-select layer chooses for any driver:
``DRI_PRIME=pci-…`` names the device by its place on the bus, ``MESA_VK_DEVICE_SELECT_FORCE_DEFAULT_DEVICE=1`` hides all
others (docs.mesa3d.org/envvars.html). Not run: no machine with several GPUs was at hand.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping

_QUERY = ("nvidia-smi", "--query-gpu=index,uuid,pci.bus_id", "--format=csv,noheader")
_BUS = re.compile(r"([0-9A-Fa-f]{4,8}):([0-9A-Fa-f]{2}):([0-9A-Fa-f]{2})\.([0-9A-Fa-f])")


def vulkan_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Give what the browser's environment needs besides, so that it sees the GPU that Ray gave this process."""
    visible = environment.get("CUDA_VISIBLE_DEVICES", "")
    if not visible or "DRI_PRIME" in environment or "MESA_VK_DEVICE_SELECT" in environment:
        return {}
    return choice_of(visible.split(",")[0].strip(), _listed())


def choice_of(device: str, listed: str) -> dict[str, str]:
    """Give the variables for a device, an index or the beginning of a UUID, by what ``nvidia-smi`` lists.

    Empty where there is one GPU alone, or where it is not found.
    """
    rows = [[cell.strip() for cell in line.split(",")] for line in listed.splitlines()]
    rows = [row for row in rows if len(row) == len(("index", "uuid", "bus"))]
    if len(rows) < 2:  # noqa: PLR2004 - one is the only one
        return {}
    for index, uuid, bus in rows:
        place = _BUS.fullmatch(bus)
        if (place and device in (index, uuid)) or (place and device.startswith("GPU-") and uuid.startswith(device)):
            domain, *rest = place.groups()
            name = "_".join([domain[-4:], *rest]).lower()
            return {"DRI_PRIME": f"pci-{name}", "MESA_VK_DEVICE_SELECT_FORCE_DEFAULT_DEVICE": "1"}
    return {}


def _listed() -> str:
    try:
        done = subprocess.run(_QUERY, capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""

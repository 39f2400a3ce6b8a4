"""Which variables choose the GPU that Ray gave; the choice itself needs a machine with several, and was not run."""

from __future__ import annotations

import pytest

from frankenscope_ray.gpu import choice_of, vulkan_environment

TWO = "0, GPU-aaaa1111, 00000000:1B:00.0\n1, GPU-bbbb2222, 00000000:C3:00.0\n"


@pytest.mark.parametrize(
    ("device", "listed", "place"),
    [
        ("1", TWO, "pci-0000_c3_00_0"),
        ("GPU-aaaa", TWO, "pci-0000_1b_00_0"),
        ("GPU-bbbb2222", TWO, "pci-0000_c3_00_0"),
        ("2", TWO, None),
        ("1", "1, GPU-bbbb2222, 00000000:C3:00.0\n", None),
        ("0", "", None),
        ("0", "0, GPU-x, $(reboot)\n1, GPU-y, nonsense\n", None),
    ],
)
def test_a_device_is_named_by_its_place_on_the_bus(device: str, listed: str, place: str | None) -> None:
    expected = {} if place is None else {"DRI_PRIME": place, "MESA_VK_DEVICE_SELECT_FORCE_DEFAULT_DEVICE": "1"}
    assert choice_of(device, listed) == expected


@pytest.mark.parametrize("environment", [{}, {"CUDA_VISIBLE_DEVICES": ""}, {"CUDA_VISIBLE_DEVICES": "1", "DRI_PRIME": "x"}])
def test_nothing_is_chosen_where_nothing_is_given_or_a_person_chose(environment: dict[str, str]) -> None:
    assert vulkan_environment(environment) == {}

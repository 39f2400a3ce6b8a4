"""The examples, as far as they can be held without the machines they are for: schemas, environment variables, words, versions."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from frankenscope_ray import __version__
from frankenscope_ray.gallery import read_gallery
from frankenscope_ray.words import read_words

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "cluster" / "examples"
KUBERNETES = "1.37"
RAY = next(line for line in (ROOT / "cluster" / "requirements-test.txt").read_text().split() if line.startswith("ray=="))[5:]

#: Fields of ray.io/v1 that the example uses, by where they stand (KubeRay's API reference).
RAYJOB = {
    "spec": {"entrypoint", "shutdownAfterJobFinishes", "ttlSecondsAfterFinished", "rayClusterSpec"},
    "rayClusterSpec": {"rayVersion", "headGroupSpec", "workerGroupSpecs"},
    "headGroupSpec": {"rayStartParams", "template"},
    "workerGroupSpecs": {"groupName", "replicas", "minReplicas", "maxReplicas", "rayStartParams", "template"},
}


def documents(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((EXAMPLES / name).read_text()))


def check(document: dict[str, Any]) -> None:
    kubernetes_validate.validate(document, KUBERNETES, strict=True)


def containers() -> Iterator[dict[str, Any]]:
    for job in documents("kubernetes-indexed-job.yaml"):
        yield from job["spec"]["template"]["spec"]["containers"]
    for template in templates():
        yield from template["spec"]["containers"]


def templates() -> list[dict[str, Any]]:
    cluster = documents("kuberay-rayjob.yaml")[0]["spec"]["rayClusterSpec"]
    return [cluster["headGroupSpec"]["template"], *(group["template"] for group in cluster["workerGroupSpecs"])]


def part_of(environment: dict[str, str]) -> str:
    """Ask the app which part an environment names."""
    program = "import { shardOf } from './scripts/shard.mjs'; console.log(shardOf('auto'));"
    path = {"PATH": os.environ["PATH"], **environment}
    done = subprocess.run(["node", "--input-type=module", "--eval", program], cwd=ROOT, env=path, capture_output=True, check=True)
    return done.stdout.decode().strip()


@pytest.mark.parametrize("place", [0, 1])
def test_jobs_fit_the_schema_of_kubernetes(place: int) -> None:
    job = documents("kubernetes-indexed-job.yaml")[place]
    check(job)
    job["spec"]["template"]["spec"]["containers"][0]["comand"] = []
    with pytest.raises(kubernetes_validate.ValidationError):
        check(job)


def test_a_rayjob_has_documented_fields_and_pods_that_fit_the_schema() -> None:
    (job,) = documents("kuberay-rayjob.yaml")
    cluster = job["spec"]["rayClusterSpec"]
    assert (job["apiVersion"], job["kind"]) == ("ray.io/v1", "RayJob")
    levels = [("spec", job["spec"]), ("rayClusterSpec", cluster), ("headGroupSpec", cluster["headGroupSpec"])]
    levels += [("workerGroupSpecs", group) for group in cluster["workerGroupSpecs"]]
    for name, level in levels:
        assert set(level) == RAYJOB[name]
    for template in templates():
        check({"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": "x"}, "template": template})
        template["spec"]["volumes"][0]["persistentVolumeClaim"]["name"] = "x"
        with pytest.raises(kubernetes_validate.ValidationError):
            check({"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": "x"}, "template": template})


def test_each_index_of_a_job_is_a_part_with_a_folder_of_its_own() -> None:
    job = documents("kubernetes-indexed-job.yaml")[0]["spec"]
    (container,) = job["template"]["spec"]["containers"]
    given = {each["name"]: each["value"] for each in container["env"] if "value" in each}
    assert given["JOB_COMPLETIONS"] == str(job["completions"])
    outs = set()
    for index in range(job["completions"]):
        environment = {**given, "JOB_COMPLETION_INDEX": str(index)}
        words = [word.replace("$(JOB_COMPLETION_INDEX)", str(index)) for word in container["command"]]
        outs.add(words[words.index("--out") + 1])
        if index in (0, job["completions"] - 1):
            assert part_of(environment) == f"{index + 1}/{job['completions']}"
            assert words[words.index("--shard") + 1] == "auto"
    assert len(outs) == job["completions"]


def test_each_task_of_an_array_is_a_part_with_a_folder_of_its_own(tmp_path: Path) -> None:
    script = EXAMPLES / "slurm-array.sh"
    first, last = map(int, re.findall(r"--array=(\d+)-(\d+)", script.read_text())[0])
    # Stands for node, and says how it is called.
    stub = tmp_path / "node"
    stub.write_text('#!/bin/sh\nprintf "%s\\n" "$FRANKENSCOPE_CACHE" "$@"\n')
    stub.chmod(0o755)
    run = "/run; touch x"
    outs = set()
    for task in range(first, last + 1):
        array = {"SLURM_ARRAY_TASK_ID": str(task), "SLURM_ARRAY_TASK_COUNT": str(last - first + 1)}
        array |= {"SLURM_ARRAY_TASK_MIN": str(first), "SLURM_ARRAY_TASK_STEP": "1"}
        environment = {**array, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
        done = subprocess.run(
            ["bash", script, "the model", "pairs", run], env=environment, cwd=tmp_path, capture_output=True, check=True
        )
        cache, *words = done.stdout.decode().splitlines()
        out = f"{run}/parts/{task}-of-{last}"
        model = ["--model", "the model", "--pairs", "pairs"]
        assert words == ["scripts/headless.mjs", "swap", *model, "--shard", "auto", "--out", out]
        assert cache == f"{run}/journals/{task}-of-{last}"
        outs.add(out)
        if task in (first, last):
            assert part_of(array) == f"{task}/{last}"
    assert len(outs) == last and not (tmp_path / "x").exists()


@pytest.mark.parametrize("script", sorted(EXAMPLES.glob("*.sh")), ids=lambda path: path.name)
def test_scripts_are_read_by_bash_and_say_that_they_were_not_run(script: Path) -> None:
    subprocess.run(["bash", "-n", script], check=True)
    assert "Not run: no Slurm was at hand." in script.read_text()


def test_one_image_and_one_version_everywhere() -> None:
    assert {container["image"] for container in containers()} == {f"frankenscope:{__version__}"}
    assert documents("kuberay-rayjob.yaml")[0]["spec"]["rayClusterSpec"]["rayVersion"] == RAY
    assert f"'ray[default]=={RAY}'" in (ROOT / "Dockerfile").read_text()
    assert json.loads((ROOT / "package.json").read_text())["version"] == __version__


def test_the_words_of_a_rayjob_are_ours_and_fit_its_pods() -> None:
    (job,) = documents("kuberay-rayjob.yaml")
    program, *words = shlex.split(job["spec"]["entrypoint"])
    options = read_words(words)
    (worker,) = templates()[1]["spec"]["containers"]
    assert (program, options.command[0]) == ("frankenscope-ray", "swap")
    assert options.resources.gpus == worker["resources"]["limits"]["nvidia.com/gpu"]
    assert options.resources.memory < int(worker["resources"]["limits"]["memory"].removesuffix("Gi")) << 30
    assert any(options.out.is_relative_to(mount["mountPath"]) for mount in worker["volumeMounts"])


def test_the_image_is_made_of_what_is_there() -> None:
    lines = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    copied = [word for line in lines if line.startswith("COPY ") for word in line.split()[1:-1]]
    assert copied and all((ROOT / name).exists() for name in copied)
    folder = next(line.split()[1] for line in lines if line.startswith("WORKDIR "))
    assert f"FRANKENSCOPE_APP={folder}" in " ".join(lines)
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert not set(ignored) & set(copied) and {"**/node_modules", "dist", ".git"} <= set(ignored)


def test_the_gallery_is_one() -> None:
    gallery = read_gallery(EXAMPLES / "gallery.json")
    assert [recipe.name for recipe in gallery.recipes] == ["early-frozen", "late-frozen"]

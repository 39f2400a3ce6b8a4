"""Writes data/matrix.json: configs saved by every release of transformers and saved again by every later one.

    python make.py WORK [--models PYTHON]

WORK keeps the releases (WORK/releases/4.49.0 …, installed there with pip --target) and the saved folders, and is
picked up where an earlier run stopped. PYTHON is an interpreter that has torch; with it whole models are saved, too.
"""

import argparse
import json
import os
import subprocess
import sys
from itertools import combinations

from starts import STARTS

RELEASES = """4.49.0 4.50.3 4.51.3 4.52.4 4.53.3 4.54.1 4.55.4 4.56.2 4.57.6 5.0.0 5.1.0 5.2.0 5.3.0 5.4.0 5.5.4 5.6.2
5.7.0 5.8.1 5.9.0 5.10.4 5.11.0 5.12.1 5.13.1 5.14.1 5.15.1 5.16.1 5.17.0 5.18.0 5.19.0 5.20.2 5.21.1 5.22.2 5.23.0
5.24.0""".split()
# Saved three times: what 4.57 makes of a nested config, read by a release that looks elsewhere for it.
THRICE = [("4.49.0", "4.52.4", "4.57.6"), ("4.52.4", "4.57.6", "5.0.0"), ("4.56.2", "4.57.6", "5.24.0")]
MODEL_RELEASES = ["4.49.0", "4.51.3", "4.52.4", "4.56.2", "4.57.6", "5.0.0", "5.12.1", "5.24.0"]
# Small enough that their weights are made and saved in a moment.
MODEL_STARTS = ["own-values", "bare"]
GENERATION = {"own-values": {"eos_token_id": [364, 362], "pad_token_id": 361, "do_sample": True, "top_p": 0.001}}
# A golden checkpoint whose config these write, for the engine's test.
GOLDEN = "tied-gqa1-bf16-old"
GOLDEN_CHAINS = [("4.49.0",), ("4.56.2",), ("4.56.2", "4.57.6"), ("4.56.2", "4.57.6", "5.24.0"), ("5.24.0",)]

HERE = os.path.dirname(os.path.abspath(__file__))


def install(work, release):
    target = os.path.join(work, "releases", release)
    if os.path.isdir(target):
        return
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-compile", "--target", target]
    subprocess.run([*command, f"transformers=={release}"], check=True)


def run(work, release, script, jobs, python=sys.executable):
    """The lines that `script` printed under that release."""
    path = os.path.join(work, "jobs.json")
    with open(path, "w") as file:
        json.dump(jobs, file)
    releases = os.path.join(work, "releases", release)
    environment = dict(os.environ, PYTHONPATH=releases, HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
    command = [python, os.path.join(HERE, script), path]
    output = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def chains(releases, thrice=()):
    """Every release alone, every pair in order, and the given threes; what a chain starts from comes before it."""
    found = [*((release,) for release in releases), *combinations(releases, 2), *thrice]
    return sorted(found, key=lambda chain: (RELEASES.index(chain[-1]), len(chain)))


def write_start(folder, config, generation=None):
    os.makedirs(folder, exist_ok=True)
    for name, content in (("config.json", config), ("generation_config.json", generation)):
        if content is not None:
            with open(os.path.join(folder, name), "w") as file:
                json.dump(content, file)


def save_all(work, script, starts, all_chains, python=sys.executable):
    """Saves along every chain, one process a release; folders are named 4.49.0+4.57.6."""
    for release in dict.fromkeys(chain[-1] for chain in all_chains):
        jobs = [
            [os.path.join(work, start, "+".join(chain[:-1]) or "start"), os.path.join(work, start, "+".join(chain))]
            for start in starts
            for chain in all_chains
            if chain[-1] == release
        ]
        jobs = [job for job in jobs if not os.path.exists(os.path.join(job[1], "config.json"))]
        print(release, len(jobs), file=sys.stderr)
        failures = run(os.path.dirname(work), release, script, jobs, python) if jobs else []
        if failures:
            raise SystemExit(f"{release}: {failures}")


def read(folder, name, release):
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        return None
    with open(path) as file:
        content = json.load(file)
    # Every writer puts its own version there; left out so that equal contents are one.
    assert content.pop("transformers_version") == release, path
    # Some releases write where the config came from.
    for part in (content, content.get("text_config", {}), content.get("vision_config", {})):
        part.pop("_name_or_path", None)
    return content


def collect(work, starts, all_chains):
    """Per start: what the newest release reads from it, the distinct contents, which of them each chain gives, and
    from which of them the newest release reads something else."""
    result = {}
    for start in starts:
        folders = ["start", *("+".join(chain) for chain in all_chains)]
        jobs = [[os.path.join(work, start, folder), None] for folder in folders]
        seen, *others = run(os.path.dirname(work), RELEASES[-1], "save.py", jobs)
        contents, saved, misread = [], {}, []
        for chain, other in zip(all_chains, others, strict=True):
            folder = os.path.join(work, start, "+".join(chain))
            files = {
                name: read(folder, f"{name}.json", chain[-1]) for name in ("config", "generation_config")
            }
            files = {name: content for name, content in files.items() if content is not None}
            if files not in contents:
                contents.append(files)
            # A release's row: itself, then every later one that saved its file again, in the order of `releases`.
            row = chain[0] if len(chain) < 3 else "+".join(chain)
            saved.setdefault(row, []).append(contents.index(files))
            if other != seen:
                changed = {
                    name: value
                    for part in other
                    for name, value in other[part].items()
                    if value != seen[part][name]
                }
                misread.append({"chain": "+".join(chain), "changed": changed})
        with open(os.path.join(work, start, "start", "config.json")) as file:
            first = json.load(file)
        result[start] = {"first": first, "read": seen, "contents": contents, "saved": saved, "misread": misread}
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work")
    parser.add_argument("--models")
    arguments = parser.parse_args()
    work = os.path.abspath(arguments.work)
    for release in RELEASES:
        install(work, release)

    configs = os.path.join(work, "configs")
    for start, config in STARTS.items():
        write_start(os.path.join(configs, start, "start"), config)
    config_chains = chains(RELEASES, THRICE)
    save_all(configs, "save.py", STARTS, config_chains)
    matrices = {"matrix": {"releases": RELEASES, "starts": collect(configs, STARTS, config_chains)}}

    golden = os.path.join(work, "golden")
    with open(os.path.join(HERE, "..", "goldens", "data", "checkpoints", GOLDEN, "config.json")) as file:
        write_start(os.path.join(golden, GOLDEN, "start"), json.load(file))
    golden_chains = sorted(GOLDEN_CHAINS, key=lambda chain: RELEASES.index(chain[-1]))
    save_all(golden, "save.py", [GOLDEN], golden_chains)
    golden_releases = list(dict.fromkeys(chain[-1] for chain in golden_chains))
    matrices["golden"] = {"releases": golden_releases, "starts": collect(golden, [GOLDEN], golden_chains)}

    if arguments.models:
        models = os.path.join(work, "models")
        for start in MODEL_STARTS:
            write_start(os.path.join(models, start, "start"), STARTS[start], GENERATION.get(start))
        model_chains = chains(MODEL_RELEASES)
        save_all(models, "save_model.py", MODEL_STARTS, model_chains, arguments.models)
        matrices["models"] = {"releases": MODEL_RELEASES, "starts": collect(models, MODEL_STARTS, model_chains)}

    for name, matrix in matrices.items():
        with open(os.path.join(HERE, "data", f"{name}.json"), "w") as file:
            json.dump(matrix, file, separators=(",", ":"))
            file.write("\n")


main()

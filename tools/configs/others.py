"""config.json of Qwen2-VL and Qwen3-VL goldens as releases save them: `others.py PYTHON …`, interpreters, oldest release first.

Each release saves the config, and what each earlier one saved; written to `data/others.json` by golden and chain of releases. A
release that does not know the architecture, or not the form of the file, saves nothing (4.x read no `rope_parameters`).
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
GOLDENS = HERE.parent / "goldens" / "data" / "checkpoints"
STARTS = {
    "qwen2-untied-bf16-old": "4", "qwen2-tied-f16": "5", "qwen3-untied-bf16": "4", "qwen3-tied-f16": "5",
}  # fmt: skip
"""The first major version that reads the golden's form."""


def release(python: str) -> str:
    code = "import transformers; print(transformers.__version__)"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.split()[-1]


def main() -> None:
    saved: dict[str, dict[str, dict]] = {name: {} for name in STARTS}
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        for python in sys.argv[1:]:
            version = release(python)
            jobs = []
            for name, first in STARTS.items():
                sources = [(version, GOLDENS / name)] if version >= first else []
                sources += [(f"{chain}+{version}", work / name / chain) for chain in saved[name]]
                jobs += [(name, chain, source) for chain, source in sources]
            (work / "jobs.json").write_text(json.dumps([[str(s), str(work / n / c)] for n, c, s in jobs]))
            subprocess.run([python, HERE / "save.py", work / "jobs.json"], check=True)
            for name, chain, _ in jobs:
                file = work / name / chain / "config.json"
                if file.exists():
                    saved[name][chain] = json.loads(file.read_text())
    text = json.dumps(saved, indent=1, sort_keys=True)
    (HERE / "data" / "others.json").write_text(text + "\n")


if __name__ == "__main__":
    main()

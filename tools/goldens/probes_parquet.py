"""Two problems as Hugging Face stores them: `pip install pyarrow`, then `python tools/goldens/probes_parquet.py`."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

TARGET = Path(__file__).parents[2] / "src/probes/data/testing/problems.parquet"

ROWS = {
    "id": ["a", "b"],
    "question": ["What is 17 × 4 + 16?", "How many?"],
    "answer": ["84", "7"],
    "level": pa.array([3, 1], pa.int64()),
    "choices": [None, ["7", "8"]],
    "image": pa.array([None, {"bytes": b"\1\2\3", "path": "b.png"}], pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
}  # fmt: skip


def main() -> None:
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(ROWS), TARGET, compression="snappy")


if __name__ == "__main__":
    main()

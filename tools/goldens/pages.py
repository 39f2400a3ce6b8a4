"""Parquet files of many small pages, for lists that are read page by page: rows that go on in the next page, nulls, lists of
records, dictionaries that are given up, several row groups. Beside each, what pyarrow reads of it.

    python tools/goldens/pages.py src/probes/data/testing/pages
"""

import json
import random
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("question", pa.string()),
        ("answer", pa.int64()),
        ("words", pa.list_(pa.string())),
        ("deep", pa.list_(pa.list_(pa.int32()))),
        ("images", pa.list_(pa.struct([("bytes", pa.binary()), ("path", pa.string())]))),
        ("meta", pa.struct([("source", pa.string()), ("tags", pa.list_(pa.string()))])),
        ("score", pa.float64()),
        ("flag", pa.bool_()),
    ]
)

FILES = {
    "v1": {"data_page_version": "1.0", "compression": "none", "use_dictionary": False},
    "v1-dictionary": {"data_page_version": "1.0", "compression": "snappy", "dictionary_pagesize_limit": 256},
    "v2": {"data_page_version": "2.0", "compression": "zstd", "use_dictionary": False},
    "v2-groups": {"data_page_version": "2.0", "compression": "gzip", "row_group_size": 37},
    "v1-groups": {"data_page_version": "1.0", "compression": "snappy", "row_group_size": 53},
}


def row(index: int, dice: random.Random) -> dict:
    def few(make, most):
        return [make(at) for at in range(dice.randrange(most))]

    return {
        "id": None if index % 17 == 3 else f"row {index}",
        "question": f"{index}: " + "why " * dice.randrange(40),
        "answer": index if index % 2 else 2**53 + index,
        "words": None if index % 11 == 5 else few(lambda at: None if at == 2 else f"w{at}", 60),
        "deep": few(lambda at: few(lambda each: each, 5), 4),
        "images": few(lambda at: {"bytes": bytes([at]) * dice.randrange(1, 50), "path": None}, 4),
        "meta": None if index % 7 == 2 else {"source": f"s{index % 3}", "tags": few(str, 3)},
        "score": None if index % 5 == 0 else index / 8,
        "flag": None if index % 9 == 0 else index % 2 == 0,
    }


def plain(value):
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    # No double holds it: a text, as the app has it.
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53 - 1:
        return str(value)
    return value


def main(folder: Path) -> None:
    dice = random.Random(13)
    table = pa.Table.from_pylist([row(index, dice) for index in range(150)], schema=SCHEMA)
    for name, options in FILES.items():
        pq.write_table(table, folder / f"{name}.parquet", data_page_size=64, write_batch_size=3, **options)
        read = pq.read_table(folder / f"{name}.parquet").to_pylist()
        assert read == table.to_pylist()
    rows = [plain(row) for row in table.to_pylist()]
    (folder / "rows.json").write_text(json.dumps(rows) + "\n")


main(Path(sys.argv[1]))

"""Lists of questions as those who keep them write them, and what they hold: read back by the library that is at home in each.

`pip install pyarrow==26.0.1 pandas==3.1.1 polars==2.1.0 duckdb==2.0.1 pillow==13.0.0`, then `python tools/goldens/lists.py`. The readers'
own rules are VLMEvalKit's (`ImageBaseDataset`, `ImageMCQDataset.build_prompt`), verl's and EasyR1's (text split at `<image>`).
"""

from __future__ import annotations

import ast
import base64
import csv
import hashlib
import io
import json
import math
import random
import re
import shutil
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image, ImageDraw

TARGET = Path(__file__).parents[2] / "src/probes/data/testing/lists"
CELL = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
CODECS = ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]


def png(number: int, side: int = 28) -> bytes:
    image = Image.new("RGB", (side, side), (40 * number % 256, 90, 200))
    ImageDraw.Draw(image).text((4, 4), str(number), fill=(255, 255, 255))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def noise(number: int) -> bytes:
    """A picture whose base64 is longer than a reader keeps in memory."""
    image = Image.frombytes("RGB", (64, 64), random.Random(number).randbytes(64 * 64 * 3))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def digest(picture: bytes) -> str:
    return hashlib.sha256(picture).hexdigest()


def row(id, question, answer, pictures=(), choices=None, around=None) -> dict:
    found = {"id": str(id), "question": question, "answer": answer, "pictures": [digest(picture) for picture in pictures]}
    return found | ({"choices": list(choices)} if choices is not None else {}) | ({"around": around} if around else {})


def split(text: str, pictures: list[bytes]) -> tuple[str, list[str] | None]:
    """verl: `re.split("(<image>|<video>)", content)`, each marker a picture."""
    around = text.split("<image>")
    if len(around) == 1:
        return text, None
    assert len(around) - 1 == len(pictures)
    return "".join(around), None if all(piece == "" for piece in around[:-1]) else around


def plain_parquet() -> dict:
    numbers = range(3, 9)
    table = pa.table(
        {
            "question": [f"A crate holds {n} jars and Ann adds {n}. How many jars?" for n in numbers],
            "answer": [f"There are {n}+{n}={2 * n}.\n#### {1000 * n:,}" for n in numbers],
        }
    )
    expected = {}
    for codec in CODECS:
        pq.write_table(table, TARGET / f"codec-{codec}.parquet", compression=codec)
        held = pq.read_table(TARGET / f"codec-{codec}.parquet").to_pylist()
        expected[f"codec-{codec}.parquet"] = [row(i, one["question"], str(1000 * (i + 3))) for i, one in enumerate(held)]
    frame = pl.DataFrame({"problem": ["α + 1?", "Wie groß?"], "answer": [2, 30_000_000_000]})
    frame.write_parquet(TARGET / "polars.parquet")
    held = pl.read_parquet(TARGET / "polars.parquet").to_dicts()
    expected["polars.parquet"] = [row(i, one["problem"], str(one["answer"])) for i, one in enumerate(held)]
    return expected


def long_numbers() -> dict:
    """Whole numbers beyond 2^53, which no double holds, and decimals, whose digits are counted in tens."""
    numbers = [2**53 + 1, -(2**60) - 1, 7]
    decimals = [Decimal("1.1"), Decimal("123456789012345678.25"), Decimal("-0.0000000003")]
    rows = [{"id": 2**63 - 3 + i, "question": f"q{i}", "answer": number} for i, number in enumerate(numbers)]
    columns = {name: [one[name] for one in rows] for name in rows[0]}
    pq.write_table(pa.table(columns), TARGET / "integers.parquet")
    pq.write_table(pa.table(columns | {"answer": pa.array(decimals, pa.decimal128(30, 10))}), TARGET / "decimals.parquet")
    pq.write_table(
        pa.table(columns | {"answer": pa.array([Decimal("1.1"), None, Decimal("-9.07")], pa.decimal128(18, 2)), "ground_truth": [None, "8", None]}),
        TARGET / "decimals-int64.parquet",
        store_decimal_as_integer=True,
    )
    lines = [json.dumps(rows[0]), json.dumps(rows[1] | {"note": 'say \\"12345678901234567890\\" \\\\'}), json.dumps(rows[2] | {"score": math.nan})]
    (TARGET / "integers.jsonl").write_text("\n".join(lines))
    (TARGET / "integers.json").write_text(json.dumps([json.loads(line) for line in lines], indent=1))
    expected = {}
    for name in ["integers.parquet", "decimals.parquet", "decimals-int64.parquet"]:
        held = pq.read_table(TARGET / name).to_pylist()
        golds = [one["ground_truth"] if one["answer"] is None else one["answer"] for one in held]
        texts = [f"{gold.normalize():f}" if isinstance(gold, Decimal) else str(gold) for gold in golds]
        expected[name] = [row(one["id"], one["question"], text) for one, text in zip(held, texts)]
    held = [json.loads(line) for line in (TARGET / "integers.jsonl").read_text().splitlines()]
    expected["integers.jsonl"] = [row(one["id"], one["question"], str(one["answer"])) for one in held]
    held = json.loads((TARGET / "integers.json").read_text())
    expected["integers.json"] = [row(one["id"], one["question"], str(one["answer"])) for one in held]
    return expected


def pictures_in_parquet() -> dict:
    expected = {}
    easy = [
        {"images": [png(0)], "problem": "<image>Find x.", "answer": "3"},
        {"images": [png(1), png(2)], "problem": "Is <image> left of\n<image>?", "answer": "\\sqrt{2}"},
        {"images": [], "problem": "What is 2 + 2?", "answer": "4"},
    ]
    table = pa.table(
        {
            "images": pa.array([[{"bytes": b, "path": None} for b in one["images"]] for one in easy], pa.list_(CELL)),
            "problem": [one["problem"] for one in easy],
            "answer": [one["answer"] for one in easy],
        }
    )
    pq.write_table(table, TARGET / "easyr1.parquet", compression="zstd", row_group_size=2)
    rows = []
    for i, one in enumerate(pq.read_table(TARGET / "easyr1.parquet").to_pylist()):
        held = [cell["bytes"] for cell in one["images"]]
        text, around = split(one["problem"], held)
        rows.append(row(i, text, one["answer"], held, around=around))
    expected["easyr1.parquet"] = rows

    verl = [
        {
            "data_source": "hiyouga/geometry3k",
            "prompt": [{"role": "user", "content": f"<image>Find y, {n}. Put the answer in \\boxed{{}}."}],
            "images": [{"bytes": png(n), "path": None}],
            "ability": "math",
            "reward_model": {"style": "rule", "ground_truth": f"{n}.5"},
            "extra_info": {"split": "test", "index": n, "answer": f"{n}.5", "question": "<image>Find y."},
        }
        for n in range(2)
    ]
    pd.DataFrame(verl).to_parquet(TARGET / "verl.parquet")
    held = pq.read_table(TARGET / "verl.parquet").to_pylist()
    expected["verl.parquet"] = [
        row(
            i,
            split(one["prompt"][0]["content"], [b""])[0],
            one["reward_model"]["ground_truth"],
            [one["images"][0]["bytes"]],
        )
        for i, one in enumerate(held)
    ]

    names = [f"image_{n}" for n in range(1, 8)]
    mmmu = [
        {"id": "validation_Art_1", "question": "Who made <image 2> after <image 1>?", "options": "['Ann', \"Bob's son\"]", "answer": "B", "image_1": png(5), "image_2": png(6)},
        {"id": "validation_Art_2", "question": "<image 1> What is this?", "options": "[]", "answer": "a crate", "image_1": png(7)},
    ]
    cells = {name: pa.array([{"bytes": one[name], "path": name + ".png"} if name in one else None for one in mmmu], CELL) for name in names}
    texts = {name: pa.array([one[name] for one in mmmu], pa.large_string()).dictionary_encode() for name in ["id", "question", "options", "answer"]}
    pq.write_table(pa.table(texts | cells), TARGET / "mmmu.parquet", compression="brotli")
    rows = []
    for one in pq.read_table(TARGET / "mmmu.parquet").to_pylist():
        order = [int(n) for n in re.findall(r"<image (\d)>", one["question"])]
        around = re.split(r"<image \d>", one["question"])
        rows.append(
            row(
                one["id"],
                "".join(around),
                one["answer"],
                [one[f"image_{n}"]["bytes"] for n in order],
                ast.literal_eval(one["options"]) or None,
                around if around[0] else None,
            )
        )
    expected["mmmu.parquet"] = rows

    path = TARGET / "duckdb.parquet"
    duckdb.sql(
        "COPY (SELECT * FROM (VALUES "
        "(1::BIGINT, ['images/0.png'], 'How many?', ['7', '8'], 0::HUGEINT % 2), (2, ['./images/1.png'], 'And here?', ['cat', 'dog'], 1)) "
        "AS t(id, images, question, choices, answer)) "
        f"TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
    )
    held = duckdb.sql(f"SELECT * FROM '{path}' ORDER BY id").fetchall()
    files = [png(0), png(1)]
    expected["duckdb.parquet"] = [
        row(id, question, choices[int(answer)], [files[int(images[0][-5])]], choices) for id, images, question, choices, answer in held
    ]
    return expected


def json_lists() -> dict:
    expected = {}
    frame = pd.DataFrame(
        {
            "question": ["<image>\nHow many?", 'NaN is "Infinity", -Infinity?', "1/0?"],
            "answer": [3.0, 4.5, 5.0],
            "level": [2.0, math.nan, math.inf],
            "images": [["images/0.png"], math.nan, math.nan],
            "choices": [math.nan, ["NaN", "-Infinity"], math.nan],
        }
    )
    records = frame.to_dict("records")
    (TARGET / "pandas.jsonl").write_text("".join(json.dumps(one) + "\r\n" for one in records), encoding="utf-8-sig")
    (TARGET / "array.json").write_text(json.dumps(records, indent=2))
    lines = (TARGET / "pandas.jsonl").read_text(encoding="utf-8-sig").splitlines()
    for name, held in (("pandas.jsonl", [json.loads(line) for line in lines]), ("array.json", json.loads((TARGET / "array.json").read_text()))):
        expected[name] = [
            row(
                i,
                one["question"].replace("<image>", ""),
                f"{one['answer']:g}",
                [png(0)] if isinstance(one["images"], list) else [],
                one["choices"] if isinstance(one["choices"], list) else None,
            )
            for i, one in enumerate(held)
        ]
    return expected


def mcq(frame: pd.DataFrame) -> list[dict]:
    """A table as VLMEvalKit reads it: `image` is base64, a list of such, or the index of the row that has it."""
    images = {str(one["index"]): one["image"] for one in frame.to_dict("records")}
    rows = []
    for one in frame.to_dict("records"):
        text = images[str(one["index"])]
        text = images[text] if len(text) <= 64 else text
        texts = ast.literal_eval(text) if text[0] == "[" else [text]
        options = [one[letter] for letter in "ABCD" if letter in one and not pd.isna(one[letter])]
        question = one["question"] if pd.isna(one.get("hint", math.nan)) else f"Hint: {one['hint']}\nQuestion: {one['question']}"
        rows.append(row(one["index"], question, one["answer"], [base64.b64decode(t) for t in texts], options or None))
    return rows


def tables() -> dict:
    text = lambda picture: base64.b64encode(picture).decode()
    frame = pd.DataFrame(
        {
            "index": [11, 12, 13, 14],
            "image": [text(noise(0)), "11", str([text(noise(1)), text(noise(2))]), text(png(3))],
            "question": ['Which is "left"?\nLook well.', "Which is right?", "Which\tdiffers?", "What is drawn?"],
            "hint": [None, "It is, say, round.", None, None],
            "A": ["the cat, or so", "a ball", "this", None],
            "B": ['a "dog"', "a box", "that", None],
            "C": [None, "a cup", None, None],
            "D": [None, None, None, None],
            "answer": ["B", "A", "A", "3"],
            "category": ["coarse perception"] * 4,
        }
    )
    frame.to_csv(TARGET / "vlmevalkit.tsv", sep="\t", index=False)
    held = pd.read_csv(TARGET / "vlmevalkit.tsv", sep="\t")
    expected = {"vlmevalkit.tsv": mcq(held)}

    local = pd.DataFrame(
        {"index": [1, 2], "image_path": ["0.png", "['0.png', '1.png']"], "question": ["One?", "Two?"], "answer": ["None", "NA"]}
    )
    local.to_csv(TARGET / "paths.csv", index=False, quoting=csv.QUOTE_ALL, lineterminator="\r\n", encoding="utf-8-sig")
    with open(TARGET / "paths.csv", encoding="utf-8-sig", newline="") as file:
        held = list(csv.DictReader(file))
    files = {"0.png": png(0), "1.png": png(1)}
    expected["paths.csv"] = [
        row(one["index"], one["question"], one["answer"], [files[name] for name in re.findall(r"\d\.png", one["image_path"])]) for one in held
    ]
    with open(TARGET / "semicolons.csv", "w", newline="") as file:
        csv.writer(file, delimiter=";").writerows([["id", "question", "answer"], ["a", "Wie viel;\nund warum?", "1,5"]])
    with open(TARGET / "semicolons.csv", newline="") as file:
        held = list(csv.DictReader(file, delimiter=";"))
    expected["semicolons.csv"] = [row(one["id"], one["question"], one["answer"]) for one in held]
    return expected


def single_precision() -> dict:
    """Answers of a column of float32, as pyarrow prints them: 0.1, where a double would hold 0.10000000149011612."""
    answers = pa.array([0.1, 2.5, 3.14159274, 1 / 3, 1234.5678, -0.7], pa.float32())
    ids, questions = [str(n) for n in range(len(answers))], [f"How long is {n}?" for n in range(len(answers))]
    pq.write_table(pa.table({"id": ids, "question": questions, "answer": answers}), TARGET / "singles.parquet")
    held = pq.read_table(TARGET / "singles.parquet")
    printed = held["answer"].cast(pa.string()).to_pylist()
    return {"singles.parquet": [row(*cells) for cells in zip(held["id"].to_pylist(), held["question"].to_pylist(), printed)]}


def main() -> None:
    shutil.rmtree(TARGET, ignore_errors=True)
    (TARGET / "images").mkdir(parents=True)
    for number in range(2):
        (TARGET / f"images/{number}.png").write_bytes(png(number))
    expected = plain_parquet() | long_numbers() | single_precision() | pictures_in_parquet() | json_lists() | tables()
    (TARGET / "expected.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

"""Three questions in the columns of MathVista's testmini: `pip install pyarrow`, then run this file."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

TARGET = Path(__file__).parents[3] / "src/evaluation/samples/testing/mathvista.parquet"

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000003000000020100000000b1fe1d3a"
    "0000000c49444154789c636060600000000400010f8a1ef10000000049454e44ae426082"
)
METADATA = pa.struct(
    [
        ("category", pa.string()),
        ("context", pa.string()),
        ("grade", pa.string()),
        ("img_height", pa.int64()),
        ("img_width", pa.int64()),
        ("language", pa.string()),
        ("skills", pa.list_(pa.string())),
        ("source", pa.string()),
        ("split", pa.string()),
        ("task", pa.string()),
    ]
)


def metadata(category: str, context: str, task: str) -> dict:
    return {
        "category": category,
        "context": context,
        "grade": "daily life",
        "img_height": 2,
        "img_width": 3,
        "language": "english",
        "skills": ["numeric commonsense"],
        "source": "made for a test",
        "split": "testmini",
        "task": task,
    }


ROWS = {
    "pid": ["1", "2", "3"],
    "question": ["How many birds are there?", "Find the side x.", "Which animal is it?"],
    "image": ["images/1.jpg", "images/2.jpg", "images/3.jpg"],
    "decoded_image": pa.array(
        [{"bytes": PNG, "path": "1.jpg"}, {"bytes": PNG, "path": "2.jpg"}, {"bytes": PNG, "path": None}],
        pa.struct([("bytes", pa.binary()), ("path", pa.string())]),
    ),
    "choices": pa.array([None, ["12", "13"], ["cat", "dog", "bird"]], pa.list_(pa.string())),
    "unit": pa.array([None, "cm", None], pa.string()),
    "precision": pa.array([1.0, None, None], pa.float64()),
    "answer": ["4", "13", "dog"],
    "question_type": ["free_form", "multi_choice", "multi_choice"],
    "answer_type": ["integer", "text", "text"],
    "metadata": pa.array(
        [
            metadata("general-vqa", "natural image", "visual question answering"),
            metadata("math-targeted-vqa", "geometry diagram", "geometry problem solving"),
            metadata("general-vqa", "natural image", "visual question answering"),
        ],
        METADATA,
    ),
    "query": ["Hint: … 1", "Hint: … 2", "Hint: … 3"],
}


def main() -> None:
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(ROWS), TARGET, compression="snappy")


if __name__ == "__main__":
    main()

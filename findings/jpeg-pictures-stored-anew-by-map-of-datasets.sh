#!/usr/bin/env bash
# A JPEG picture that `map` of datasets hands back unchanged is stored anew, with losses, each time.
#
# Versions: datasets 5.2.0, Pillow 13.0.0. A drawing of bars as JPEG of quality 95, stored as bytes in the dataset, as in a Parquet file of a hub.
# Expected: a picture that the function only looked at is stored as it came, as it is where the function touches other columns alone; or
#           without loss, as one of no format (after convert("RGB"), say) is: PNG.
# Happens:  what the function gets is decoded; handed back, it is encoded in the format that it was read from, with Pillow's defaults, quality 75
#           (first step of its table 8 in place of 2). Each such pass loses more. Nothing is said, the column's type is the same. Pictures that stand as
#           paths stay as they are, so the same preparation trains on other pixels by how its dataset was stored.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check datasets==5.2.0 pillow==13.0.0 numpy==2.4.6 2> /dev/null

cat > "$work/stored.py" <<'PY'
import io, sys
import numpy as np
from datasets import Dataset, Features, Image, Value
from PIL import Image as Pillow, ImageDraw

drawing = Pillow.new("RGB", (200, 150), "white")
draw = ImageDraw.Draw(drawing)
for n in range(8):
    draw.line([(20, 20 + 15 * n), (180, 20 + 15 * n)], fill=(220, 60, 60))
    draw.rectangle([20 + 20 * n, 140 - 12 * n, 32 + 20 * n, 140], fill=(30, 90, 200))
path = f"{sys.argv[1]}/drawing.jpg"
drawing.save(path, quality=95)
data = open(path, "rb").read()
features = Features(image=Image(), question=Value("string"))
as_bytes = Dataset.from_list([{"image": {"bytes": data, "path": None}, "question": "?"}], features=features)
as_path = Dataset.from_list([{"image": path, "question": "?"}], features=features)


def looked_at(row):
    width, _ = row["image"].size
    return {**row, "question": f"{width} wide"}


def report(what, dataset):
    stored = dataset[0]["image"]
    pixels = np.asarray(stored.convert("RGB"), int)
    step = stored.quantization[0][0] if stored.format == "JPEG" else "none"
    off = np.abs(pixels - np.asarray(Pillow.open(path), int)).max()
    print(f"{what}: {stored.format}, first step {step}, pixels {'as they were' if off == 0 else f'off by up to {off}'}")


report("stored", as_bytes)
report("another column", as_bytes.map(lambda row: {"question": "!"}))
report("handed back", as_bytes.map(looked_at))
report("handed back as RGB", as_bytes.map(lambda row: {"image": row["image"].convert("RGB")}))
again = as_bytes
for n in range(5):
    again = again.map(looked_at, load_from_cache_file=False)
report("handed back 5 times", again)
report("handed back, stored as path", as_path.map(looked_at))
PY
HF_HOME="$work/cache" "$work/venv/bin/python" "$work/stored.py" "$work" 2> /dev/null > "$work/seen"

cat "$work/seen"
# Seen:
#   as written below, line by line.
diff "$work/seen" - <<'SEEN'
stored: JPEG, first step 2, pixels as they were
another column: JPEG, first step 2, pixels as they were
handed back: JPEG, first step 8, pixels off by up to 56
handed back as RGB: PNG, first step none, pixels as they were
handed back 5 times: JPEG, first step 8, pixels off by up to 75
handed back, stored as path: JPEG, first step 2, pixels as they were
SEEN

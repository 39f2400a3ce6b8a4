#!/usr/bin/env bash
# Weights of 3, 5 and 6 bits that compressed-tensors 0.17 packed are other numbers to 0.20.
#
# Versions: compressed-tensors 0.17.1 (writes), 0.20.0 (reads), torch 2.13.0, transformers 5.24.0. One weight of 16 x 30, a scale a row.
# Expected: pack-quantized of one name and shape is one layout, or the newer release tells the two apart, or refuses.
# Happens:  0.17.1 puts as many whole codes into a word of 32 bits as fit (10 of 3 bits) and leaves the top bits idle; 0.20.0 reads one
#           stream of bits. Names, dtypes and shapes of the tensors are the same, decompress() does not ask which release
#           wrote them, and gives noise without a word. 4 bits fill a word either way.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
pip() { "$work/venv/bin/pip" install --quiet --disable-pip-version-check "$@" 2>/dev/null; }
pip torch==2.13.0 transformers==5.24.0 pydantic==2.14.4 loguru==0.7.3 psutil==7.2.2 numpy==2.2.6
for version in 0.17.1 0.20.0; do pip --no-deps --target "$work/$version" "compressed-tensors==$version"; done

cat > "$work/packed.py" <<'PY'
import sys, torch
from compressed_tensors import __version__
from compressed_tensors.compressors import PackedQuantizationCompressor as Packed
from compressed_tensors.quantization import QuantizationArgs, QuantizationScheme
from safetensors.torch import load_file, save_file

task, folder = sys.argv[1:]
torch.manual_seed(0)
weight = torch.randn(16, 30)
print(__version__, task)
for bits in (3, 4, 5, 6):
    args = QuantizationArgs(num_bits=bits, symmetric=True, strategy="channel")
    scheme = QuantizationScheme(targets=["Linear"], weights=args)
    scale = weight.abs().amax(1, keepdim=True) / (2 ** (bits - 1) - 1)
    file = f"{folder}/{bits}.safetensors"
    if task == "writes":
        save_file(Packed.compress({"weight": weight, "weight_scale": scale}, scheme), file)
    stored = load_file(file)
    words = stored["weight_packed"].shape[1]
    expected = Packed.compress({"weight": weight, "weight_scale": scale}, scheme)["weight_packed"].shape[1]
    read = Packed.decompress(stored, scheme)["weight"]
    error = ((read - weight).norm() / weight.norm()).item()
    print(f"  {bits} bits: {words} words a row, it would write {expected}; relative error {error:.2f}")
PY
for task in "0.17.1 writes" "0.20.0 reads"; do
  PYTHONPATH="$work/${task% *}" "$work/venv/bin/python" "$work/packed.py" "${task#* }" "$work" 2>/dev/null >> "$work/seen"
done

cat "$work/seen"
# Seen:
#   as written below, line by line.
diff "$work/seen" - <<'SEEN'
0.17.1 writes
  3 bits: 3 words a row, it would write 3; relative error 0.25
  4 bits: 4 words a row, it would write 4; relative error 0.10
  5 bits: 5 words a row, it would write 5; relative error 0.05
  6 bits: 6 words a row, it would write 6; relative error 0.02
0.20.0 reads
  3 bits: 3 words a row, it would write 3; relative error 1.80
  4 bits: 4 words a row, it would write 4; relative error 0.10
  5 bits: 5 words a row, it would write 5; relative error 1.65
  6 bits: 6 words a row, it would write 6; relative error 1.60
SEEN

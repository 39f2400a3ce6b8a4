#!/usr/bin/env bash
# bitsandbytes on a CPU with AVX-512 takes the wrong scale for 4-bit codes where blocks do not end with rows.
#
# Versions: bitsandbytes 0.50.2, torch 2.13.0 (CPU).
# Expected: dequantize_4bit gives what its own fallback in PyTorch gives: value n is its level times the largest magnitude of block n / 64.
# Happens:  where columns are a multiple of 16 and no multiple of the block size, the kernel for AVX-512 takes another block's:
#           relative errors of 0.22 to 0.28 in place of 0.09 on normal values, and without bound where rows differ in size. Columns that
#           are no multiple of 16 reach the fallback. On a CPU without AVX-512 nothing of it is seen.
set -euo pipefail

if ! grep -qw avx512f /proc/cpuinfo || ! grep -qw avx512_bf16 /proc/cpuinfo; then
  echo "not shown on this CPU: no AVX-512 with bfloat16, where it was seen"
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0 bitsandbytes==0.50.2 numpy==2.2.6 2>/dev/null

TORCHDYNAMO_DISABLE=1 "$work/venv/bin/python" - 2>/dev/null > "$work/seen" <<'PY'
import torch
import bitsandbytes.functional as bnb
from bitsandbytes.backends.default.ops import _dequantize_4bit_compute

torch.manual_seed(0)
for columns, block in ((128, 64), (32, 64), (96, 64), (48, 32), (40, 32)):
    weight = torch.randn(512, columns)
    codes, state = bnb.quantize_4bit(weight, blocksize=block, quant_type="nf4")
    kernel = bnb.dequantize_4bit(codes, state)
    levels = bnb.get_4bit_type("nf4", device="cpu")
    own = _dequantize_4bit_compute(codes.reshape(-1), state.absmax, levels, block, weight.shape, torch.float32)
    errors = [((read - weight).norm() / weight.norm()).item() for read in (kernel, own)]
    print(f"{columns} columns, blocks of {block}: kernel {errors[0]:.2f}, fallback {errors[1]:.2f}")
PY

cat "$work/seen"
# Seen:
#   as written below, line by line.
diff "$work/seen" - <<'SEEN'
128 columns, blocks of 64: kernel 0.09, fallback 0.09
32 columns, blocks of 64: kernel 0.22, fallback 0.09
96 columns, blocks of 64: kernel 0.24, fallback 0.09
48 columns, blocks of 32: kernel 0.28, fallback 0.09
40 columns, blocks of 32: kernel 0.09, fallback 0.09
SEEN

"""What the format's own reader says of files that come on stdin, each behind its length (u32, little-endian).

One line of JSON a file goes to stdout: null where it is refused, else its tensors [[name, dtype, shape, bytes], ...] by name.
The first line is the reader's version.
"""

import json
import struct
import sys

import safetensors


def verdict(file: bytes):
    try:
        tensors = safetensors.deserialize(file)
    except safetensors.SafetensorError:
        return None
    return sorted([name, view["dtype"], view["shape"], len(view["data"])] for name, view in tensors)


print(json.dumps(safetensors.__version__))
stream = sys.stdin.buffer
while prefix := stream.read(4):
    print(json.dumps(verdict(stream.read(struct.unpack("<I", prefix)[0]))))

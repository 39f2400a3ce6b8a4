#!/usr/bin/env bash
# A session of onnxruntime-web takes time by about the square of its graph's nodes, unless it is told to run them in parallel.
#
# Version:  onnxruntime-web 1.30.0, its WASM build, in Node.
# Expected: twice as many nodes take twice as long; executionMode says how nodes are run, and on one thread makes no difference.
# Happens:  in the default mode, sequential, onnxruntime plans ahead which tensors can share memory, and compares each with all that are free; where
#           shapes differ, or are not known, none fits, and all are compared. 2000 nodes take seconds. In the other mode there is no such plan, and a
#           session takes a tenth of a second; answers are the same, and nodes still run one after the other.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm init -y > /dev/null && npm install --silent onnxruntime-web@1.30.0 > /dev/null)

cat > "$work/made.mjs" <<'JS'
import * as ort from 'onnxruntime-web/wasm';

ort.env.wasm.numThreads = 1;

const varint = (value) => (value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))]);
/** A field of a protobuf message: an integer, a string or bytes. */
function field(number, value) {
  if (typeof value === 'number') return [...varint(number * 8), ...varint(value)];
  const bytes = typeof value === 'string' ? [...new TextEncoder().encode(value)] : value;
  return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
}

/** A model that appends its input [N] to itself again and again: each result has another length. */
function appends(nodes) {
  const float = (name) => [...field(1, name), ...field(2, field(1, [...field(1, 1), ...field(2, field(1, field(2, name)))]))];
  const axis = [...field(1, 'axis'), ...field(3, 0), ...field(20, 2)];
  const list = Array.from({ length: nodes }, (_, at) =>
    field(1, [...field(1, `x${at}`), ...field(1, 'x0'), ...field(2, `x${at + 1}`), ...field(4, 'Concat'), ...field(5, axis)]),
  );
  const graph = [...list.flat(), ...field(2, 'appends'), ...field(11, float('x0')), ...field(12, float(`x${nodes}`))];
  return Uint8Array.from([...field(1, 8), ...field(7, graph), ...field(8, field(2, 17))]);
}

/** Milliseconds that a session takes, the better of two; what it answers is checked. */
async function made(nodes, executionMode) {
  const model = appends(nodes);
  const times = [];
  for (let time = 0; time < 2; time++) {
    const begun = performance.now();
    const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'], executionMode });
    times.push(performance.now() - begun);
    const { [`x${nodes}`]: result } = await session.run({ x0: new ort.Tensor('float32', [1, 2], [2]) });
    if (result.dims[0] !== 2 * (nodes + 1) || result.data.at(-1) !== 2) throw new Error('a wrong answer');
    await session.release();
  }
  return Math.min(...times);
}

await made(500, 'sequential');
const seconds = {};
for (const executionMode of ['sequential', 'parallel'])
  for (const nodes of [1000, 2000]) seconds[`${executionMode} ${nodes}`] = await made(nodes, executionMode);
console.error(seconds);
const [few, many] = [seconds['sequential 1000'], seconds['sequential 2000']];
console.log(`sequential, twice the nodes: ${many / few > 2.6 ? 'far more' : 'no more'} than twice the time`);
console.log(`2000 nodes, sequential: ${many / seconds['parallel 2000'] > 5 ? 'more' : 'less'} than five times as long as parallel`);
JS
(cd "$work" && node made.mjs) > "$work/seen"

cat "$work/seen"
# Seen (milliseconds of 1000 and 2000 nodes: sequential 588 and 1887, parallel 67 and 59):
#   sequential, twice the nodes: far more than twice the time
#   2000 nodes, sequential: more than five times as long as parallel
diff "$work/seen" - <<'SEEN'
sequential, twice the nodes: far more than twice the time
2000 nodes, sequential: more than five times as long as parallel
SEEN

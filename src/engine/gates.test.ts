import { expect, it } from 'vitest';
import { gateFeeds } from './gates.ts';
import { wasmBackend } from './testing/golden-model.ts';

it('feeds each part its rows’ scales, and a broadcast one where a layer has none', () => {
  const feeds = gateFeeds(wasmBackend(), 4, 6, (layer, part) =>
    layer === 5 && part === 'mlp' ? Float32Array.of(1, 0, 0.5) : null,
  );
  const found = Object.entries(feeds).map(([name, tensor]) => [
    name,
    [...tensor.dims],
    [...(tensor.data as Float32Array)],
  ]);
  expect(found).toEqual([
    ['0.attention_gate', [1, 1, 1], [1]],
    ['0.mlp_gate', [1, 1, 1], [1]],
    ['1.attention_gate', [1, 1, 1], [1]],
    ['1.mlp_gate', [3, 1, 1], [1, 0, 0.5]],
  ]);
});

it('feeds nothing where no layer has an intervention: the graph without gates serves', () => {
  const backend = wasmBackend();
  expect(gateFeeds(backend, 0, 7, () => null)).toEqual({});
  expect(backend.heldBytes).toBe(0);
});

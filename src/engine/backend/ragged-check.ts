/** May the rows of one decode step stand at different positions? Kernels may read the first row's length for all. */
import type { Backend, Feeds, Tensor } from './backend.ts';
import { LAYER, randomLayer } from './random-layer.ts';
import { seededRandom } from '../../work/seeded-random.ts';

/** Positions behind each row: the longest neither first nor last. */
const LENGTHS = [9, 21, 14];
const ROOM = 24;
/** Float32 sums in another order agree to 1e-6; a wrong position is off by whole values. */
const TOLERANCE = 1e-3;

/** Whether a batch of rows with different pasts gives each what a batch of its own gives, on this device. */
export async function raggedRowsHold(backend: Backend): Promise<boolean> {
  const random = seededRandom(2);
  const uniform = (count: number): Float32Array => Float32Array.from({ length: count }, () => random() - 0.5);
  const { hiddenSize, kvHeads, headDim } = LAYER;
  const { compiled, weights } = await randomLayer(backend, 'f32', random);
  const rows = LENGTHS.map((length) => ({
    length,
    hidden: uniform(hiddenSize),
    key: uniform(kvHeads * ROOM * headDim),
    value: uniform(kvHeads * ROOM * headDim),
    angles: [uniform(headDim / 2), uniform(headDim / 2)] as const,
  }));
  const step = async (batch: typeof rows): Promise<Float32Array> => {
    const join = (part: (row: (typeof rows)[number]) => Float32Array, dims: readonly number[]): Tensor =>
      backend.upload('float32', dims, Float32Array.from(batch.flatMap((row) => [...part(row)])));
    const count = batch.length;
    const pastDims = [count, kvHeads, ROOM, headDim];
    const past = { key: join(({ key }) => key, pastDims), value: join(({ value }) => value, pastDims) };
    const own: Feeds = {
      hidden: join(({ hidden }) => hidden, [count, 1, hiddenSize]),
      positions: backend.upload('int64', [count, 1], BigInt64Array.from(batch.keys(), BigInt)),
      cos: join(({ angles: [cos] }) => cos, [count, headDim / 2]),
      sin: join(({ angles: [, sin] }) => sin, [count, headDim / 2]),
      seqlens: backend.upload(
        'int32',
        [count],
        Int32Array.from(batch, ({ length }) => length),
      ),
      '0.past_key': past.key,
      '0.past_value': past.value,
    };
    const longest = Math.max(...batch.map(({ length }) => length));
    const outputs = await backend.run(
      compiled,
      {
        ...weights,
        ...own,
        batch_shape: backend.host('int64', [3], BigInt64Array.of(BigInt(count), 1n, -1n)),
        total_length: backend.host('int32', [1], Int32Array.of(longest + 1)),
      },
      backend.sharedCache ? { into: { '0.present_key': past.key, '0.present_value': past.value } } : {},
    );
    const hidden = (await backend.read(outputs['hidden_out'] as Tensor)).slice();
    const kept = new Set(Object.values(own));
    for (const tensor of Object.values(outputs)) if (!kept.has(tensor)) backend.dispose(tensor);
    for (const tensor of kept) backend.dispose(tensor);
    return hidden;
  };
  const together = await step(rows);
  const alone: number[] = [];
  for (const row of rows) alone.push(...(await step([row])));
  for (const tensor of Object.values(weights)) backend.dispose(tensor);
  await backend.releaseGraph(compiled);
  const scale = Math.max(...alone.map(Math.abs));
  return alone.every((value, index) => Math.abs(value - (together[index] as number)) <= TOLERANCE * scale);
}

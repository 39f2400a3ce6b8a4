/** Swaps that only what comes after the image reads: the image's own states stay (docs/method.md §2.1). */
import type { Backend, Feeds, Tensor } from './backend/backend.ts';
import type { Overlay } from './swap.ts';

/** Of each slot the one that its states up to the image's end come from, or null where all are its own. */
export interface ReadApart {
  readonly unswapped: readonly (number | null)[];
  readonly overlays: readonly (Pick<Overlay, 'positions'> | null)[];
  /** Position of the outputs' first in the prompt. Left out: 0. */
  readonly offset?: number;
}

/**
 * What a swapped layer put out, `hidden_out [slots, length, hiddenSize]` and, where it is read, `0.attention [slots, heads, queries, sets]`, with
 * every position up to the last swapped one as in the slot without the swap: its queries did not read what is replaced. Takes the
 * place of those outputs, which are given back. The cache keeps the replaced entries.
 *
 * @param queries positions of the queries whose attention is read
 */
export async function unreadByImage(
  backend: Backend,
  outputs: Feeds,
  { unswapped, overlays, offset = 0 }: ReadApart,
  queries: readonly number[],
): Promise<Feeds> {
  const ends = overlays.map((overlay) => Math.max(...(overlay?.positions ?? [])) - offset);
  const slotAt = (slot: number, position: number): number =>
    position <= (ends[slot] as number) ? (unswapped[slot] ?? slot) : slot;
  const mixed: Feeds = { ...outputs };
  for (const [name, positionOf] of [
    ['hidden_out', (entry: number) => entry],
    ['0.attention', (entry: number) => queries[entry] as number],
  ] as const) {
    const tensor = outputs[name];
    if (!tensor) continue;
    mixed[name] = await fromSlots(backend, tensor, (slot, entry) => slotAt(slot, positionOf(entry)));
    backend.dispose(tensor);
  }
  return mixed;
}

/** `tensor [slots, …, entries, width]` with each entry of a slot from the slot that is named for it. */
async function fromSlots(
  backend: Backend,
  tensor: Tensor,
  slotOf: (slot: number, entry: number) => number,
): Promise<Tensor> {
  const [slots = 0, ...inner] = tensor.dims;
  const [entries, width] = inner.slice(-2) as [number, number];
  const groups = inner.slice(0, -2).reduce((product, size) => product * size, 1);
  const bytes = width * Float32Array.BYTES_PER_ELEMENT;
  const ranges: { from: number; to: number; bytes: number }[] = [];
  for (let index = 0; index < slots * groups * entries; index++) {
    const [slot, within] = [Math.floor(index / (groups * entries)), index % (groups * entries)];
    const from = (slotOf(slot, index % entries) * groups * entries + within) * bytes;
    const last = ranges.at(-1);
    // Neighbours that stay neighbours are one piece.
    if (last && last.from + last.bytes === from) last.bytes += bytes;
    else ranges.push({ from, to: index * bytes, bytes });
  }
  const made = await backend.zeros('float32', tensor.dims);
  backend.copy(tensor, made, ranges);
  return made;
}

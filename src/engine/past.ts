/** Reading the rest of a prompt: what stands before it is the same in all rows, and was read once. */
import type { Backend, CopyRange, Tensor } from './backend/backend.ts';
import type { KvEntry } from './kv-cache.ts';
import type { Past, PrefillOptions, Sequence } from './prefill.ts';
import type { RowSpec } from './protocol/intervention.ts';
import type { Overlay } from './swap.ts';
import { injecting, rowsOfSlots } from './rows.ts';
import { checkOverlay, resampleTokens } from './swap.ts';

/**
 * The first position that has to be computed for these rows, because a state there differs from what is known and is read on the way
 * to the answer; those before it are the plain run's in every row, but for keys and values that a swap replaces. Of the first `text` positions an
 * ablated row's own are known, too, and the plain run's where nothing differs. 0 where all have to be computed.
 *
 * A swap whose layers go on to the last, or that only the text reads, leaves the states of the image itself unread.
 */
export function firstComputed(
  rows: readonly RowSpec[],
  { length, imagePositions }: Pick<Sequence, 'length' | 'imagePositions'>,
  layers: number,
  text: number,
): number {
  const ablated = rows.some(ablates);
  const firsts = rows.map((row): number => {
    const { swap } = row;
    if (ablated && (swap?.positions ?? []).some((position) => position < text)) return 0;
    if (ablates(row)) return text;
    if (!swap) return length;
    const positions = swap.positions ?? imagePositions;
    const first = Math.min(...positions, length);
    if (injecting(row)) return first;
    if (swap.layers.length === 0) return length;
    if (swap.reads === 'text') return Math.max(-1, ...positions) + 1;
    return goesOn(swap.layers, layers) ? firstBeside(positions, first) : first;
  });
  const differs = Math.min(...firsts);
  const first = differs === length ? text : differs;
  // The last position is asked in every row. What is no position at all is refused where it is laid over.
  return Number.isInteger(first) && first > 0 && first < length ? first : 0;
}

/** Whether these are all layers from one of them on. */
function goesOn(swapped: readonly number[], layers: number): boolean {
  const lowest = Math.min(...swapped);
  return Math.max(...swapped) === layers - 1 && new Set(swapped).size === layers - lowest;
}

function firstBeside(positions: readonly number[], first: number): number {
  const swapped = new Set(positions);
  let position = first;
  while (swapped.has(position)) position++;
  return position;
}

export function ablates({ ablate = [] }: RowSpec): boolean {
  return ablate.length > 0;
}

/**
 * Positions that prompts of one template begin with, whatever is asked: those before the first image, or up to the first token that ends a message,
 * one of `ends`. 0 where there are none.
 */
export function templateLength(
  { ids, imagePositions }: Pick<Sequence, 'ids' | 'imagePositions'>,
  ends: readonly number[],
): number {
  if (imagePositions.length > 0) return Math.min(...imagePositions);
  const end = ids.findIndex((id) => ends.includes(id)) + 1;
  return end < ids.length ? end : 0;
}

/** The prompt up to `end`. */
export function beginning(sequence: Sequence, end: number): Sequence {
  const width = sequence.hidden.length / sequence.length;
  return {
    ...sequence,
    hidden: sequence.hidden.subarray(0, end * width),
    length: end,
    ids: sequence.ids.slice(0, end),
    injections: sequence.injections.map(({ layer, values }) => ({
      layer,
      values: values.subarray(0, end * width),
    })),
    rotary: cutRotary(sequence, 0, end),
    imagePositions: sequence.imagePositions.filter((position) => position < end),
  };
}

/** The prompt from `start` on; positions are still those of the whole prompt. */
export function rest(sequence: Sequence, start: number): Sequence {
  const width = sequence.hidden.length / sequence.length;
  return {
    ...sequence,
    offset: start,
    hidden: sequence.hidden.subarray(start * width),
    length: sequence.length - start,
    ids: sequence.ids.slice(start),
    injections: sequence.injections.map(({ layer, values }) => ({
      layer,
      values: values.subarray(start * width),
    })),
    rotary: cutRotary(sequence, start, sequence.length),
  };
}

function cutRotary({ rotary, length }: Sequence, start: number, end: number): Sequence['rotary'] {
  const width = rotary.cos.length / length;
  const cut = (values: Float32Array): Float32Array => values.subarray(start * width, end * width);
  return { cos: cut(rotary.cos), sin: cut(rotary.sin) };
}

/**
 * A beginning that all slots share, `[1, kvHeads, room, headDim]` a layer, but for what is swapped in it; `length` is that of the whole
 * prompt.
 */
export function sharedPast(
  backend: Backend,
  layers: readonly KvEntry[],
  length: number,
  cache?: PrefillOptions['cache'],
): Past {
  const room = layers[0]?.key.dims[2] ?? 0;
  return {
    ...keptIn(backend, room, cache),
    at: async (layer, slots, overlays) => {
      const entry = layers[layer] as KvEntry;
      const laid = overlays?.some((overlay) => overlay?.positions.some((position) => position < room));
      if (!laid) return { entry, made: false };
      const swapped = overlays as readonly (Overlay | null)[];
      const [, heads = 0, , width = 0] = entry.key.dims;
      for (const overlay of swapped) if (overlay) checkOverlay(overlay, layer, length, heads * width);
      return { entry: await layOver(backend, entry, layer, swapped.slice(0, slots)), made: true };
    },
  };
}

/** A beginning of which each slot has its own: of each layer `[kvHeads × room × headDim]` in host memory. */
export function slotsPast(
  backend: Backend,
  slots: readonly (readonly HostEntry[])[],
  [kvHeads, room, headDim]: readonly [kvHeads: number, room: number, headDim: number],
  cache?: PrefillOptions['cache'],
): Past {
  const upload = (part: keyof HostEntry, layer: number, active: number): Tensor => {
    const size = kvHeads * room * headDim;
    const values = new Float32Array(active * size);
    slots.slice(0, active).forEach((layers, slot) => values.set(layers[layer]?.[part] ?? [], slot * size));
    return backend.upload('float32', [active, kvHeads, room, headDim], values);
  };
  return {
    ...keptIn(backend, room, cache),
    at: (layer, active) =>
      Promise.resolve({
        entry: { key: upload('key', layer, active), value: upload('value', layer, active) },
        made: true,
      }),
  };
}

/** Keys and values of one layer in host memory. */
export interface HostEntry {
  readonly key: Float32Array;
  readonly value: Float32Array;
}

function keptIn(backend: Backend, room: number, cache: PrefillOptions['cache']): Omit<Past, 'at'> {
  return {
    filled: room,
    room,
    keep: async (layer, past, fresh, active) => {
      if (cache) {
        const { store, capacity } = cache;
        const rows = rowsOfSlots(cache.rows, active);
        await store.put(layer, past, rows, { at: 0, count: room, capacity });
        await store.put(layer, fresh, rows, { at: room, count: fresh.key.dims[2] as number, capacity });
      }
      for (const tensor of [fresh.key, fresh.value]) backend.dispose(tensor);
    },
  };
}

/** Copies of `entry` for each slot, with what is laid over it. */
async function layOver(
  backend: Backend,
  entry: KvEntry,
  layer: number,
  overlays: readonly (Overlay | null)[],
): Promise<KvEntry> {
  const lay = async (part: 'key' | 'value'): Promise<Tensor> => {
    const [, heads, room, width] = entry[part].dims as [number, number, number, number];
    const bytes = width * Float32Array.BYTES_PER_ELEMENT;
    const slotBytes = heads * room * bytes;
    const made = await backend.zeros('float32', [overlays.length, heads, room, width]);
    const whole = (slots: readonly number[]): CopyRange[] =>
      slots.map((slot) => ({ from: 0, to: slot * slotBytes, bytes: slotBytes }));
    backend.copy(entry[part], made, whole([...overlays.keys()].filter((slot) => !overlays[slot])));
    for (const [source, slots] of bySource(overlays)) {
      const positions = source.positions.filter((position) => position < room);
      const kvDim = heads * width;
      const captured = source.source[part === 'key' ? 'keys' : 'values'][layer] as Float32Array;
      const rows = resampleTokens(captured, kvDim, source.positions.length);
      const uploaded = backend.upload('float32', [rows.length / kvDim, kvDim], rows);
      const ranges = positions.flatMap((position, token) =>
        Array.from({ length: heads }, (_, head) => ({
          from: (token * heads + head) * bytes,
          to: (head * room + position) * bytes,
          bytes,
        })),
      );
      // Laid once, then copied to all slots that are swapped alike.
      const laid = await backend.zeros('float32', [1, heads, room, width]);
      backend.copy(entry[part], laid, whole([0]));
      backend.copy(uploaded, laid, ranges);
      backend.copy(laid, made, whole(slots));
      for (const tensor of [uploaded, laid]) backend.dispose(tensor);
    }
    return made;
  };
  const key = await lay('key');
  return { key, value: await lay('value') };
}

/** The slots that each overlay is laid over. */
function bySource(overlays: readonly (Overlay | null)[]): ReadonlyMap<Overlay, readonly number[]> {
  const groups = new Map<Overlay, number[]>();
  overlays.forEach((overlay, slot) => {
    if (!overlay) return;
    const same = [...groups.keys()].find(
      ({ source, positions }) => source === overlay.source && positions === overlay.positions,
    );
    const slots = same && groups.get(same);
    if (slots) slots.push(slot);
    else groups.set(overlay, [slot]);
  });
  return groups;
}

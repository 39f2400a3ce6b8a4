/** Layers that several subjects begin with: what one of them computes there of a prompt, the others go on from. */
import type { Backend, Tensor } from './backend/backend.ts';
import type { KvEntry } from './kv-cache.ts';
import type { HostEntry } from './past.ts';
import type { Sequence } from './prefill.ts';
import type { Resident, ResidentSubject } from './resident.ts';

/** Prompts as they stand before a layer. */
export interface ReadSoFar {
  readonly layer: number;
  /** `[prompts, length, hiddenSize]`. */
  readonly hidden: Tensor;
  /** Of each layer below: `[prompts, kvHeads, length, headDim]`. */
  readonly layers: readonly KvEntry[];
}

/** A prompt before a layer, in host memory. */
interface Stage {
  /** Of the layers below. */
  readonly donors: readonly Resident[];
  readonly hidden: Float32Array;
  /** Keys and values of layers from here on: those below are in the stage before it. */
  readonly from: number;
  readonly layers: readonly HostEntry[];
  readonly bytes: number;
  /** Subjects that have not gone on from it. */
  left: number;
}

interface HeldPrompt {
  readonly sequence: Sequence;
  stages: readonly Stage[];
}

/**
 * Held at most for the prompts of a request, by checkpoint that embeds them. Of the eight variants of docs/transfer.md, four that embed alike hold a prompt's
 * keys and values once over, and its hidden states four times: of sixteen prompts that is less than the batch of 104 rows that lanes are counted with.
 */
const HELD_BYTES = 64 * 2 ** 20;

/** Prompts that are being read by several subjects, before the layers at which these part. */
export class SharedLayers {
  readonly #backend: Backend;
  /** By the checkpoint that embeds them; it goes when that is unloaded. */
  readonly #held = new WeakMap<Resident, readonly HeldPrompt[]>();

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Gives up what is held of other prompts than these, which are asked now. */
  expect({ rest }: ResidentSubject, prompts: readonly Sequence[]): void {
    const held = this.#held.get(rest) ?? [];
    const asked = held.filter(({ sequence }) => prompts.some((prompt) => isSame(sequence, prompt)));
    this.#held.set(rest, asked);
  }

  /** The highest layer that all of these prompts are read up to as `subject` reads them; undefined where that is 0. Tensors are the caller's. */
  soFar(subject: ResidentSubject, prompts: readonly Sequence[]): ReadSoFar | undefined {
    const paths = prompts.map((prompt) => this.#pathOf(subject, prompt));
    for (const stage of new Set(paths.flat())) stage.left -= 1;
    for (const held of this.#held.get(subject.rest) ?? [])
      held.stages = held.stages.filter(({ left }) => left > 0);
    const common = paths.map((path) => path.slice(0, Math.min(...paths.map(({ length }) => length))));
    const [first] = common;
    const layer = first?.at(-1)?.donors.length;
    if (!first || layer === undefined) return undefined;
    const { hiddenSize, kvHeads, headDim } = subject.rest.config.text;
    const hidden = common.map((path) => (path.at(-1) as Stage).hidden);
    const length = (hidden[0] as Float32Array).length / hiddenSize;
    const upload = (parts: readonly Float32Array[], dims: readonly number[]): Tensor =>
      this.#backend.upload('float32', [parts.length, ...dims], joined(parts));
    const layers = common.map((path) => path.flatMap((stage) => stage.layers));
    const entry = (part: keyof HostEntry, at: number): Tensor =>
      upload(
        layers.map((own) => (own[at] as HostEntry)[part]),
        [kvHeads, length, headDim],
      );
    return {
      layer,
      hidden: upload(hidden, [length, hiddenSize]),
      layers: Array.from({ length: layer }, (_, at) => ({
        key: entry('key', at),
        value: entry('value', at),
      })),
    };
  }

  /**
   * Holds prompts for the subjects that go on from `layer` as well, where it is a seam, and where it fits.
   *
   * @param hidden `[prompts, length, hiddenSize]`, before the layer
   * @param layers of each layer below: `[prompts, kvHeads, length, headDim]`; all stay the caller's
   */
  async hold(
    subject: ResidentSubject,
    prompts: readonly Sequence[],
    { layer, hidden, layers }: ReadSoFar,
  ): Promise<void> {
    const at = (subject.seams ?? []).findIndex((seam) => seam.layer === layer);
    const seam = subject.seams?.[at];
    if (!seam) return;
    const from = subject.seams?.[at - 1]?.layer ?? 0;
    const states = slices(await this.#backend.read(hidden), prompts.length);
    const entries = await Promise.all(
      layers.slice(from).map(async ({ key, value }) => ({
        key: slices(await this.#backend.read(key), prompts.length),
        value: slices(await this.#backend.read(value), prompts.length),
      })),
    );
    const stages = prompts.map((_, slot): Stage => {
      const own = entries.map(({ key, value }) => ({
        key: key[slot] as Float32Array,
        value: value[slot] as Float32Array,
      }));
      const arrays = [states[slot] as Float32Array, ...own.flatMap(({ key, value }) => [key, value])];
      return {
        ...{ donors: subject.layers.slice(0, layer), from, layers: own },
        hidden: states[slot] as Float32Array,
        bytes: bytesOf(arrays),
        left: seam.subjects - 1,
      };
    });
    const held = [...(this.#held.get(subject.rest) ?? [])];
    const places = prompts.map((sequence) => {
      const known = held.find((one) => isSame(one.sequence, sequence));
      return known ?? { sequence, stages: [] };
    });
    // Of what was held before it was let go, no part is held again.
    if (places.some((place) => this.#path(subject, place).length !== at)) return;
    const more = places.filter((place) => !held.includes(place));
    const now = [...held, ...more].map(({ sequence, stages: own }) => bytesOf(arraysOf(sequence)) + sum(own));
    if (now.reduce((total, bytes) => total + bytes, sum(stages)) > HELD_BYTES) return;
    places.forEach((place, slot) => (place.stages = [...place.stages, stages[slot] as Stage]));
    this.#held.set(subject.rest, [...held, ...more]);
  }

  #pathOf(subject: ResidentSubject, prompt: Sequence): readonly Stage[] {
    const held = this.#held.get(subject.rest)?.find(({ sequence }) => isSame(sequence, prompt));
    return held ? this.#path(subject, held) : [];
  }

  /** What is held of a prompt at the subject's seams, from the lowest on. */
  #path(subject: ResidentSubject, { stages }: HeldPrompt): readonly Stage[] {
    const path: Stage[] = [];
    for (const { layer } of subject.seams ?? []) {
      const stage = stages.find(
        ({ donors, from }) =>
          from === (path.at(-1)?.donors.length ?? 0) &&
          donors.length === layer &&
          donors.every((donor, index) => donor === subject.layers[index]),
      );
      if (!stage) break;
      path.push(stage);
    }
    return path;
  }
}

/** Whether two prompts are the same: tokens, positions and what is embedded. */
function isSame(one: Sequence, other: Sequence): boolean {
  if (one === other) return true;
  if (one.length !== other.length || !one.ids.every((id, at) => id === other.ids[at])) return false;
  const [own, others] = [arraysOf(one), arraysOf(other)];
  const layersOf = ({ injections }: Sequence): string => injections.map(({ layer }) => layer).join();
  return (
    layersOf(one) === layersOf(other) &&
    own.every((values, index) => {
      const compared = others[index] as Float32Array;
      return values.length === compared.length && values.every((value, at) => value === compared[at]);
    })
  );
}

function arraysOf({ hidden, rotary, injections }: Sequence): readonly Float32Array[] {
  return [hidden, rotary.cos, rotary.sin, ...injections.map(({ values }) => values)];
}

function bytesOf(arrays: readonly Float32Array[]): number {
  return arrays.reduce((total, { byteLength }) => total + byteLength, 0);
}

function sum(stages: readonly Stage[]): number {
  return stages.reduce((total, { bytes }) => total + bytes, 0);
}

/** Equal parts of `values`, one after the other, without a copy. */
function slices(values: Float32Array, count: number): readonly Float32Array[] {
  const size = values.length / count;
  return Array.from({ length: count }, (_, at) => values.subarray(at * size, (at + 1) * size));
}

function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0] as Float32Array;
  const all = new Float32Array(parts.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

import { rowOfIndex, type LayerIndex } from '../../layer-index.ts';
import type { OpenedCheckpoint } from '../../engine/protocol/checkpoint.ts';
import type { RowSpec } from '../../engine/protocol/intervention.ts';
import type { ModelId, Subject } from '../../engine/subject.ts';
import type { Look, StripEditor } from '../layer-strip/look.ts';
import type { Family } from './family.svelte.ts';
import type { LoadedSlot } from './slot.svelte.ts';
import { t } from './texts.ts';

/** Shapes that must agree before one model can take a layer from another; names the first that does not. */
function donorMismatch(to: OpenedCheckpoint, from: OpenedCheckpoint): string | null {
  for (const key of ['layers', 'hiddenSize', 'intermediateSize', 'heads', 'kvHeads'] as const) {
    if (to[key] !== from[key]) return t.mismatch[key](from[key], to[key]);
  }
  return null;
}

const look = ({ identity }: LoadedSlot): Look => ({ name: identity.label, colour: identity.colour });

/** What a person has chosen to run. */
interface StitchState {
  readonly off: ReadonlySet<LayerIndex>;
  readonly model: ModelId | null;
  readonly handed: ReadonlyMap<number, ModelId>;
}

/** What is run in Try it: a model, with layers switched off or handed to other loaded models. */
export class Stitch implements StripEditor {
  readonly press = 'switch';
  /** LLM layers (1…L) that contribute nothing. */
  off = $state.raw<ReadonlySet<LayerIndex>>(new Set());
  /** The donor that dragging hands layers to; the first other model until chosen. */
  #brush = $state<ModelId | null>(null);
  #model = $state<ModelId | null>(null);
  #handed = $state.raw<ReadonlyMap<number, ModelId>>(new Map());
  readonly #family: Family;

  constructor(family: Family) {
    this.#family = family;
  }

  /** The model whose vision tower, projector, embeddings and head are used, and all layers not handed over. */
  get model(): LoadedSlot | null {
    const { loaded } = this.#family;
    return loaded.find(({ checkpoint }) => checkpoint.id === this.#model) ?? loaded[0] ?? null;
  }

  /** Other loaded models that fit, in slot order. */
  get donors(): LoadedSlot[] {
    const { model } = this;
    if (!model) return [];
    return this.#family.loaded.filter((other) => other !== model && this.#fits(model, other));
  }

  /** Loaded models that cannot give layers to this one, with the reason. */
  get incompatible(): { slot: LoadedSlot; reason: string }[] {
    const { model } = this;
    if (!model) return [];
    return this.#family.loaded.flatMap((slot) => {
      const reason = donorMismatch(model.checkpoint, slot.checkpoint);
      if (reason) return [{ slot, reason }];
      if (slot.model.device !== model.model.device)
        return [{ slot, reason: t.mismatch.device(slot.model.device) }];
      return [];
    });
  }

  get brush(): LoadedSlot | null {
    return this.donors.find(({ checkpoint }) => checkpoint.id === this.#brush) ?? this.donors[0] ?? null;
  }

  set brush(slot: LoadedSlot | null) {
    this.#brush = slot?.checkpoint.id ?? null;
  }

  /** Donor of each LLM layer. A donor that was unloaded gives its layers back. */
  get layers(): LoadedSlot[] {
    const { model, donors } = this;
    if (!model) return [];
    return Array.from({ length: model.checkpoint.layers }, (_, i) => {
      const handed = this.#handed.get(i + 1);
      return donors.find(({ checkpoint }) => checkpoint.id === handed) ?? model;
    });
  }

  get looks(): Look[] {
    return this.layers.map(look);
  }

  get rest(): Look | null {
    return this.model ? look(this.model) : null;
  }

  get stitched(): boolean {
    return this.layers.some((layer) => layer !== this.model);
  }

  get edited(): boolean {
    return this.stitched || this.off.size > 0;
  }

  /** What the engine runs for the edited answer. */
  get subject(): Subject | null {
    const { model } = this;
    return model
      ? { layers: this.layers.map(({ checkpoint }) => checkpoint.id), rest: model.checkpoint.id }
      : null;
  }

  /** The switched-off layers as one counterfactual row. */
  get row(): RowSpec {
    return {
      ablate: [...this.off]
        .sort((a, b) => a - b)
        .map((layer) => ({ layer: rowOfIndex(layer), part: 'layer' })),
    };
  }

  /** Equal when the same thing would be run. */
  get signature(): string {
    return JSON.stringify([this.subject, this.row]);
  }

  use(slot: LoadedSlot): void {
    const before = this.model;
    this.#model = slot.checkpoint.id;
    this.#handed = new Map();
    if (before && before.checkpoint.layers !== slot.checkpoint.layers) this.off = new Set();
  }

  /** Takes over a whole stitch; false when one of its donors is not loaded, or does not fit. */
  take({ layers, rest }: Subject): boolean {
    const model = this.#family.loaded.find(({ checkpoint }) => checkpoint.id === rest);
    if (!model) return false;
    this.use(model);
    const givers = new Set([model, ...this.donors].map(({ checkpoint }) => checkpoint.id));
    if (!layers.every((id) => givers.has(id))) return false;
    this.#handed = new Map(layers.map((id, i) => [i + 1, id] as const).filter(([, id]) => id !== rest));
    this.off = new Set();
    return true;
  }

  /** Switches layers off; on again when all of them are off already. */
  toggle(layers: readonly number[]): void {
    const next = new Set(this.off);
    const on = layers.every((layer) => next.has(layer));
    for (const layer of layers) {
      if (on) next.delete(layer);
      else next.add(layer);
    }
    this.off = next;
  }

  hand(layers: readonly number[], key: string | null): boolean {
    const { model } = this;
    const to =
      key === null
        ? this.brush
        : ([model, ...this.donors].find((slot) => slot?.identity.key === key) ?? null);
    if (!to || !model) return false;
    const next = new Map(this.#handed);
    for (const layer of layers) {
      if (to === model) next.delete(layer);
      else next.set(layer, to.checkpoint.id);
    }
    this.#handed = next;
    return true;
  }

  reset(): void {
    this.off = new Set();
    this.#handed = new Map();
  }

  /** What is run, to be run again later. */
  get state(): StitchState {
    return { off: this.off, model: this.#model, handed: this.#handed };
  }

  restore({ off, model, handed }: StitchState): void {
    this.off = off;
    this.#model = model;
    this.#handed = handed;
  }

  #fits(model: LoadedSlot, other: LoadedSlot): boolean {
    return (
      donorMismatch(model.checkpoint, other.checkpoint) === null && model.model.device === other.model.device
    );
  }
}

import type { NamedError } from '../../named-error.ts';
import type { OpenedCheckpoint } from '../../engine/protocol/checkpoint.ts';
import type { LoadedModel, LoadProgress, MemoryEstimate } from '../../engine/protocol/loading.ts';
import type { Folder } from '../files/folder.ts';
import { hasRole, identityAt, type Identity } from '../theme/identity.ts';

/** Where a slot is on its way from empty to loaded. */
type SlotState =
  | { readonly kind: 'empty' }
  | {
      readonly kind: 'reading';
      readonly folder: string;
      readonly files: number;
      /** Gives the opening up, whatever the engine does. */
      readonly cancel: () => void;
    }
  | { readonly kind: 'wrong'; readonly folder: string; readonly error: NamedError }
  | {
      readonly kind: 'found';
      readonly checkpoint: OpenedCheckpoint;
      /** Why the last load did not come through. */
      readonly error: NamedError | null;
    }
  | {
      readonly kind: 'loading';
      readonly checkpoint: OpenedCheckpoint;
      readonly progress: LoadProgress | null;
      readonly cancelling: boolean;
    }
  | {
      readonly kind: 'loaded';
      readonly checkpoint: OpenedCheckpoint;
      readonly model: LoadedModel;
      readonly error: NamedError | null;
    };

type EstimateState =
  | { readonly kind: 'none' }
  | { readonly kind: 'known'; readonly estimate: MemoryEstimate }
  | { readonly kind: 'wrong'; readonly error: NamedError };

export interface PlacedAdapter {
  readonly folder: Folder;
  readonly base: Slot;
}

/** A place for one checkpoint of the family. */
export class Slot {
  /** Base, IN and RL are roles and stay what they are; a further checkpoint takes a name. */
  readonly nameable: boolean;
  identity: Identity = $state.raw(identityAt(0));
  /** What was last opened here; work that reads weights itself reads its files. */
  folder: Folder | null = null;
  /** Where `folder` is an adapter on a base: the adapter as it was given, and what it was put on. */
  adapter = $state.raw<PlacedAdapter | null>(null);
  state = $state.raw<SlotState>({ kind: 'empty' });
  estimate = $state.raw<EstimateState>({ kind: 'none' });

  readonly #place: Identity;

  constructor(position: number) {
    this.#place = identityAt(position);
    this.identity = this.#place;
    this.nameable = !hasRole(position);
  }

  /** Called by its place in the row again, as before anything was opened here. */
  get placeLabel(): string {
    return this.#place.label;
  }

  call(label: string): void {
    this.identity = { ...this.#place, label };
  }

  get checkpoint(): OpenedCheckpoint | null {
    return 'checkpoint' in this.state ? this.state.checkpoint : null;
  }
}

/** A slot whose model is resident. */
export interface LoadedSlot {
  readonly identity: Identity;
  readonly checkpoint: OpenedCheckpoint;
  readonly model: LoadedModel;
}

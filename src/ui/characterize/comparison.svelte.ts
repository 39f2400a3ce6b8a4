import { ROLE_LABELS, ROLES, type Role } from '../../roles.mjs';
import type { DeltaSpec } from '../../spectra/deltas/delta-spec.ts';
import type { CheckpointSet } from '../../spectra/deltas/pairing.ts';
import { roleNames } from '../../spectra/deltas/roles.ts';
import { withoutRepeatedHead } from '../../vlm/stored-head.ts';
import { markerAt, type MarkerShape } from '../charts/marks/markers.ts';
import type { ReadFolders } from '../state/read-folders.ts';
import type { Slot } from '../state/slot.svelte.ts';
import type { ComparedMerge } from './merges.svelte.ts';
import type { Shown } from '../../study/shown/comparison.ts';

/** An update as charts show it: in the colour and under the label of the checkpoint it leads to, with a marker of its own. */
export interface ShownDelta extends Pick<DeltaSpec, 'key' | 'to' | 'from'> {
  readonly label: string;
  readonly colour: string;
  readonly marker: MarkerShape;
  /** What is subtracted from what: "RL − IN". */
  readonly formula: string;
  /** The checkpoints that it lies between, as they are called. */
  readonly between: readonly string[];
}

/** The opened slots, and merges of them, as checkpoints that can be read tensor by tensor. Nothing is loaded for it. */
export class Comparison {
  readonly #folders: ReadFolders;

  constructor(folders: ReadFolders) {
    this.#folders = folders;
  }

  /** Checkpoints by their names in results, merges last. @throws NamedError those of `ReadFolders` */
  async checkpoints(
    slots: readonly Slot[],
    merges: readonly ComparedMerge[],
  ): Promise<{ set: CheckpointSet; identities: ReadonlyMap<string, Shown> }> {
    const opened = await Promise.all(
      slots.map(async (slot) => {
        if (!slot.checkpoint) return [];
        const { checkpoint } = await this.#folders.model(slot.checkpoint);
        return [{ checkpoint: withoutRepeatedHead(checkpoint), shown: slot.identity }];
      }),
    );
    const [family, all] = [opened.flat(), [...opened.flat(), ...merges]];
    const of = (role: Role) => family.find(({ shown }) => shown.label === ROLE_LABELS[role])?.checkpoint;
    const [base, before, rl] = ROLES.map(of);
    const set = roleNames({
      ...{ base, in: before, rl },
      others: all.flatMap(({ checkpoint }) => ([base, before, rl].includes(checkpoint) ? [] : [checkpoint])),
    });
    const identities = [...set].flatMap(([role, checkpoint]) => {
      const found = all.find((one) => one.checkpoint === checkpoint);
      return found ? [[role, found.shown] as const] : [];
    });
    return { set, identities: new Map(identities) };
  }
}

/** How a checkpoint is called, by its name in results. */
export function labelOf(identities: ReadonlyMap<string, Shown>, role: string): string {
  return identities.get(role)?.label ?? role;
}

/** How the updates of a study are shown. */
export function shownDeltas(
  deltas: readonly DeltaSpec[],
  identities: ReadonlyMap<string, Shown>,
): readonly ShownDelta[] {
  const label = (role: string): string => labelOf(identities, role);
  return deltas.map(({ key, to, from }, index) => ({
    ...{ key, to, from },
    label: label(to),
    colour: identities.get(to)?.colour ?? 'var(--ink)',
    marker: markerAt(index),
    formula: `${label(to)} − ${label(from)}`,
    between: [label(from), label(to)],
  }));
}

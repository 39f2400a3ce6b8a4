/**
 * Counterfactual rows. All rows of a batch share the prompt; a row equals the plain run until its first
 * intervention. So during prefill only the *trunk* (the plain run) and the rows already intervened on are
 * computed; the others are copied from the trunk when they join.
 */
import { NamedError } from '../named-error.ts';
import type { RowSource } from './kv-cache.ts';
import type { Ablation, RowSpec, SwapSpec } from './protocol/intervention.ts';

/** What changes the features injected after a layer: a swap, or an ablation that takes them away with the layer. */
export type InjectionChange = SwapSpec | Ablation;

export interface RowPlan {
  /** Slots of the prefill batch: slot 0 is the trunk (or the only row). */
  readonly slots: number;
  /** Slot whose result row `r` takes. */
  readonly slotOf: readonly number[];
  /** What each slot leaves out. */
  readonly ablations: readonly (readonly Ablation[])[];
  /** Slots computed at layer `l`: 0 … `active(l) − 1`. Never falls with `l`. */
  active(layer: number): number;
  /** Scale of what `part` of a layer adds, per slot (prefill); null when every slot keeps it whole. */
  slotGate(layer: number, part: 'attention' | 'mlp'): Float32Array | null;
  /** The same per row (decode). */
  rowGate(layer: number, part: 'attention' | 'mlp'): Float32Array | null;
  /** Swaps per slot at a layer; null when no slot is swapped there. */
  slotSwaps(layer: number): readonly (SwapSpec | null)[] | null;
  /**
   * Per slot of a swap at this layer that only what comes after the image reads, the slot that is read the same but for the swap: it has the states
   * of all positions up to the image's end. null when no slot has such a swap there.
   */
  slotUnswapped(layer: number): readonly (number | null)[] | null;
  /** Per slot what changes the features injected after a layer: swaps, whichever layers they swap; null when every slot keeps its own. */
  slotInjections(layer: number): readonly (InjectionChange | null)[] | null;
}

/**
 * Plans a batch. `layers` is the number of LLM layers.
 *
 * @throws NamedError `UnknownLayer` for a layer outside the model.
 */
export function planRows(rows: readonly RowSpec[], layers: number): RowPlan {
  for (const row of rows) checkLayers(touched(row), layers, 'layer');
  const apart = rows.filter((row) => row.swap?.reads === 'text');
  const unswapped = new Map(apart.map((row) => [unswappedKey(row), unswappedRow(row)]));
  const planned = [...rows, ...unswapped.values()];
  const first = planned.map((row) => Math.min(layers, ...touched(row)));
  const alone = rows.length === 1 && apart.length === 0;
  const joining = planned.map((_, row) => row).filter((row) => !alone && (first[row] as number) < layers);
  joining.sort((a, b) => (first[a] as number) - (first[b] as number) || a - b);
  const slotOf = planned.map(() => 0);
  joining.forEach((row, index) => (slotOf[row] = index + 1));
  const inSlot: readonly (RowSpec | null)[] = [
    alone ? (rows[0] as RowSpec) : null,
    ...joining.map((row) => planned[row] as RowSpec),
  ];
  const gateOf = (list: readonly (RowSpec | null)[], layer: number, part: 'attention' | 'mlp') => {
    const scales = Float32Array.from(list, (row) => (ablates(row, layer, part) ? 0 : 1));
    return scales.every((scale) => scale === 1) ? null : scales;
  };
  const active = (layer: number): number =>
    1 + joining.filter((row) => (first[row] as number) <= layer).length;
  const each = <Change>(layer: number, of: (row: RowSpec | null) => Change | null) => {
    const changes = inSlot.slice(0, active(layer)).map(of);
    return changes.some((change) => change !== null) ? changes : null;
  };
  const unswappedSlot = (row: RowSpec, layer: number): number => {
    const slot = slotOf[rows.length + [...unswapped.keys()].indexOf(unswappedKey(row))] as number;
    return slot < active(layer) ? slot : 0;
  };
  return {
    slots: inSlot.length,
    slotOf: slotOf.slice(0, rows.length),
    ablations: inSlot.map((row) => row?.ablate ?? []),
    active,
    slotGate: (layer, part) => gateOf(inSlot.slice(0, active(layer)), layer, part),
    rowGate: (layer, part) => gateOf(rows, layer, part),
    slotSwaps: (layer) => each(layer, (row) => swapAt(row, layer)),
    slotUnswapped: (layer) =>
      each(layer, (row) => (row && swapAt(row, layer)?.reads === 'text' ? unswappedSlot(row, layer) : null)),
    slotInjections: (layer) => each(layer, (row) => removing(row, layer) ?? injecting(row)),
  };
}

/** Where each row's keys and values are while slots 0 … `active − 1` are computed: a slot that has not joined yet is still the trunk. */
export function rowsOfSlots(rows: readonly RowSource[], active: number): readonly RowSource[] {
  return rows.map(({ slot, row }) => ({ slot: slot < active ? slot : 0, row }));
}

/** The row without what it swaps; what it ablates and changes of injected features stays. */
function unswappedRow(row: RowSpec): RowSpec {
  return row.swap ? { ...row, swap: { ...row.swap, layers: [] } } : row;
}

/** The same of rows whose unswapped ones are computed alike. */
function unswappedKey(row: RowSpec): string {
  return JSON.stringify([row.ablate ?? [], injecting(row) && unswappedRow(row).swap]);
}

function touched(row: RowSpec): readonly number[] {
  const ablated = (row.ablate ?? []).map(({ layer }) => layer);
  // Something may be injected after layer 0 already.
  return [...ablated, ...(row.swap?.layers ?? []), ...(injecting(row) ? [0] : [])];
}

/** The row's swap, where it changes what is injected. */
export function injecting(row: RowSpec | null): SwapSpec | null {
  const swap = row?.swap;
  return swap?.injection === 'source' || swap?.injection === 'removed' ? swap : null;
}

/** The row's ablation of a layer, where it takes away what is injected after it. */
function removing(row: RowSpec | null, layer: number): Ablation | null {
  return row?.ablate?.find((item) => item.layer === layer && item.injection === 'removed') ?? null;
}

function ablates(row: RowSpec | null, layer: number, part: 'attention' | 'mlp'): boolean {
  return (row?.ablate ?? []).some(
    (item) => item.layer === layer && (item.part === 'layer' || item.part === part),
  );
}

function swapAt(row: RowSpec | null, layer: number): SwapSpec | null {
  return row?.swap?.layers.includes(layer) ? row.swap : null;
}

/** @throws NamedError `UnknownLayer` for one that the model does not have; `field` asked for it. */
export function checkLayers(asked: readonly number[], layers: number, field: string): void {
  const wrong = asked.find((layer) => !(Number.isInteger(layer) && layer >= 0 && layer < layers));
  if (wrong === undefined) return;
  throw new NamedError(
    'UnknownLayer',
    `layer ${wrong} was asked for, the model has layers 0 to ${layers - 1}`,
    { field },
    'name LLM layers of this model, counted from 0',
  );
}

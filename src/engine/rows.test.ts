import { describe, expect, it } from 'vitest';
import type { Injection, RowSpec } from './protocol/intervention.ts';
import type { RowPlan } from './rows.ts';
import { planRows } from './rows.ts';

const ablate = (layer: number, part: 'layer' | 'attention' | 'mlp' = 'layer'): RowSpec => ({
  ablate: [{ layer, part }],
});
const LAYERS = 6;
const layers = Array.from({ length: LAYERS }, (_, layer) => layer);

/** The sources swapped in at a layer, per slot. */
const sources = (plan: RowPlan, layer: number) =>
  plan.slotSwaps(layer)?.map((swap) => swap?.source ?? null) ?? null;

describe('planning rows', () => {
  it('gives a single row the only slot, interventions and all', () => {
    const plan = planRows([{ ...ablate(3), swap: { source: 's', layers: [1] } }], LAYERS);
    expect([plan.slots, plan.slotOf]).toEqual([1, [0]]);
    expect(layers.map((layer) => plan.active(layer))).toEqual([1, 1, 1, 1, 1, 1]);
    expect(layers.map((layer) => sources(plan, layer))).toEqual([null, ['s'], null, null, null, null]);
    expect(plan.slotGate(3, 'mlp')).toEqual(Float32Array.of(0));
    expect(plan.slotGate(2, 'mlp')).toBeNull();
  });

  it('lets rows without an intervention share the trunk', () => {
    const plan = planRows([{}, ablate(2), {}, { ablate: [] }], LAYERS);
    expect([plan.slots, plan.slotOf]).toEqual([2, [0, 1, 0, 0]]);
  });

  it('adds slots in the order in which rows leave the trunk, and never before', () => {
    const plan = planRows(
      [ablate(5), {}, ablate(0), ablate(3), { swap: { source: 's', layers: [4, 3] } }],
      LAYERS,
    );
    expect(plan.slots).toBe(5);
    expect(plan.slotOf).toEqual([4, 0, 1, 2, 3]);
    expect(layers.map((layer) => plan.active(layer))).toEqual([2, 2, 2, 4, 4, 5]);
  });

  it('scales the named part, of the slots active so far in a prefill and of all rows in decoding', () => {
    const plan = planRows([{}, ablate(4, 'attention'), ablate(1), ablate(4, 'mlp')], LAYERS);
    // Slots: trunk, row 2 (from layer 1), rows 1 and 3 (from layer 4).
    expect(plan.slotOf).toEqual([0, 2, 1, 3]);
    expect(plan.slotGate(1, 'attention')).toEqual(Float32Array.of(1, 0));
    expect(plan.slotGate(1, 'mlp')).toEqual(Float32Array.of(1, 0));
    expect(plan.slotGate(4, 'attention')).toEqual(Float32Array.of(1, 1, 0, 1));
    expect(plan.slotGate(4, 'mlp')).toEqual(Float32Array.of(1, 1, 1, 0));
    expect(plan.rowGate(4, 'attention')).toEqual(Float32Array.of(1, 0, 1, 1));
    expect(plan.rowGate(4, 'mlp')).toEqual(Float32Array.of(1, 1, 1, 0));
    expect(plan.rowGate(1, 'mlp')).toEqual(Float32Array.of(1, 1, 0, 1));
    expect([plan.slotGate(2, 'mlp'), plan.rowGate(0, 'attention')]).toEqual([null, null]);
  });

  it('takes several ablations of one row together', () => {
    const plan = planRows(
      [
        {
          ablate: [
            { layer: 1, part: 'attention' },
            { layer: 1, part: 'mlp' },
            { layer: 3, part: 'layer' },
          ],
        },
      ],
      LAYERS,
    );
    const gates = layers.map((layer) => [
      plan.rowGate(layer, 'attention')?.[0],
      plan.rowGate(layer, 'mlp')?.[0],
    ]);
    expect(gates.map(([attention]) => attention)).toEqual([undefined, 0, undefined, 0, undefined, undefined]);
    expect(gates.map(([, mlp]) => mlp)).toEqual([undefined, 0, undefined, 0, undefined, undefined]);
  });

  it('names each slot’s own swap source', () => {
    const swap = (source: string, ...at: number[]): RowSpec => ({ swap: { source, layers: at } });
    const plan = planRows([{}, swap('a', 2), swap('b', 2, 3)], LAYERS);
    expect(plan.slotSwaps(1)).toBeNull();
    expect(sources(plan, 2)).toEqual([null, 'a', 'b']);
    expect(sources(plan, 3)).toEqual([null, null, 'b']);
    expect(plan.slotSwaps(4)).toBeNull();
  });

  it('has rows that change what is injected leave the trunk at once, whichever layers they swap', () => {
    const swap = (injection: Injection): RowSpec => ({ swap: { source: 's', layers: [4], injection } });
    const plan = planRows([{}, swap('kept'), swap('removed'), swap('source')], LAYERS);
    expect(plan.slotOf).toEqual([0, 3, 1, 2]);
    expect(layers.map((layer) => plan.active(layer))).toEqual([3, 3, 3, 3, 4, 4]);
    const injected = (layer: number) => plan.slotInjections(layer)?.map((swap) => swap?.injection ?? null);
    expect(injected(0)).toEqual([null, 'removed', 'source']);
    expect(injected(5)).toEqual([null, 'removed', 'source', null]);
    expect(sources(plan, 0)).toBeNull();
    expect(planRows([{}, swap('kept')], LAYERS).slotInjections(4)).toBeNull();
  });

  it('takes away what is injected after an ablated layer where that is asked for, before a swap has its say', () => {
    const removed = { layer: 2, part: 'mlp', injection: 'removed' } as const;
    const swap = { source: 's', layers: [4], injection: 'source' } as const;
    const plan = planRows([{}, { ablate: [removed] }, { ablate: [removed], swap }], LAYERS);
    const injected = (layer: number) => plan.slotInjections(layer)?.map((one) => one?.injection ?? null);
    expect(injected(1)).toEqual([null, 'source']);
    expect(injected(2)).toEqual([null, 'removed', 'removed']);
    expect(injected(3)).toEqual([null, 'source', null]);
    const kept = planRows([{}, { ablate: [{ ...removed, injection: 'kept' }] }], LAYERS);
    expect(kept.slotInjections(2)).toBeNull();
  });

  it('keeps a trunk for a swap that only text reads, a single one too', () => {
    const text = { source: 's', layers: [3], reads: 'text' } as const;
    const alone = planRows([{ swap: text }], LAYERS);
    expect([alone.slots, alone.slotOf]).toEqual([2, [1]]);
    expect(layers.map((layer) => alone.slotUnswapped(layer))).toEqual([
      null,
      null,
      null,
      [null, 0],
      null,
      null,
    ]);
    const plan = planRows(
      [{ swap: { ...text, reads: 'all' } }, { swap: text }, { swap: { ...text, layers: [1] } }],
      LAYERS,
    );
    expect(plan.slotOf).toEqual([2, 3, 1]);
    expect(layers.map((layer) => plan.slotUnswapped(layer))).toEqual([
      ...[null, [null, 0], null],
      ...[[null, null, null, 0], null, null],
    ]);
  });

  it('plans besides what rows are but for a swap that only text reads, once for all that are the same', () => {
    const swap = (injection: Injection, ...at: number[]): RowSpec => ({
      swap: { source: 's', layers: at, reads: 'text', injection },
    });
    const removed = planRows([{}, swap('removed', 2), swap('kept', 2), swap('removed', 1)], LAYERS);
    // Slots: trunk, rows 1 and 3 and what both are without the swap (from layer 0), row 2.
    expect([removed.slots, removed.slotOf]).toEqual([5, [0, 1, 4, 2]]);
    expect(removed.slotUnswapped(1)).toEqual([null, null, 3, null]);
    expect(removed.slotUnswapped(2)).toEqual([null, 3, null, null, 0]);
    expect(removed.slotInjections(4)?.map((one) => one?.injection ?? null)).toEqual([
      ...[null, 'removed', 'removed', 'removed', null],
    ]);
    const [low, high] = [ablate(1, 'mlp'), ablate(4)].map((row) => ({ ...row, ...swap('kept', 2) }));
    const ablated = planRows([low as RowSpec, high as RowSpec], LAYERS);
    // The first is without its swap from layer 1 on another than the trunk, the second only after it was swapped.
    expect([ablated.slots, ablated.slotOf]).toEqual([5, [1, 3]]);
    expect(ablated.slotUnswapped(2)).toEqual([null, 2, null, 0]);
  });

  it.each([6, -1, 1.5, NaN])('refuses layer %d of 6 by name', (layer) => {
    for (const row of [ablate(layer), { swap: { source: 's', layers: [0, layer] } }]) {
      expect(() => planRows([{}, row], LAYERS)).toThrow(
        expect.objectContaining({ name: 'UnknownLayer' }) as Error,
      );
    }
  });

  it('plans no rows without complaint', () => {
    expect(planRows([], LAYERS).slotOf).toEqual([]);
  });
});

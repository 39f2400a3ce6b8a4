/** Keeps a checkpoint's copy and reads a part of it again, for the test of that: sync access handles are given to workers alone. */
import { expose } from 'comlink';
import { inlineConvert } from '../convert-inline.ts';
import type { CopySource } from '../kept-manifest.ts';
import { OpfsKeptWeights } from '../kept-opfs.ts';
import { restorePart } from '../kept-parts.ts';
import { loadWeights } from '../load.ts';
import type { PlannedWeight } from '../plan.ts';
import { contents, goldenPlan, hostArrays } from './golden-plan.ts';

export type Arrays = ReadonlyMap<string, Uint8Array>;

const KEY = 'part-q4';
const planned = () => goldenPlan('untied-gqa7-bf16-new', 'q4');

const ofLayer = (plan: readonly PlannedWeight[], layer: number): readonly PlannedWeight[] =>
  plan.filter(({ tensor }) => tensor.startsWith(`model.layers.${layer}.`));

const keeping = {
  /** Converts all of it and keeps that. @returns the arrays of a layer */
  async keep(dates: CopySource['dates'], layer: number): Promise<Arrays> {
    const { checkpoint, plan } = await planned();
    const arrays = hostArrays();
    const keeper = await new OpfsKeptWeights().keep(KEY, 'golden', 'q4', plan, dates);
    if (!keeper) throw new Error('nothing can be kept here');
    const report = await loadWeights(checkpoint, plan, arrays, { convert: inlineConvert, tap: keeper.write });
    await keeper.commit(report);
    return contents(arrays, ofLayer(plan, layer));
  },

  /** The arrays of a layer from the kept copy; null where it does not serve. */
  async again(dates: CopySource['dates'], layer: number): Promise<Arrays | null> {
    const { plan } = await planned();
    const arrays = hostArrays();
    const part = ofLayer(plan, layer);
    const report = await restorePart(KEY, plan, part, arrays, { dates });
    const all = new Set(plan.flatMap(({ slots }) => slots.map(({ name }) => name)));
    const read = [...all].filter((name) => arrays.has(name));
    return report && new Map([...contents(arrays, part)].filter(([name]) => read.includes(name)));
  },
};

export type Keeping = typeof keeping;

expose(keeping);

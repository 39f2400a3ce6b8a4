/** The visual-token swap over pairs and layers (P1 Eq. 2, VFL; docs/method.md §2). */
import type { Injection } from '../../engine/protocol/intervention.ts';
import type { LayerRow } from '../../layer-index.ts';
import * as v from 'valibot';
import { identifyBy } from '../../identity/identify.ts';
import { provenance } from '../../identity/provenance.ts';
import { samplesFingerprint } from '../../identity/samples-fingerprint.ts';
import type { Pair } from '../../probes/data/pair.ts';
import { changeRates, regionRate } from '../../probes/swap/change-rates.ts';
import { readApart, swappedLayers, type SwapMode } from '../../probes/swap/mode.ts';
import type { SwapRecord } from '../../probes/swap/sweep.ts';
import { pairKey, sweepSwaps } from '../../probes/swap/sweep.ts';
import { samplesPerBatch } from '../../probes/rows-at-once.ts';
import { TASKS, type Task } from '../../probes/task.ts';
import { decidingModels, subjectOf } from '../asked-model.ts';
import type { DecidingProbe } from '../deciding-probe.ts';
import { DECIDING_PROBE } from '../deciding-probe.ts';
import type { ValuesOf } from '../declaration.ts';
import { layersOf } from '../layer-list.ts';
import { injectionOf } from '../injection.ts';
import { firstModel } from '../needs.ts';
import { addedReads, inOrder, sweepReads } from '../plan.ts';
import type { PairSet, Probe } from '../probe.ts';
import { saidShape } from '../record-shapes.ts';
import { rowsPerBatch } from '../rows.ts';
import { shardOf } from '../shard.ts';
import { inTurn } from '../wording.mjs';
import { declaration } from './declaration.mjs';
import { swapFiles } from './files.ts';
import { words } from './words.mjs';

type Values = ValuesOf<typeof declaration.settings>;

interface Deciding extends DecidingProbe {
  readonly layers: readonly LayerRow[];
  readonly mode: SwapMode;
  readonly answerSource: boolean;
  /** Left out where every later position reads the swap, and where both readings are one. */
  readonly reads?: 'text';
  /** Left out of models without DeepStack. */
  readonly injection?: Injection;
}

const decidedBy = {
  ...DECIDING_PROBE,
  layers: 'which layers are swapped',
  mode: 'one layer, or all from it on',
  answerSource: 'whether the source picture is asked about too',
  reads: 'who reads the swap, where that is not every later position',
  injection: 'which image features are added after the first layers of a swapped run',
} as const;

export const analysis: Probe<PairSet, Values, SwapRecord, Pair> = {
  ...{ declaration, words, decidedBy },

  shape: v.strictObject({
    ...{ task: v.picklist(TASKS), id: v.string(), prompt: v.string() },
    ...{ targetAnswer: v.string(), sourceAnswer: v.string(), iouThreshold: v.exactOptional(v.number()) },
    imageTokens: v.strictObject({ target: v.number(), source: v.number() }),
    resampled: v.boolean(),
    original: v.strictObject(saidShape),
    source: v.nullable(v.strictObject(saidShape)),
    swapped: v.array(v.strictObject({ ...saidShape, layer: v.number() })),
  }),

  needs: (models, said = words) => (models.length === 0 ? said.needs : null),

  async plan({ engine, models, samples: set, reading, shard, work }, values) {
    const { tasks, samples, mode, reads, definition, answerSource, maxNewTokens } = values;
    const asked = firstModel(models);
    const injected = injectionOf(asked, values.injection);
    const pool = set.whole ? set.pairs : set.pairs.filter(({ task }) => tasks.includes(task));
    const pairs = shardOf(set.whole ? pool : firstOfEach(pool, tasks, samples), shard);
    const keys = pairs.map(pairKey);
    const layers = layersOf(values.layers, asked.checkpoint.layers, 'layers');
    const deciding: Deciding = {
      models: decidingModels([['model', asked]]),
      samples: await samplesFingerprint(pairs, work),
      ...{ system: null, layers, mode, maxNewTokens, answerSource, ...reading },
      ...{ ...injected, ...readApart(mode, reads) },
    };
    const rows = [
      {},
      ...layers.map((layer) => {
        const swapped = swappedLayers(mode, layer, asked.checkpoint.layers);
        return { swap: { source: '', layers: swapped, ...readApart(mode, reads) } };
      }),
    ];
    return {
      identity: identifyBy('swap', `Token swap of ${asked.name} on ${set.name}`, deciding, decidedBy),
      ...{ keys, total: keys.length },
      cost: {
        ...{ samples: pairs.length, answers: pairs.length * rows.length },
        // Of the source its image alone.
        reads: addedReads(sweepReads(rows, asked.checkpoint.layers, pairs.length), {
          ...{ before: 0, image: pairs.length, after: 0, answer: 0 },
        }),
        ...{ prompts: 2 * pairs.length, images: 2 * pairs.length },
        batches: Math.ceil(pairs.length / samplesPerBatch(rows.length, values.rows ?? undefined)),
        newTokens: maxNewTokens,
      },
      samples: new Map(pairs.map((pair) => [pairKey(pair), pair])),
      run: (long) =>
        sweepSwaps(
          engine,
          pairs,
          {
            subject: subjectOf(asked).subject,
            ...{ layers, mode, reads, maxNewTokens, answerSource, ...injected, prompt: reading },
            ...rowsPerBatch(values.rows),
          },
          long,
        ),
      files: (records, origin) =>
        swapFiles(inOrder(records, keys), {
          model: { ...origin, ...provenance(asked.checkpoint, asked.model), ...injected },
          ...{ reading, mode, reads, definition, maxNewTokens },
          ...{ literalImage: set.literalImage, literalImages: set.literalImages },
          samples: (set.whole ? null : samples) ?? Math.max(0, ...tasks.map((task) => count(pairs, task))),
          of: pool.length,
        }),
    };
  },

  findings: (records, { definition, mode, reads }, _, { regions }, said: typeof words = words) => {
    const tasks = changeRates(records, definition).map((rates) => {
      const means = regions.map(({ name, first, last }) => ({
        name,
        rate: regionRate(records, rates.task, definition, first, last),
      }));
      const { findings } = said;
      return inTurn([
        ...[findings.peak(rates), findings.regions(means), findings.went(rates), findings.before(rates)],
        findings.resampled(rates.resampled),
      ]);
    });
    return [...tasks, tasks.length > 0 ? said.findings.reads(mode, reads) : ''].filter(Boolean);
  },
};

/** The first `samples` pairs of each task, as the reference takes them; all where that is null. */
function firstOfEach(
  pairs: readonly Pair[],
  tasks: readonly Task[],
  samples: number | null,
): readonly Pair[] {
  return TASKS.filter((task) => tasks.includes(task)).flatMap((task) =>
    pairs.filter((pair) => pair.task === task).slice(0, samples ?? undefined),
  );
}

const count = (pairs: readonly Pair[], task: Task): number =>
  pairs.filter((pair) => pair.task === task).length;

/** Zero ablation of layers, their attention or MLP, on problems (docs/method.md §3). */
import * as v from 'valibot';
import { identifyBy } from '../../identity/identify.ts';
import { samplesFingerprint } from '../../identity/samples-fingerprint.ts';
import { errorRates } from '../../probes/ablation/error-rates.ts';
import type { AblationExperiment } from '../../probes/ablation/experiment.ts';
import { ablateLayer, ablateSet, withoutInjection } from '../../probes/ablation/experiment.ts';
import type { AblationRecord } from '../../probes/ablation/sweep.ts';
import { sweepAblations } from '../../probes/ablation/sweep.ts';
import type { Problem } from '../../probes/data/problem.ts';
import { samplesPerBatch } from '../../probes/rows-at-once.ts';
import { decidingModels, originOf, promptSettings, subjectOf } from '../asked-model.ts';
import type { DecidingProbe } from '../deciding-probe.ts';
import { DECIDING_PROBE } from '../deciding-probe.ts';
import type { ValuesOf } from '../declaration.ts';
import { byId, drawn } from '../draw.ts';
import { layersOf, parseLayers } from '../layer-list.ts';
import { injectionOf } from '../injection.ts';
import { firstModel } from '../needs.ts';
import { inOrder, sweepReads } from '../plan.ts';
import type { Probe, QuestionList } from '../probe.ts';
import { saidShape } from '../record-shapes.ts';
import { rowsPerBatch } from '../rows.ts';
import { declaration } from './declaration.mjs';
import { ablationFiles } from './files.ts';
import { words } from './words.mjs';

type Values = ValuesOf<typeof declaration.settings>;

interface Deciding extends DecidingProbe {
  readonly experiments: readonly Pick<AblationExperiment, 'name' | 'ablate'>[];
  readonly prefix: string;
}

const decidedBy = {
  ...DECIDING_PROBE,
  experiments: 'what each run leaves out',
  prefix: 'stands before the question',
} as const;

/** One run for each part of each layer, and one for each set. @throws NamedError `BadValue` of a layer that is not there */
export function experimentsOf(
  { parts, layers, set, injection }: Pick<Values, 'parts' | 'layers' | 'set' | 'injection'>,
  count: number,
): readonly AblationExperiment[] {
  const experiments = declaration.settings.parts.choices
    .filter((part) => parts.includes(part))
    .flatMap((part) => [
      ...layersOf(layers, count, 'layers').map((layer) => ablateLayer(layer, part)),
      ...set.map((text) => ablateSet(parseLayers(text, count, 'set'), part)),
    ]);
  return injection === 'kept' ? experiments : experiments.map(withoutInjection);
}

export const analysis: Probe<QuestionList, Values, AblationRecord, Problem> = {
  ...{ declaration, words, decidedBy },

  shape: v.strictObject({
    ...{ id: v.string(), question: v.string(), answer: v.string() },
    choices: v.exactOptional(v.array(v.string())),
    hasImage: v.boolean(),
    baseline: v.strictObject(saidShape),
    ablated: v.array(v.strictObject({ ...saidShape, experiment: v.string() })),
  }),

  needs: (models, said = words) => (models.length === 0 ? said.needs : null),

  async plan({ engine, models, samples: list, reading, shard, work }, values) {
    const { system, prefix, maxNewTokens, seed } = values;
    const asked = firstModel(models);
    const { checkpoint } = asked;
    const injected = injectionOf(asked, values.injection);
    const experiments = experimentsOf(values, checkpoint.layers);
    const problems = await drawn(list, values, shard);
    const deciding: Deciding = {
      models: decidingModels([['model', asked]]),
      samples: await samplesFingerprint(problems, work),
      ...{ system, experiments, prefix, maxNewTokens, ...reading },
    };
    const rows = [{}, ...experiments.map(({ ablate }) => ({ ablate }))];
    return {
      identity: identifyBy('ablate', `Zero ablation of ${asked.name} on ${list.name}`, deciding, decidedBy),
      ...{ keys: problems.map(({ id }) => id), total: problems.length },
      cost: {
        ...{ samples: problems.length, answers: problems.length * rows.length },
        reads: sweepReads(rows, checkpoint.layers, problems.length),
        ...{ prompts: problems.length, images: problems.length },
        batches: Math.ceil(problems.length / samplesPerBatch(rows.length, values.rows ?? undefined)),
        newTokens: maxNewTokens,
      },
      samples: byId(problems),
      run: (long) =>
        sweepAblations(
          engine,
          problems,
          {
            subject: subjectOf(asked).subject,
            ...{ experiments, maxNewTokens, prefix, ...rowsPerBatch(values.rows) },
            prompt: promptSettings(reading, system),
          },
          long,
        ),
      files: (records, origin) => [
        ...ablationFiles(inOrder(records, problems), {
          model: { name: checkpoint.name, provenance: { ...originOf(asked, seed, origin), ...injected } },
          list: { name: list.name, count: list.source.count },
          ...{ reading, experiments, maxNewTokens, system: system ?? undefined, prefix },
        }),
      ],
    };
  },

  findings(records, { parts }, [asked], _, said: typeof words = words) {
    const layers = asked?.checkpoint.layers ?? 0;
    return parts.flatMap((part, index) => {
      const [baseline, ...rates] = errorRates(
        records,
        Array.from({ length: layers }, (_, layer) => ablateLayer(layer, part)),
      );
      if (!baseline) return [];
      const highest = Math.max(...rates.map(({ errorRate }) => errorRate));
      const worst = rates.filter(({ errorRate }) => errorRate === highest);
      const [first] = worst;
      return [
        ...(index === 0 ? [said.findings.baseline(baseline)] : []),
        ...(first?.drop ? [said.findings.worst(worst), said.findings.forms(worst, baseline)] : []),
      ].filter(Boolean);
    });
  },
};

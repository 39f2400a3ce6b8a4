/** How much generated tokens look at the image, layer by layer, in several models (P1 Eq. 1; docs/method.md §4). */
import * as v from 'valibot';
import { identifyBy } from '../../identity/identify.ts';
import { samplesFingerprint } from '../../identity/samples-fingerprint.ts';
import { attentionDifference } from '../../probes/attention/difference.ts';
import { attentionByLayer } from '../../probes/attention/layer-means.ts';
import type { AttentionRecord } from '../../probes/attention/shift.ts';
import { attentionShift } from '../../probes/attention/shift.ts';
import type { Problem } from '../../probes/data/problem.ts';
import type { AskedModel } from '../asked-model.ts';
import { decidingModels, namesOf, originOf, promptSettings, subjectOf } from '../asked-model.ts';
import type { DecidingProbe } from '../deciding-probe.ts';
import { DECIDING_PROBE } from '../deciding-probe.ts';
import type { ValuesOf } from '../declaration.ts';
import { byId, drawn } from '../draw.ts';
import { beforeAndAfter } from '../needs.ts';
import { addedReads, inOrder, plainReads, wholeReads } from '../plan.ts';
import type { Probe, QuestionList } from '../probe.ts';
import { jsonFile } from '../result-file.ts';
import { declaration } from './declaration.mjs';
import { attentionResult } from './result.ts';
import { words } from './words.mjs';

type Values = ValuesOf<typeof declaration.settings>;

interface Deciding extends DecidingProbe {
  readonly running: 'teacher-forced' | 'free';
  /** The part of the model whose answer all read; null where each reads its own. */
  readonly forcedBy: string | null;
  readonly onlyThink: boolean;
}

const decidedBy = {
  ...DECIDING_PROBE,
  running: 'whether all read one answer',
  forcedBy: 'whose answer that is',
  onlyThink: 'which tokens count',
} as const;

/** Whose answer all read: IN's, which RL started from, or RL's; the first or last one's where no model is called so. */
function teacherOf(models: readonly AskedModel[], forcedBy: Values['forcedBy']): string {
  const pair = beforeAndAfter(models);
  const teacher = pair ? pair[forcedBy === 'in' ? 0 : 1] : models[0];
  return teacher?.name ?? '';
}

export const analysis: Probe<QuestionList, Values, AttentionRecord, Problem> = {
  ...{ declaration, words, decidedBy },

  shape: v.strictObject({
    ...{ id: v.string(), question: v.string(), imageTokens: v.number() },
    models: v.array(
      v.strictObject({
        ...{ name: v.string(), response: v.string(), queries: v.number() },
        mass: v.array(v.array(v.number())),
      }),
    ),
  }),

  needs: (models, said = words) => (models.length === 0 ? said.needs : null),

  async plan({ engine, models, samples: list, reading, shard, work }, values) {
    const { running, onlyThink, heads, system, maxNewTokens, seed } = values;
    const items = await drawn(list, values, shard);
    const forcedBy = teacherOf(models, values.forcedBy);
    const deciding: Deciding = {
      models: decidingModels(models.map((asked) => [asked.name, asked])),
      samples: await samplesFingerprint(items, work),
      ...{ system, running, onlyThink, maxNewTokens, ...reading },
      forcedBy: running === 'free' ? null : forcedBy,
    };
    const title = `Attention shift of ${namesOf(models)} on ${list.name}`;
    const said = items.length * (running === 'free' ? models.length : 1);
    return {
      identity: identifyBy('attention', title, deciding, decidedBy),
      ...{ keys: items.map(({ id }) => id), total: items.length },
      cost: {
        ...{ samples: items.length, answers: said },
        // Said, and read by each model.
        reads: addedReads(plainReads(said), wholeReads(items.length * models.length)),
        ...{ prompts: said + items.length * models.length, images: items.length * models.length },
        ...{ batches: said, newTokens: maxNewTokens },
      },
      samples: byId(items),
      run: (long) =>
        attentionShift(
          engine,
          items,
          {
            ...{ models: models.map(subjectOf), running, forcedBy, onlyThink, maxNewTokens },
            prompt: promptSettings(reading, system),
          },
          long,
        ),
      files(records, origin) {
        const found = inOrder(records, items);
        const origins = models.map((asked) => [asked.name, originOf(asked, seed, origin)]);
        const result = attentionResult(found, {
          ...{ reading, running, forcedBy, onlyThink, maxNewTokens, seed, of: list.source.count, heads },
          provenance: Object.fromEntries(origins) as Readonly<Record<string, object>>,
        });
        return result ? [jsonFile('attention_shift.json', result)] : [];
      },
    };
  },

  findings(records, _, __, ___, said: typeof words = words) {
    const models = attentionByLayer(records);
    const [before, after] = models.slice(-2);
    return [
      before && after
        ? said.findings.shift([before, after], attentionDifference(records, before.name, after.name))
        : '',
      ...models.filter(({ without }) => without > 0).map(said.findings.without),
    ].filter(Boolean);
  },
};

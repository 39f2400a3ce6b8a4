/** Logit lens: after which layer the answer can be read out, in several models (docs/method.md §11). */
import * as v from 'valibot';
import { identifyBy } from '../../identity/identify.ts';
import { samplesFingerprint } from '../../identity/samples-fingerprint.ts';
import type { Problem } from '../../probes/data/problem.ts';
import { lensByDepth, lensFile } from '../../probes/lens/depths.ts';
import type { LensRecord } from '../../probes/lens/lens.ts';
import { lensOnAnswers } from '../../probes/lens/lens.ts';
import { intervalName } from '../../statistics/interval-kind.ts';
import { decidingModels, namesOf, originOf, promptSettings, subjectOf } from '../asked-model.ts';
import type { DecidingProbe } from '../deciding-probe.ts';
import { DECIDING_PROBE } from '../deciding-probe.ts';
import type { ValuesOf } from '../declaration.ts';
import { byId, drawn } from '../draw.ts';
import { addedReads, inOrder, plainReads, wholeReads } from '../plan.ts';
import type { Probe, QuestionList } from '../probe.ts';
import { jsonFile } from '../result-file.ts';
import { declaration } from './declaration.mjs';
import { words } from './words.mjs';

type Values = ValuesOf<typeof declaration.settings>;

interface Deciding extends DecidingProbe {
  /** Left out where it is 1. */
  readonly topk?: number;
}

const decidedBy = { ...DECIDING_PROBE, topk: 'how many of the likeliest tokens are kept' } as const;

const likely = v.strictObject({ token: v.number(), text: v.string(), probability: v.number() });
const layer = v.strictObject({
  top: likely,
  topk: v.exactOptional(v.array(likely)),
  probability: v.number(),
  rank: v.number(),
});

export const analysis: Probe<QuestionList, Values, LensRecord, Problem> = {
  ...{ declaration, words, decidedBy },

  shape: v.strictObject({
    ...{ id: v.string(), question: v.string() },
    models: v.array(
      v.strictObject({
        ...{ name: v.string(), response: v.string() },
        answer: v.nullable(v.strictObject({ token: v.number(), text: v.string() })),
        layers: v.array(layer),
      }),
    ),
  }),

  needs: (models, said = words) => (models.length === 0 ? said.needs : null),

  async plan({ engine, models, samples: list, reading, shard, work }, values) {
    const { system, maxNewTokens, seed, topk } = values;
    const items = await drawn(list, values, shard);
    const kept = topk > 1 ? { topk } : {};
    const deciding: Deciding = {
      models: decidingModels(models.map((asked) => [asked.name, asked])),
      samples: await samplesFingerprint(items, work),
      ...{ system, maxNewTokens, ...reading, ...kept },
    };
    const title = `Logit lens of ${namesOf(models)} on ${list.name}`;
    return {
      identity: identifyBy('lens', title, deciding, decidedBy),
      ...{ keys: items.map(({ id }) => id), total: items.length },
      cost: {
        ...{ samples: items.length, answers: items.length * models.length },
        // Said, and read again with every layer's logits.
        reads: addedReads(plainReads(items.length * models.length), wholeReads(items.length * models.length)),
        prompts: 2 * items.length * models.length,
        ...{ images: items.length * models.length, batches: items.length * models.length },
        newTokens: maxNewTokens,
      },
      samples: byId(items),
      run: (long) =>
        lensOnAnswers(
          engine,
          items,
          {
            ...{ models: models.map(subjectOf), maxNewTokens, ...kept },
            prompt: promptSettings(reading, system),
          },
          long,
        ),
      files(records, origin) {
        const found = inOrder(records, items);
        const about = {
          n: found.length,
          of: list.source.count,
          ...reading,
          maxNewTokens,
          ...kept,
          intervals: intervalName('wilson'),
        };
        const origins = models.map((asked) => originOf(asked, seed, origin));
        return [jsonFile('logit_lens.json', lensFile(found, { ...about, models: origins }))];
      },
    };
  },

  findings: (records, _, __, ___, said: typeof words = words) =>
    lensByDepth(records).map(said.findings.readable),
};

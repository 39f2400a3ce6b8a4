/** Cross-checkpoint patching: at which depth does the one model's answer enter the other (docs/method.md §12)? */
import { indexOfRow } from '../../layer-index.ts';
import * as v from 'valibot';
import { identifyBy } from '../../identity/identify.ts';
import { samplesFingerprint } from '../../identity/samples-fingerprint.ts';
import { NamedError } from '../../named-error.ts';
import type { Problem } from '../../probes/data/problem.ts';
import { patchAgreement, patchFile } from '../../probes/patching/agreement.ts';
import type { PatchRecord } from '../../probes/patching/patch.ts';
import { patchKey, sweepPatches } from '../../probes/patching/patch.ts';
import { samplesPerBatch } from '../../probes/rows-at-once.ts';
import { intervalName } from '../../statistics/interval-kind.ts';
import type { AskedModel } from '../asked-model.ts';
import { decidingModels, originOf, promptSettings, subjectOf } from '../asked-model.ts';
import type { DecidingProbe } from '../deciding-probe.ts';
import { DECIDING_PROBE } from '../deciding-probe.ts';
import type { ValuesOf } from '../declaration.ts';
import { byId, drawn } from '../draw.ts';
import { parseLayers } from '../layer-list.ts';
import { beforeAndAfter } from '../needs.ts';
import { inOrder, plainReads } from '../plan.ts';
import type { Probe, QuestionList } from '../probe.ts';
import { saidShape } from '../record-shapes.ts';
import { jsonFile } from '../result-file.ts';
import { rowsPerBatch } from '../rows.ts';
import { declaration } from './declaration.mjs';
import { words } from './words.mjs';

type Values = ValuesOf<typeof declaration.settings>;

interface Deciding extends DecidingProbe {
  readonly depths: readonly number[];
}

const decidedBy = { ...DECIDING_PROBE, depths: 'after how many layers states are handed over' } as const;

/** Who gives its states, and who gets them; null where there is no pair. */
export function donorAndRecipient(
  models: readonly AskedModel[],
  { from }: Pick<Values, 'from'>,
): { readonly donor: AskedModel; readonly recipient: AskedModel } | null {
  const pair = beforeAndAfter(models);
  if (!pair) return null;
  const [before, after] = pair;
  return from === 'rl' ? { donor: after, recipient: before } : { donor: before, recipient: after };
}

/** Layers handed over: none, and each number of them; after the layers that were named, where some were. */
function depthsOf(layers: string | null, count: number): readonly number[] {
  if (layers === null) return Array.from({ length: count + 1 }, (_, depth) => depth);
  return parseLayers(layers, count, 'layers').map(indexOfRow);
}

export const analysis: Probe<QuestionList, Values, PatchRecord, Problem> = {
  ...{ declaration, words, decidedBy },

  shape: v.strictObject({
    ...{ id: v.string(), question: v.string(), answer: v.string() },
    run: v.union([v.picklist(['donor', 'recipient']), v.number()]),
    said: v.strictObject(saidShape),
  }),

  needs: (models, said = words) => (beforeAndAfter(models) ? null : said.needs),

  async plan({ engine, models, samples: list, reading, shard, work }, values) {
    const { system, maxNewTokens, seed } = values;
    const pair = donorAndRecipient(models, values);
    if (!pair) throw new NamedError('NoModel', 'there are no two models', {}, 'load IN and RL');
    const { donor, recipient } = pair;
    const items = await drawn(list, values, shard);
    const depths = depthsOf(values.layers, recipient.checkpoint.layers);
    const keys = (['recipient', 'donor', ...depths] as const).flatMap((run) =>
      items.map(({ id }) => patchKey({ run, id })),
    );
    const deciding: Deciding = {
      models: decidingModels([
        ['recipient', recipient],
        ['donor', donor],
      ]),
      samples: await samplesFingerprint(items, work),
      ...{ system, depths, maxNewTokens, ...reading },
    };
    const title = `Cross-checkpoint patching of ${recipient.name} and ${donor.name} on ${list.name}`;
    return {
      identity: identifyBy('patch', title, deciding, decidedBy),
      ...{ keys, total: keys.length },
      cost: {
        ...{ samples: items.length, answers: keys.length },
        // Each depth is another model, which shares nothing.
        ...{ reads: plainReads(keys.length), prompts: keys.length, images: 2 * items.length },
        batches: (2 + depths.length) * Math.ceil(items.length / samplesPerBatch(1, values.rows ?? undefined)),
        newTokens: maxNewTokens,
      },
      samples: byId(items),
      run: (long) =>
        sweepPatches(
          engine,
          items,
          {
            recipient: subjectOf(recipient).subject,
            donor: subjectOf(donor).subject,
            ...{ depths, maxNewTokens, ...rowsPerBatch(values.rows) },
            prompt: promptSettings(reading, system),
          },
          long,
        ),
      files(records, origin) {
        const found = inOrder(records, keys);
        const from = (asked: AskedModel): object => originOf(asked, seed, origin);
        const intervals = intervalName('wilson');
        const about = { n: found.length, of: keys.length, ...reading, maxNewTokens, intervals };
        const models = { recipient: from(recipient), donor: from(donor) };
        return [jsonFile('patching.json', patchFile(found, { ...about, ...models }))];
      },
    };
  },

  findings(records, values, models, _, said: typeof words = words) {
    const pair = donorAndRecipient(models, values);
    const agreement = patchAgreement(records);
    if (!pair || agreement.asked === 0) return [];
    return [said.findings.follows({ donor: pair.donor.name, recipient: pair.recipient.name, ...agreement })];
  },
};

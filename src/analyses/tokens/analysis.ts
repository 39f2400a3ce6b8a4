/** Token difference: one answer read by Base, IN and RL (docs/method.md §14). */
import { ROLE_LABELS } from '../../roles.mjs';
import * as v from 'valibot';
import { identifyBy } from '../../identity/identify.ts';
import { samplesFingerprint } from '../../identity/samples-fingerprint.ts';
import { NamedError } from '../../named-error.ts';
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
import type { OfEach, TokensRecord } from './difference.ts';
import { tokenDifferences } from './difference.ts';
import { choicesOf, concentrationOf, tokensByChange } from './summary.ts';
import { words } from './words.mjs';

type Values = ValuesOf<typeof declaration.settings>;

interface Deciding extends DecidingProbe {
  readonly forcedBy: Values['forcedBy'];
}

const decidedBy = { ...DECIDING_PROBE, forcedBy: 'whose answer all read' } as const;

/** Base by its name, where it is there; IN and RL by theirs, or the last two. */
function readersOf(models: readonly AskedModel[]): OfEach<AskedModel> | null {
  const pair = beforeAndAfter(models);
  if (!pair) return null;
  const base = models.find(({ name }) => name === ROLE_LABELS.base);
  const [before, after] = pair;
  return { ...(base && !pair.includes(base) ? { base } : {}), in: before, rl: after };
}

function each<T, U>({ base, in: before, rl }: OfEach<T>, make: (one: T) => U): OfEach<U> {
  return { ...(base === undefined ? {} : { base: make(base) }), in: make(before), rl: make(rl) };
}

const number = v.strictObject({ base: v.exactOptional(v.number()), in: v.number(), rl: v.number() });
const text = v.strictObject({ base: v.exactOptional(v.string()), in: v.string(), rl: v.string() });

export const analysis: Probe<QuestionList, Values, TokensRecord, Problem> = {
  ...{ declaration, words, decidedBy },

  shape: v.strictObject({
    ...{ id: v.string(), question: v.string(), response: v.string() },
    forcedBy: v.picklist(declaration.settings.forcedBy.choices),
    tokens: v.array(
      v.strictObject({
        ...{ id: v.number(), text: v.string(), klRlIn: v.number() },
        ...{ logprob: number, rank: number, entropy: number, first: text },
      }),
    ),
  }),

  needs: (models, said = words) => (readersOf(models) ? null : said.needs),

  async plan({ engine, models, samples: list, reading, shard, work }, values) {
    const { forcedBy, system, maxNewTokens, seed } = values;
    const readers = readersOf(models);
    if (!readers) throw new NamedError('NoModel', 'there are no two models', {}, 'load IN and RL');
    const items = await drawn(list, values, shard);
    const deciding: Deciding = {
      models: decidingModels(Object.entries(readers)),
      samples: await samplesFingerprint(items, work),
      ...{ forcedBy, system, maxNewTokens, ...reading },
    };
    const all = Object.values(readers) as readonly AskedModel[];
    const said = forcedBy === 'file' ? 0 : items.length;
    return {
      identity: identifyBy(
        'tokens',
        `Token difference of ${namesOf(all)} on ${list.name}`,
        deciding,
        decidedBy,
      ),
      ...{ keys: items.map(({ id }) => id), total: items.length },
      cost: {
        ...{ samples: items.length, answers: said },
        reads: addedReads(plainReads(said), wholeReads(items.length * all.length)),
        ...{ prompts: said + items.length * all.length, images: items.length * all.length },
        ...{ batches: said, newTokens: maxNewTokens },
      },
      samples: byId(items),
      run: (long) =>
        tokenDifferences(
          engine,
          items,
          {
            ...{ readers: each(readers, subjectOf), forcedBy, maxNewTokens },
            prompt: promptSettings(reading, system),
          },
          long,
        ),
      files(records, origin) {
        const found = inOrder(records, items);
        const frankenscope = {
          ...{ n: found.length, of: list.source.count, ...reading, forcedBy, maxNewTokens },
          ...each(readers, (asked) => originOf(asked, seed, origin)),
        };
        return [jsonFile('token_difference.json', { items: found, frankenscope })];
      },
    };
  },

  findings(records, _, __, ___, said: typeof words = words) {
    const ordered = tokensByChange(records);
    if (ordered.length === 0) return [];
    return [said.findings.concentration(concentrationOf(ordered)), said.findings.choices(choicesOf(ordered))];
  },
};

import { wholeModel } from '../../engine/subject.ts';
import type { AttentionRecord } from '../../probes/attention/shift.ts';
import { attentionShift } from '../../probes/attention/shift.ts';
import { attentionResult } from '../../probes/results/attention-result.ts';
import { samplesFingerprint } from '../../identity/samples-fingerprint.ts';
import { identify } from '../../identity/identify.ts';
import { residentModel } from '../../identity/resident-model.ts';
import type { Command } from '../context.ts';
import { imageReading } from '../image-reading.ts';
import { givenProblems } from '../problems.ts';
import { provenance } from '../../identity/provenance.ts';

/** What the two are called on the page, too. */
const NAMES = { in: 'IN', rl: 'RL' } as const;

/** Attention from generated tokens onto the image, per layer, of IN and RL. */
export const run: Command = async (context) => {
  const { flags, checkpoints, engine } = context;
  const seed = flags.requiredNumber('seed');
  const given = await givenProblems(context, 'items');
  const [first, second] = [await checkpoints.load('in'), await checkpoints.load('rl')] as const;
  const running = flags.choice('running', ['teacher-forced', 'free']) ?? 'teacher-forced';
  const forcedBy = NAMES[flags.choice('forcedBy', ['in', 'rl']) ?? 'in'];
  const onlyThink = flags.switch('onlyThink');
  const system = flags.text('system');
  const reading = imageReading(context);
  const maxNewTokens = flags.requiredNumber('maxNewTokens');
  const records = await context.journalled<AttentionRecord, readonly AttentionRecord[]>(
    identify(
      'attention',
      `Attention shift from ${first.summary.name} to ${second.summary.name} on ${given.name}`,
      {
        models: {
          [NAMES.in]: residentModel(first.summary, first.loaded),
          [NAMES.rl]: residentModel(second.summary, second.loaded),
        },
        samples: await samplesFingerprint(given.problems, context),
        ...{ system: system ?? null, running, onlyThink, maxNewTokens, ...reading },
        forcedBy: running === 'free' ? null : forcedBy,
      },
    ),
    given.problems.length,
    (long) =>
      attentionShift(
        engine,
        given.problems,
        {
          models: [
            { name: NAMES.in, subject: wholeModel(first.summary.id, first.summary.layers) },
            { name: NAMES.rl, subject: wholeModel(second.summary.id, second.summary.layers) },
          ],
          running,
          forcedBy,
          onlyThink,
          maxNewTokens,
          prompt: { ...reading, ...(system === undefined ? {} : { system }) },
        },
        long,
      ),
  );
  return attentionResult(records, {
    ...{ reading, running, forcedBy, onlyThink, maxNewTokens, seed, of: given.of },
    provenance: {
      [NAMES.in]: provenance(first.summary, first.loaded, seed),
      [NAMES.rl]: provenance(second.summary, second.loaded, seed),
    },
    heads: flags.switch('heads'),
  });
};

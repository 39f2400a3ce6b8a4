import { wholeModel } from '../../engine/subject.ts';
import type { ModelLayers } from '../../probes/attention/layer-means.ts';
import { attentionByLayer, attentionShiftFile } from '../../probes/attention/layer-means.ts';
import type { AttentionRecord } from '../../probes/attention/shift.ts';
import { attentionShift } from '../../probes/attention/shift.ts';
import { samplesFingerprint } from '../../identity/samples-fingerprint.ts';
import { identify } from '../../identity/identify.ts';
import { residentModel } from '../../identity/resident-model.ts';
import type { Command } from '../context.ts';
import { imageReading } from '../image-reading.ts';
import { givenProblems } from '../problems.ts';
import { provenance } from '../provenance.ts';

const NAMES = ['in', 'rl'] as const;

/** Attention from generated tokens onto the image, per layer, of IN and RL. */
export const run: Command = async (context) => {
  const { flags, checkpoints, engine } = context;
  const seed = flags.requiredNumber('seed');
  const given = await givenProblems(context, 'items');
  const loaded = [await checkpoints.load('in'), await checkpoints.load('rl')] as const;
  const running = flags.choice('running', ['teacher-forced', 'free']) ?? 'teacher-forced';
  const [forcedBy, onlyThink] = [flags.choice('forcedBy', NAMES) ?? 'in', flags.switch('onlyThink')];
  const system = flags.text('system');
  const reading = imageReading(context);
  const maxNewTokens = flags.requiredNumber('maxNewTokens');
  const [first, second] = loaded;
  const records = await context.journalled<AttentionRecord, readonly AttentionRecord[]>(
    identify('attention', `Attention shift from ${first.summary.name} to ${second.summary.name}`, {
      models: {
        in: residentModel(first.summary, first.loaded),
        rl: residentModel(second.summary, second.loaded),
      },
      samples: await samplesFingerprint(given.problems, context),
      ...{ system: system ?? null, running, onlyThink, maxNewTokens, ...reading },
      forcedBy: running === 'free' ? null : forcedBy,
    }),
    given.problems.length,
    (long) =>
      attentionShift(
        engine,
        given.problems,
        {
          models: loaded.map(({ summary }, index) => ({
            name: NAMES[index] as string,
            subject: wholeModel(summary.id, summary.layers),
          })),
          running,
          forcedBy,
          onlyThink,
          maxNewTokens,
          prompt: { ...reading, ...(system === undefined ? {} : { system }) },
        },
        long,
      ),
  );
  const [before, after] = attentionByLayer(records) as [ModelLayers, ModelLayers];
  const detail = ({ n, without, layers }: ModelLayers): object => ({
    n,
    without,
    layers: layers.map(({ layer, mass, mean, heads }) => ({
      layer,
      mass: mass.interval,
      mean: mean.interval,
      ...(flags.switch('heads') ? { heads } : {}),
    })),
  });
  return attentionShiftFile(before, after, {
    running,
    ...(running === 'teacher-forced' ? { forcedBy } : {}),
    onlyThink,
    maxNewTokens,
    seed,
    n: records.length,
    of: given.of,
    frankenscope: {
      ...reading,
      in: { ...provenance(loaded[0].summary, loaded[0].loaded, seed), ...detail(before) },
      rl: { ...provenance(loaded[1].summary, loaded[1].loaded, seed), ...detail(after) },
    },
  });
};

import { wholeModel } from '../../engine/subject.ts';
import type { ModelLayers } from '../../probes/attention/layer-means.ts';
import { attentionByLayer, attentionShiftFile } from '../../probes/attention/layer-means.ts';
import { attentionShift } from '../../probes/attention/shift.ts';
import type { Command } from '../context.ts';
import { givenProblems } from '../problems.ts';
import { provenance } from '../provenance.ts';

const NAMES = ['in', 'rl'] as const;

/** Attention from generated tokens onto the image, per layer, of IN and RL. */
export const run: Command = async ({ flags, inputs, checkpoints, engine, signal, onProgress }) => {
  const seed = flags.requiredNumber('seed');
  const given = await givenProblems(inputs, 'items', flags.number('samples'), seed);
  const loaded = [await checkpoints.load('in'), await checkpoints.load('rl')] as const;
  const running = flags.choice('running', ['teacher-forced', 'free']) ?? 'teacher-forced';
  const [forcedBy, onlyThink] = [flags.choice('forcedBy', NAMES) ?? 'in', flags.switch('onlyThink')];
  const system = flags.text('system');
  const maxNewTokens = flags.requiredNumber('maxNewTokens');
  const records = await attentionShift(
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
      ...(system === undefined ? {} : { prompt: { system } }),
    },
    { signal, onProgress },
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
      in: { ...provenance(loaded[0].summary, loaded[0].loaded, seed), ...detail(before) },
      rl: { ...provenance(loaded[1].summary, loaded[1].loaded, seed), ...detail(after) },
    },
  });
};

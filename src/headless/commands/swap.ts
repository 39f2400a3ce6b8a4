import { wholeModel } from '../../engine/subject.ts';
import type { Definition } from '../../probes/answers/judged.ts';
import { samplesFingerprint } from '../../identity/samples-fingerprint.ts';
import { readPairs } from '../../reading/client.ts';
import type { Pair } from '../../probes/data/pair.ts';
import { swapFiles } from '../../probes/results/swap-files.ts';
import type { SwapMode } from '../../probes/swap/mode.ts';
import type { SwapRecord } from '../../probes/swap/sweep.ts';
import { sweepSwaps } from '../../probes/swap/sweep.ts';
import type { Task } from '../../probes/task.ts';
import { TASKS } from '../../probes/task.ts';
import { identify } from '../../identity/identify.ts';
import { residentModel } from '../../identity/resident-model.ts';
import type { Command } from '../context.ts';
import { imageReading } from '../image-reading.ts';
import { provenance } from '../../identity/provenance.ts';
import { shardOf } from '../shard-of.ts';

/** The visual-token swap over pairs and layers: the reference implementation's two files. */
export const run: Command = async (context) => {
  const { flags, inputs, checkpoints, engine, notice, out } = context;
  const literalImage = flags.choice('literalImage', ['strip', 'keep']) ?? 'strip';
  const definition: Definition = flags.choice('definition', ['paper', 'reference']) ?? 'paper';
  const mode: SwapMode = flags.choice('mode', ['single', 'from-layer']) ?? 'single';
  const given = inputs.one('pairs')?.files ?? new Map<string, File>();
  const folder = await readPairs(
    given,
    { literalImage },
    { signal: context.signal, onProgress: context.onProgress },
  );
  if (folder.literalImages > 0) {
    const what = literalImage === 'strip' ? 'left out' : 'passed on as text';
    notice(`${folder.literalImages} prompts begin with a literal <image>: ${what}`);
  }
  const named = flags.list('tasks');
  const tasks = TASKS.filter((task) => named.length === 0 || named.includes(task));
  const samples = flags.number('samples');
  const asked = folder.pairs.filter(({ task }) => tasks.includes(task));
  const pairs = shardOf(firstOfEach(asked, tasks, samples), flags.shard());
  const { summary, loaded } = await checkpoints.load('model');
  const layers = flags.layers('layers', summary.layers);
  const maxNewTokens = flags.requiredNumber('maxNewTokens');
  const reading = imageReading(context);
  const rowsPerBatch = flags.number('rows');
  const answerSource = flags.switch('answerSource');
  const records = await context.journalled<SwapRecord, readonly SwapRecord[]>(
    identify('swap', `Token swap of ${summary.name} on ${tasks.join(', ')} pairs`, {
      models: { model: residentModel(summary, loaded) },
      samples: await samplesFingerprint(pairs, context),
      ...{ system: null, layers, mode, maxNewTokens, answerSource, ...reading },
    }),
    pairs.length,
    (long) =>
      sweepSwaps(
        engine,
        pairs,
        {
          subject: wholeModel(summary.id, summary.layers),
          layers,
          mode,
          maxNewTokens,
          answerSource,
          prompt: reading,
          ...(rowsPerBatch === undefined ? {} : { rowsPerBatch }),
        },
        long,
      ),
  );
  const files = swapFiles(records, {
    model: provenance(summary, loaded),
    ...{ reading, mode, definition, literalImage, literalImages: folder.literalImages, maxNewTokens },
    samples: samples ?? Math.max(0, ...tasks.map((task) => count(pairs, task))),
    of: asked.length,
  });
  for (const { path, text } of files) await out.text(path, text);
};

/** The first `samples` pairs of each task, as the reference takes them; all where that is undefined. */
function firstOfEach(
  pairs: readonly Pair[],
  tasks: readonly Task[],
  samples: number | undefined,
): readonly Pair[] {
  return tasks.flatMap((task) => pairs.filter((pair) => pair.task === task).slice(0, samples));
}

const count = (pairs: readonly Pair[], task: Task): number =>
  pairs.filter((pair) => pair.task === task).length;

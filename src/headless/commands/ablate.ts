import { wholeModel } from '../../engine/subject.ts';
import type { AblatedPart } from '../../probes/ablation/experiment.ts';
import { ablateLayer, ablateSet } from '../../probes/ablation/experiment.ts';
import type { AblationRecord } from '../../probes/ablation/sweep.ts';
import { sweepAblations } from '../../probes/ablation/sweep.ts';
import { ablationFiles } from '../../probes/results/ablation-files.ts';
import { samplesFingerprint } from '../../identity/samples-fingerprint.ts';
import { identify } from '../../identity/identify.ts';
import { residentModel } from '../../identity/resident-model.ts';
import { parseLayers } from '../layer-list.ts';
import type { Command } from '../context.ts';
import { imageReading } from '../image-reading.ts';
import { givenProblems } from '../problems.ts';
import { provenance } from '../../identity/provenance.ts';
import { shardOf } from '../shard-of.ts';

const PARTS: readonly AblatedPart[] = ['layer', 'attention', 'mlp'];

/** Zero ablation over problems: `all_results.json` and a file of records for each experiment. */
export const run: Command = async (context) => {
  const { flags, checkpoints, engine, out } = context;
  const seed = flags.requiredNumber('seed');
  const given = await givenProblems(context, 'problems');
  const problems = shardOf(given.problems, flags.shard());
  const { summary, loaded } = await checkpoints.load('model');
  const named = flags.list('parts');
  const parts = PARTS.filter((part) => (named.length === 0 ? part === 'layer' : named.includes(part)));
  const experiments = parts.flatMap((part) => [
    ...flags.layers('layers', summary.layers).map((layer) => ablateLayer(layer, part)),
    ...flags.list('set').map((text) => ablateSet(parseLayers(text, summary.layers, '--set'), part)),
  ]);
  const [system, prefix] = [flags.text('system'), flags.text('prefix') ?? ''];
  const reading = imageReading(context);
  const rowsPerBatch = flags.number('rows');
  const maxNewTokens = flags.requiredNumber('maxNewTokens');
  const records = await context.journalled<AblationRecord, readonly AblationRecord[]>(
    identify('ablate', `Zero ablation of ${summary.name} on ${given.name}`, {
      models: { model: residentModel(summary, loaded) },
      samples: await samplesFingerprint(problems, context),
      ...{ system: system ?? null, experiments, prefix, maxNewTokens, ...reading },
    }),
    problems.length,
    (long) =>
      sweepAblations(
        engine,
        problems,
        {
          subject: wholeModel(summary.id, summary.layers),
          experiments,
          maxNewTokens,
          prefix,
          ...(rowsPerBatch === undefined ? {} : { rowsPerBatch }),
          prompt: { ...reading, ...(system === undefined ? {} : { system }) },
        },
        long,
      ),
  );
  const files = ablationFiles(records, {
    model: { name: summary.name, provenance: provenance(summary, loaded, seed) },
    list: { name: given.name, count: given.of },
    ...{ reading, experiments, maxNewTokens, system, prefix },
  });
  for (const { path, text } of files) await out.text(path, text);
};

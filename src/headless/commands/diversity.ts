import type { Witnessed } from '../../checkpoint/whole-hash/witness.ts';
import { surveyCapabilities } from '../../engine/capabilities.ts';
import { browserComputers } from '../../study/characterize/computers.ts';
import { diversityFile, diversityStudy, runDiversity } from '../../study/characterize/diversity-study.ts';
import { overlapSectionOf, overlapStudy, runOverlap } from '../../study/characterize/overlap-study.ts';
import type { SpectrumRecord } from '../../spectra/diversity.ts';
import type { OverlapRecord } from '../../spectra/overlap.ts';
import { unsharedSentence } from '../../spectra/deltas/unshared.ts';
import type { LongWork } from '../../work/long-work.ts';
import { comparedCheckpoints, comparison, regionCuts } from '../compared.ts';
import type { Command } from '../context.ts';

/** `layerwise_svd.json`: singular values of every update; with `--overlap` the directions that two of them share. */
export const run: Command = async (context) => {
  const { flags } = context;
  const checkpoints = await comparedCheckpoints(context);
  const compared = { ...comparison(context), weights: flags.text('weights') ?? null };
  const device = flags.choice('device', ['webgpu', 'wasm']) ?? (await surveyCapabilities()).preferred;
  const computers = await browserComputers(device === 'webgpu' ? 'webgpu' : 'cpu', context.notice);
  const { computer } = computers;
  try {
    const study = diversityStudy(checkpoints, {
      ...{ ...compared, computer },
      mode: flags.choice('mode', ['exact', 'fast']) ?? 'exact',
      topK: flags.requiredNumber('topk'),
      seed: flags.requiredNumber('seed'),
    });
    const overlap = flags.switch('overlap')
      ? overlapStudy(checkpoints, {
          ...{ ...compared, computer },
          pair: pairOf(flags.text('pair')),
          k: flags.requiredNumber('directions'),
          seed: flags.requiredNumber('seed'),
        })
      : null;
    const unshared = [study, overlap].map((one) => one && unsharedSentence(one.pairing));
    for (const sentence of new Set(unshared)) if (sentence !== null) context.notice(sentence);
    const cuts = regionCuts(context, study.pairing.layers);
    const records = await context.journalled(
      study.identity,
      study.total,
      (long: LongWork<SpectrumRecord> & Witnessed) => runDiversity(study, computers, long),
    );
    if (!overlap) return diversityFile(study, records, cuts);
    const shared = await context.journalled(
      overlap.identity,
      overlap.total,
      (long: LongWork<OverlapRecord> & Witnessed) => runOverlap(overlap, computers, long),
    );
    return diversityFile(study, records, cuts, overlapSectionOf(overlap, shared, cuts));
  } finally {
    computers.dispose();
  }
};

/** `--pair A,B`; null where it was not given. */
function pairOf(text: string | undefined): readonly [string, string] | null {
  const [first, second] = text?.split(',') ?? [];
  return first === undefined || second === undefined ? null : [first, second];
}

import { surveyCapabilities } from '../../engine/capabilities.ts';
import { browserComputers } from '../../study/characterize/computers.ts';
import { diversityFile, diversityStudy, runDiversity } from '../../study/characterize/diversity-study.ts';
import type { SpectrumRecord } from '../../spectra/diversity.ts';
import type { LongWork } from '../../study/work.ts';
import { comparedCheckpoints, comparison, regionCuts } from '../compared.ts';
import type { Command } from '../context.ts';

/** `layerwise_svd.json`: singular values of every update. */
export const run: Command = async (context) => {
  const { flags } = context;
  const study = diversityStudy(await comparedCheckpoints(context), {
    ...comparison(context),
    weights: flags.text('weights') ?? null,
    mode: flags.choice('mode', ['exact', 'fast']) ?? 'exact',
    topK: flags.requiredNumber('topk'),
    seed: flags.requiredNumber('seed'),
  });
  const cuts = regionCuts(context, study.pairing.layers);
  const device = flags.choice('device', ['webgpu', 'wasm']) ?? (await surveyCapabilities()).preferred;
  const computers = await browserComputers(device === 'webgpu' ? 'webgpu' : 'cpu', context.notice);
  try {
    const records = await context.journalled(study.identity, study.total, (long: LongWork<SpectrumRecord>) =>
      runDiversity(study, computers, long),
    );
    return diversityFile(study, records, cuts);
  } finally {
    computers.dispose();
  }
};

import type { Witnessed } from '../../checkpoint/whole-hash/witness.ts';
import { spectraThreads } from '../../study/characterize/computers.ts';
import { energyFile, energyStudy, runEnergy } from '../../study/characterize/energy-study.ts';
import type { EnergyRecord } from '../../spectra/energy.ts';
import { unsharedSentence } from '../../spectra/deltas/unshared.ts';
import type { LongWork } from '../../work/long-work.ts';
import { comparedCheckpoints, comparison, regionCuts } from '../compared.ts';
import type { Command } from '../context.ts';

/** `fro_norm.json`: how large the update of every weight is. */
export const run: Command = async (context) => {
  const study = energyStudy(await comparedCheckpoints(context), comparison(context));
  const cuts = regionCuts(context, study.pairing.layers);
  const unshared = unsharedSentence(study.pairing);
  if (unshared !== null) context.notice(unshared);
  const threads = spectraThreads();
  try {
    const records = await context.journalled(
      study.identity,
      study.total,
      (long: LongWork<EnergyRecord> & Witnessed) => runEnergy(study, threads, long),
    );
    return energyFile(study, records, cuts);
  } finally {
    threads.dispose();
  }
};

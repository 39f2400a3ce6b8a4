import { NamedError } from '../named-error.ts';
import type { LongWork } from '../study/work.ts';
import { cancelled } from './probe-engine.ts';

/**
 * Runs `compute` on every sample that has no record yet, one after another, and returns all records in the samples'
 * order. Keys name samples across runs.
 *
 * @throws NamedError `Cancelled`; those of `compute`, with the sample named, so that none is left out in silence.
 */
export async function eachSample<Sample, Record>(
  samples: readonly Sample[],
  keyOf: (sample: Sample) => string,
  { signal, onProgress, finished, onRecord }: LongWork<Record>,
  compute: (sample: Sample) => Promise<Record>,
): Promise<Record[]> {
  const records: Record[] = [];
  const report = (): void =>
    onProgress?.({ phase: 'answering', done: records.length, total: samples.length, unit: 'samples' });
  report();
  for (const sample of samples) {
    const key = keyOf(sample);
    const known = finished?.get(key);
    if (known === undefined) {
      if (signal?.aborted) throw cancelled();
      const record = await compute(sample).catch((error: unknown) => {
        throw naming(error, key);
      });
      records.push(record);
      await onRecord?.(key, record);
    } else records.push(known);
    report();
  }
  return records;
}

/** The error, with the sample it happened at. */
function naming(error: unknown, key: string): unknown {
  if (!(error instanceof NamedError) || error.name === 'Cancelled') return error;
  return new NamedError(error.name, `${key}: ${error.what}`, error.place, error.remedy, { cause: error });
}

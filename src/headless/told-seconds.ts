/** A long command's seconds, told on stderr before it begins and when it is over. */
import type { AskedModel } from '../analyses/asked-model.ts';
import { promptLengths } from '../check/cost/prompt-lengths.ts';
import { type Counts, runSeconds, sizesOf, type Speeds, speedsOf } from '../check/cost/run-seconds.ts';
import { toldSeconds } from '../check/cost/told-seconds.ts';
import { ratesOf } from '../check/measure/client.ts';
import type { DeviceRates } from '../check/measure/rates.ts';
import type { Device } from '../engine/protocol/device.ts';
import type { ImageReading } from '../engine/protocol/prompt.ts';
import { isCancelled } from '../work/cancel.ts';

/** Fewer are there before anything could be told. */
const LONG = 200;

/** Measuring takes a second or two: no more than a fiftieth of the run. */
const LONG_SECONDS = 60;

/** About what one thread of a CPU does: a device that is not measured yet is rarely slower. */
const ONE_THREAD: Speeds = { operationsPerSecond: 5e9, bytesPerSecond: 5e9, dispatchSeconds: 2e-5 };

interface Asking {
  readonly counts: Counts;
  readonly samples: Iterable<unknown>;
  readonly models: readonly AskedModel[];
  readonly reading: Required<ImageReading>;
}

/**
 * Measures the device, and tells what it makes of the run, where one thread of a CPU would take a minute for it; nothing before a shorter one.
 *
 * @returns what tells, at the end, how long it took
 * @throws NamedError `Cancelled`
 */
export async function tellSeconds(
  { counts, samples, models, reading }: Asking,
  { notice, signal }: { notice(line: string): void; readonly signal: AbortSignal },
  measure: (device: Device, signal: AbortSignal) => Promise<DeviceRates> = ratesOf,
): Promise<() => void> {
  const [first] = models;
  if (!first || counts.answers < LONG) return () => undefined;
  const sizes = models.map(({ checkpoint, model }) => sizesOf(checkpoint, model));
  try {
    const lengths = await promptLengths(samples, reading);
    const secondsBy = (speeds: Speeds): number => runSeconds(counts, sizes, lengths, speeds);
    if (secondsBy(ONE_THREAD) >= LONG_SECONDS) {
      const seconds = secondsBy(speedsOf(await measure(first.model.device, signal)));
      const told = toldSeconds({ seconds, measured: true }, { same: [], others: [] });
      if (told)
        notice(
          `${counts.answers} answers: ${rounded(told.least)} to ${rounded(told.most)} s on this device, by its speed`,
        );
    }
  } catch (error) {
    if (isCancelled(error)) throw error;
    notice(`${counts.answers} answers: how long they take is not known before the first`);
  }
  const begun = performance.now();
  return () => notice(`took ${rounded((performance.now() - begun) / 1000)} s`);
}

/** Two digits are more than is known. */
function rounded(seconds: number): string {
  return String(Number(seconds.toPrecision(2)));
}

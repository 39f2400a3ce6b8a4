import { PaceMeter } from '../work/pace.ts';
import type { WorkProgress } from '../work/long-work.ts';

/** Lines come no faster than one reads them. */
const EVERY_SECONDS = 1;

/**
 * Turns progress into lines for a log: a line when a phase begins, ends, and at most once a second between.
 * @param now seconds, from any fixed point
 */
export function progressLines(
  print: (line: string) => void,
  now: () => number = () => performance.now() / 1000,
): (progress: WorkProgress) => void {
  const meter = new PaceMeter(now);
  let told: string | null = null;
  let written = -Infinity;
  let saidDone = -1;
  return (progress) => {
    const pace = meter.observe(progress);
    const ended = progress.done >= progress.total && progress.done !== saidDone;
    const phase = `${progress.phase} ${progress.of ?? ''}`;
    if (phase === told && !ended && now() - written < EVERY_SECONDS) return;
    told = phase;
    written = now();
    saidDone = progress.done;
    print(progressLine(progress, pace.rate, pace.etaSeconds));
  };
}

/** "reading deltas 42 %, 120 of 284 tensors, 12.3 tensors/s, 14 s left" */
export function progressLine(
  { phase, of, done, total, unit }: WorkProgress,
  rate: number | null,
  etaSeconds: number | null,
): string {
  const percent = total > 0 ? Math.floor((100 * done) / total) : 100;
  const amount =
    unit === 'bytes' ? `${megabytes(done)} of ${megabytes(total)} MB` : `${done} of ${total} ${unit}`;
  const parts = [`${phase}${of === undefined ? '' : ` ${of}`} ${percent} %`, amount];
  if (rate !== null) parts.push(unit === 'bytes' ? `${megabytes(rate)} MB/s` : `${short(rate)} ${unit}/s`);
  if (etaSeconds !== null && done < total) parts.push(`${Math.ceil(etaSeconds)} s left`);
  return parts.join(', ');
}

function megabytes(bytes: number): string {
  return short(bytes / 1e6);
}

function short(value: number): string {
  return String(Number(value >= 100 ? value.toFixed(0) : value.toPrecision(3)));
}

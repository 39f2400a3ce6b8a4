import type { LoadProgress } from '../protocol/loading.ts';

/** Reports are for eyes: more than ten a second only cost time. */
const REPORT_EVERY_MS = 100;

/** Returns a function to be told of bytes done; passes on the sum, the rate since the start, and what is left. */
export function progressMeter(
  phase: LoadProgress['phase'],
  bytesTotal: number,
  report: ((progress: LoadProgress) => void) | undefined,
): (bytes: number, tensor?: string) => void {
  const started = performance.now();
  let bytesDone = 0;
  let reported = -Infinity;
  return (bytes, tensor) => {
    bytesDone += bytes;
    const now = performance.now();
    if (now - reported < REPORT_EVERY_MS && bytesDone < bytesTotal) return;
    reported = now;
    const bytesPerSecond = (1000 * bytesDone) / Math.max(1, now - started);
    report?.({
      phase,
      bytesDone,
      bytesTotal,
      bytesPerSecond,
      etaSeconds: bytesDone === 0 ? null : (bytesTotal - bytesDone) / bytesPerSecond,
      ...(tensor === undefined ? {} : { tensor }),
    });
  };
}

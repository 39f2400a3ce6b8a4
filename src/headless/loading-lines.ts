import type { LoadProgress } from '../engine/protocol/loading.ts';

/** Where a percent takes longer than that, lines come as often: whoever waits takes silence for a hang. */
const MOST_SILENT_SECONDS = 60;

/**
 * Turns the progress of loading a model into lines: one for each percent, and more where those come slowly.
 *
 * @param now seconds, from any fixed point
 */
export function loadingLines(
  print: (line: string) => void,
  now: () => number = () => performance.now() / 1000,
): (progress: LoadProgress) => void {
  let told = -1;
  let written = -Infinity;
  return ({ bytesDone, bytesTotal, bytesPerSecond, etaSeconds }) => {
    const percent = Math.floor((100 * bytesDone) / bytesTotal);
    if (percent === told && now() - written < MOST_SILENT_SECONDS) return;
    told = percent;
    written = now();
    print(
      `loading ${percent} % at ${(bytesPerSecond / 1e6).toFixed(0)} MB/s` +
        (etaSeconds === null ? '' : `, ${Math.ceil(etaSeconds)} s left`),
    );
  };
}

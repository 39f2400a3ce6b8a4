import { yieldToEvents } from '../work/turns.ts';

/** Between two looks at what else the page has to do. */
const AT_ONCE_MS = 10;

/**
 * Asks each file for its size. A browser looks it up on disk when it is first asked about, or when the file is first handed to
 * a worker: of five thousand pictures that holds up the page for seconds, unless it pauses in between.
 */
export async function lookUpSizes(files: Iterable<{ readonly size: number }>): Promise<void> {
  let paused = performance.now();
  for (const file of files) {
    void file.size;
    if (performance.now() - paused < AT_ONCE_MS) continue;
    await yieldToEvents();
    paused = performance.now();
  }
}

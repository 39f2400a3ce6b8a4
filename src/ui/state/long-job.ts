import type { LongWork, WorkProgress } from '../../work/long-work.ts';
import type { Jobs } from './jobs.svelte.ts';

/** What is over sooner is not worth a word. */
const SHOWN_AFTER_MS = 300;

let serial = 0;

/** Runs work that is most often over at once, and shows it as a job, which can be cancelled, once it is not. */
export async function asJobIfLong<Result>(
  jobs: Jobs,
  title: string,
  work: (long: Pick<LongWork<never>, 'signal' | 'onProgress'>) => Promise<Result>,
): Promise<Result> {
  const id = `short work ${serial++}`;
  const controller = new AbortController();
  let report: ((progress: WorkProgress) => void) | undefined;
  const late = setTimeout(() => (report = jobs.track(id, title, () => controller.abort())), SHOWN_AFTER_MS);
  try {
    return await work({ signal: controller.signal, onProgress: (progress) => report?.(progress) });
  } finally {
    clearTimeout(late);
    jobs.end(id);
  }
}

import { MergedFolder } from '../../merge/folder/merged-folder.ts';
import type { MergePlan } from '../../merge/plan/plan.ts';
import type { NamedError } from '../../named-error.ts';
import { failureOf } from './failure.ts';
import type { Jobs } from './jobs.svelte.ts';
import { t } from './texts.ts';

/** What is done with merges, one thing at a time; each can be cancelled, and the last failure is kept. */
export class MergeWork {
  working = $state(false);
  /** Why the last thing asked for did not come through. */
  error = $state.raw<NamedError | null>(null);
  readonly #job: string;
  readonly #jobs: Jobs;
  #controller: AbortController | null = null;

  /** @param job id of the jobs that are shown for it */
  constructor(job: string, jobs: Jobs) {
    this.#job = job;
    this.#jobs = jobs;
  }

  cancel(): void {
    this.#controller?.abort();
  }

  /** Shows what is done as a job. */
  track(title: string): ReturnType<Jobs['track']> {
    return this.#jobs.track(this.#job, title, () => this.cancel());
  }

  /** Does it, unless something is under way; resolves when that is over, however it ended. */
  async attempt(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.working) return;
    this.error = null;
    this.working = true;
    const controller = (this.#controller = new AbortController());
    try {
      await work(controller.signal);
    } catch (error) {
      this.error = failureOf(error);
    } finally {
      this.working = false;
      this.#controller = null;
      this.#jobs.end(this.#job);
    }
  }

  /** A plan with the deviations that noise is scaled by; only noise asks for any work. */
  async measured(plan: MergePlan, folders: MergedFolder['folders'], signal: AbortSignal): Promise<MergePlan> {
    if (!plan.recipe.edits.some(({ kind }) => kind === 'noise')) return plan;
    const onProgress = this.track(t.jobs.measuringNoise);
    const { measureInWorker } = await import('../../merge/worker/client.ts');
    return measureInWorker(new MergedFolder(plan, folders), { signal, onProgress });
  }
}

import type { ReadWork } from '../../reading/client.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import { asJobIfLong } from '../state/long-job.ts';

/** What a person brings is read by a worker; what is brought next takes the place of what is being read. */
export class Importing {
  readonly #jobs: Jobs;
  readonly #title: string | (() => string);
  #under: AbortController | null = null;

  /** @param title what the job bar says: "Reading the list"; a function follows the language */
  constructor(jobs: Jobs, title: string | (() => string)) {
    this.#jobs = jobs;
    this.#title = title;
  }

  /** Shows it in the job bar once it takes its time. @throws NamedError those of `work`; `Cancelled`, when something else is brought too */
  async read<Result>(work: (reading: ReadWork) => Promise<Result>): Promise<Result> {
    this.#under?.abort();
    const own = (this.#under = new AbortController());
    try {
      const title = typeof this.#title === 'string' ? this.#title : this.#title();
      return await asJobIfLong(this.#jobs, title, ({ signal, onProgress }) =>
        work({
          signal: signal ? AbortSignal.any([signal, own.signal]) : own.signal,
          ...(onProgress ? { onProgress } : {}),
        }),
      );
    } finally {
      if (this.#under === own) this.#under = null;
    }
  }
}

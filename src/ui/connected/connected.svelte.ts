import type { Journals } from '../../study/journal/journals.ts';
import { Appearance } from '../state/appearance.svelte.ts';
import { Jobs } from '../state/jobs.svelte.ts';
import { Judging } from './judging.svelte.ts';
import { RemoteEvaluation } from './remote-evaluation.svelte.ts';

/** Everything of the page that may ask other services. */
export class Connected {
  readonly appearance = new Appearance();
  readonly jobs = new Jobs();
  readonly evaluation: RemoteEvaluation;
  readonly judging: Judging;

  constructor(journals: Journals) {
    this.evaluation = new RemoteEvaluation(this.jobs, journals);
    this.judging = new Judging(this.jobs, journals);
  }
}

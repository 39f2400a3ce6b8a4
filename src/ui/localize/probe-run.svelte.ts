import type { NamedError } from '../../named-error.ts';
import type { WorkIdentity } from '../../study/journal/identity.ts';
import type { Journals } from '../../study/journal/journals.ts';
import { named } from '../state/named.ts';
import { PaceMeter } from '../../study/pace.ts';
import { runJournalled } from '../../study/run-journalled.ts';
import type { LongWork, WorkProgress } from '../../study/work.ts';
import { duration } from '../format/quantity.ts';
import type { Jobs } from '../state/jobs.svelte.ts';

export type RunPhase = 'idle' | 'running' | 'stopped' | 'done' | 'failed';

/** What is run: its identity, so that it can be gone on with, and how many records it has in all. */
export interface Piece<Record> {
  readonly identity: WorkIdentity;
  readonly total: number;
  readonly work: (long: LongWork<Record>) => Promise<unknown>;
}

/** One probe's run: its records as they come, kept in a journal, so that a reload loses nothing. */
export class ProbeRun<Record> {
  phase = $state<RunPhase>('idle');
  records = $state.raw<readonly Record[]>([]);
  total = $state(0);
  error = $state.raw<NamedError | null>(null);
  notices = $state.raw<readonly string[]>([]);
  /** Identity whose records are shown. */
  #shown = '';
  #controller: AbortController | null = null;
  readonly #journals: Journals;
  readonly #jobs: Jobs;

  constructor(journals: Journals, jobs: Jobs) {
    this.#journals = journals;
    this.#jobs = jobs;
  }

  get running(): boolean {
    return this.phase === 'running';
  }

  /** "n = 37 of 100 so far", or that all are there. */
  get note(): string {
    const { length } = this.records;
    return length < this.total ? `n = ${length} of ${this.total} so far` : `n = ${length}`;
  }

  /** Shows what earlier runs of this piece kept; nothing happens while it runs, or where it is shown already. */
  async show({ identity, total }: Pick<Piece<Record>, 'identity' | 'total'>): Promise<void> {
    const name = JSON.stringify(identity);
    if (this.running || name === this.#shown) return;
    this.#shown = name;
    this.records = [];
    this.total = total;
    this.phase = 'idle';
    this.error = null;
    const kept = await this.#journals.read<Record>(identity).catch(() => new Map<string, Record>());
    if (this.running || this.#shown !== name || kept.size === 0) return;
    this.records = [...kept.values()];
    this.phase = kept.size < total ? 'stopped' : 'done';
  }

  async start({ identity, total, work }: Piece<Record>): Promise<void> {
    if (this.running) return;
    const controller = (this.#controller = new AbortController());
    const records = new Map<string, Record>();
    const meter = new PaceMeter();
    this.#shown = JSON.stringify(identity);
    this.phase = 'running';
    this.total = total;
    this.error = null;
    this.notices = [];
    this.records = [];
    const report = (progress: WorkProgress): void => {
      const { etaSeconds } = meter.observe(progress);
      const { done, total, unit } = progress;
      this.#jobs.report({
        id: identity.kind,
        title: identity.title,
        detail: `${done} of ${total} ${unit}${etaSeconds === null ? '' : ` · ${duration(etaSeconds)} left`}`,
        share: total > 0 ? done / total : null,
        cancel: () => this.cancel(),
      });
    };
    report({ phase: 'reading', done: 0, total, unit: 'samples' });
    try {
      await runJournalled<Record, unknown>(this.#journals, identity, total, work, {
        signal: controller.signal,
        onProgress: report,
        onFinished: (finished) => {
          for (const [key, record] of finished) records.set(key, record);
          this.records = [...records.values()];
        },
        onRecord: (key, record) => {
          records.set(key, record);
          this.records = [...records.values()];
        },
        onNotice: (notice) => (this.notices = [...this.notices, notice]),
      });
      this.phase = 'done';
    } catch (thrown) {
      const error = named(thrown);
      this.phase = error.name === 'Cancelled' ? 'stopped' : 'failed';
      this.error = error.name === 'Cancelled' ? null : error;
    } finally {
      this.#jobs.end(identity.kind);
    }
  }

  cancel(): void {
    this.#controller?.abort();
  }
}

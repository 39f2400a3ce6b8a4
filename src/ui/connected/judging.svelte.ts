import { ROLE_LABELS } from '../../roles.mjs';
import { version } from '../../version.ts';
import { experimentsOf } from '../../evaluation/results/experiments-of.ts';
import { recordPieces, resultPieces, type ResultPieces } from '../../evaluation/results/write.ts';
import type { GradedAnswer } from '../../evaluation/tables/graded.ts';
import { metricTable } from '../../evaluation/tables/metric-table.ts';
import type { NamedError } from '../../named-error.ts';
import { judgeAll, type JudgeVerdict, verdictsIdentity } from '../../remote/judge.ts';
import type { Journals } from '../../study/journal/journals.ts';
import { runJournalled } from '../../study/run-journalled.ts';
import { openResults, type OpenResults } from '../../reading/client.ts';
import type { Judgement } from '../../reading/judgement.ts';
import { byPath, type PathFile, topOf } from '../files/folder.ts';
import { Importing } from '../files/importing.ts';
import { failureOf } from '../state/failure.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import { Service } from './service.svelte.ts';
import { t } from './texts.ts';

const JOB = 'judge';
const REFERENCE = ROLE_LABELS.in;
const NOTHING = { n: 0, agree: 0, judgeOnly: [], ruleOnly: [] };

/** Results that exist are graded again by a judge; nothing is generated. */
export class Judging {
  readonly service = new Service('judge');
  /** As they were opened; null before. */
  opened = $state.raw<readonly GradedAnswer[] | null>(null);
  /** With the judge's verdicts so far; null before. */
  judgement = $state.raw<Judgement | null>(null);
  name = $state('');
  running = $state(false);
  error = $state.raw<NamedError | null>(null);
  notices = $state.raw<readonly string[]>([]);
  waiting = $state<string | null>(null);
  done = $state(0);
  total = $state(0);
  #controller: AbortController | null = null;
  #serial = 0;
  readonly #importing: Importing;
  #results: OpenResults | null = null;
  readonly #jobs: Jobs;
  readonly #journals: Journals;

  constructor(jobs: Jobs, journals: Journals) {
    this.#importing = new Importing(jobs, () => t.judge.readingResults);
    this.#jobs = jobs;
    this.#journals = journals;
  }

  get needs(): string | null {
    if (!this.opened) return t.judge.needs;
    return this.service.needs;
  }

  async open(found: readonly PathFile[]): Promise<void> {
    if (this.running) return;
    try {
      const results = await this.#importing.read((reading) => openResults(byPath(found), reading));
      this.#results?.close();
      this.#results = results;
      this.judgement = null;
      this.opened = results.answers;
      this.name = topOf(found);
      this.error = null;
      await this.show();
    } catch (thrown) {
      this.error = failureOf(thrown);
    }
  }

  /** What this judge has said of these results before. Only the last of several calls counts. */
  async show(): Promise<void> {
    const results = this.#results;
    if (!results || this.running) return;
    const serial = ++this.#serial;
    const kept = await this.#kept();
    try {
      const judgement = await results.judgement(kept, REFERENCE);
      if (serial !== this.#serial || this.running) return;
      this.total = judgement.total;
      this.done = judgement.done;
      this.judgement = judgement;
    } catch (thrown) {
      // Cancelled where other results were opened meanwhile.
      this.error = failureOf(thrown) ?? this.error;
    }
  }

  async start(): Promise<void> {
    const { opened } = this;
    if (!opened || this.needs !== null || this.running) return;
    const controller = (this.#controller = new AbortController());
    this.running = true;
    this.error = null;
    this.notices = [];
    this.waiting = null;
    const track = this.#jobs.track(JOB, t.judge.asking, () => this.cancel());
    try {
      const client = this.service.client((why, milliseconds) => {
        this.waiting = t.waiting(why, Math.ceil(milliseconds / 1000));
      });
      await runJournalled<JudgeVerdict, unknown>(
        this.#journals,
        await verdictsIdentity(client),
        this.total,
        (work) => judgeAll(client, this.service.atOnce, opened, work),
        {
          signal: controller.signal,
          onProgress: (progress) => {
            this.done = progress.done;
            track(progress);
          },
          onNotice: (notice) => (this.notices = [...this.notices, notice]),
        },
      );
    } catch (thrown) {
      this.error = failureOf(thrown);
    } finally {
      this.running = false;
      this.#jobs.end(JOB);
      await this.show();
    }
  }

  cancel(): void {
    this.#controller?.abort();
  }

  /** The results with both verdicts of every judged record. The key is no part of them. */
  files(): ResultPieces {
    const graded = this.judgement?.judged ?? [];
    const rows = metricTable(graded, REFERENCE);
    const results = resultPieces(rows, graded, experimentsOf(graded), this.#facts());
    return new Map([...results, ...recordPieces(graded)]);
  }

  #facts(): object {
    const { n, agree, judgeOnly, ruleOnly } = this.judgement?.agreement ?? NOTHING;
    const counts = { both: n, agree, judgeOnly: judgeOnly.length, ruleOnly: ruleOnly.length };
    return { frankenscope: { version, judge: this.service.described, agreement: counts } };
  }

  async #kept(): Promise<ReadonlyMap<string, JudgeVerdict>> {
    if (this.service.needs !== null) return new Map();
    try {
      const identity = await verdictsIdentity(this.service.client(() => undefined));
      return await this.#journals.read<JudgeVerdict>(identity, (notice) => {
        if (!this.notices.includes(notice)) this.notices = [...this.notices, notice];
      });
    } catch {
      // An address that is none yet, or a storage that cannot be read.
      return new Map();
    }
  }
}

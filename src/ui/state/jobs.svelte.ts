import { PaceMeter } from '../../work/pace.ts';
import type { WorkProgress } from '../../work/long-work.ts';
import { paceText } from '../format/progress.ts';
import { t } from './texts.ts';

/** One piece of long work, as the job bar shows it. */
interface Job {
  readonly id: string;
  /** What is done to what: "Loading IN". */
  readonly title: string;
  readonly detail: string;
  /** 0…1, or null while it cannot be known. */
  readonly share: number | null;
  readonly cancel: () => void;
}

/** The job bar is read, not watched: more reports a second only cost time. */
const REPORT_EVERY_MS = 100;

/** Work under way, oldest first. */
export class Jobs {
  list = $state.raw<readonly Job[]>([]);
  /** What was tracked last under each id, until it ended: progress that a worker tells after that is of nothing any more. */
  readonly #tracked = new Map<string, object>();

  /** Adds a job or replaces what is known of it. */
  report(job: Job): void {
    const known = this.list.some(({ id }) => id === job.id);
    this.list = known ? this.list.map((old) => (old.id === job.id ? job : old)) : [...this.list, job];
  }

  end(id: string): void {
    this.#tracked.delete(id);
    this.list = this.list.filter((job) => job.id !== id);
  }

  /**
   * Shows work under way: phase, amount, rate and time left, as its progress comes. Call `end` with the same id when it
   * is over.
   */
  track(id: string, title: string, cancel: () => void): (progress: WorkProgress) => void {
    const meter = new PaceMeter();
    this.#tracked.set(id, meter);
    let reported = -Infinity;
    let phase: string | null = null;
    this.report({ id, title, detail: t.starting, share: null, cancel });
    return (progress) => {
      if (this.#tracked.get(id) !== meter) return;
      const pace = meter.observe(progress);
      const now = performance.now();
      const doing = `${progress.phase} ${progress.of ?? ''}`;
      if (doing === phase && now - reported < REPORT_EVERY_MS && progress.done < progress.total) return;
      reported = now;
      phase = doing;
      const { done, total } = progress;
      const share = total > 0 ? done / total : null;
      this.report({ id, title, detail: paceText(progress, pace), share, cancel });
    };
  }
}

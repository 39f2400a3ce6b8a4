/** The last run of a page, measured: its figures are those of what is shown as long as that is what was run. */
import type { RunFigures } from '../analyses/run-block.ts';
import type { LongWork } from '../work/long-work.ts';
import { type Computing, RunMeter } from './run-meter.ts';

export class MeasuredRun {
  #last: { readonly of: string; readonly meter: RunMeter } | null = null;

  /** @param of names what is run, in a form of JSON */
  measuring<Record, Long extends LongWork<Record>, Result>(
    of: unknown,
    computing: Computing,
    work: (long: Long) => Promise<Result>,
  ): (long: Long) => Promise<Result> {
    const meter = new RunMeter(computing);
    this.#last = { of: JSON.stringify(of), meter };
    return meter.measuring<Record, Long, Result>(work);
  }

  /** Of a result of so many records of what `of` names; null where that is not what was run last here. */
  figures(of: unknown, records: number): RunFigures | null {
    return this.#last?.of === JSON.stringify(of) ? this.#last.meter.figures(records) : null;
  }
}

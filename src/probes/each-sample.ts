import type { ModelId, Subject } from '../engine/subject.ts';
import { modelsOf } from '../engine/subject.ts';
import { named as asNamed } from '../named.ts';
import { NamedError } from '../named-error.ts';
import { abortable, isCancelled, throwIfCancelled } from '../work/cancel.ts';
import type { LongWork, WorkProgress } from '../work/long-work.ts';
import { resume } from '../work/resume.ts';
import { ToldInOrder } from '../work/told-in-order.ts';
import { GroupQueue, type Part } from './group-queue.ts';

/** An engine that may have others beside it (`EngineClient.lanes`); one that has none answers alone. */
interface WithLanes<Engine> {
  lanes?(models: readonly ModelId[], samples: number): Promise<readonly Promise<Engine>[]>;
}

/** How samples are answered. */
export interface Answering<Sample, Record, Engine extends WithLanes<Engine>> {
  readonly engine: Engine;
  /** All that any of them asks. */
  readonly subjects: readonly Subject[];
  /** Up to so many at a time. */
  readonly size: number;
  /** Names samples across runs. */
  keyOf(sample: NoInfer<Sample>): string;
  /** Answers a group on one engine: what it captures there it uses and releases there. Ends with `signal`. */
  compute(group: readonly Sample[], engine: Engine, signal: AbortSignal): Promise<readonly Record[]>;
  /** Groups of at most `size` to be answered in this order. Left out: samples as they come. */
  groupsOf?(samples: readonly NoInfer<Sample>[], size: number): readonly (readonly NoInfer<Sample>[])[];
  /** Names what an engine makes ready once for all samples that need it; those of a group need the same. Left out: nothing. */
  needsOf?(sample: NoInfer<Sample>): readonly string[];
  /** The error, with what it happened at. Left out: with the sample's key. */
  named?(error: unknown, sample: NoInfer<Sample>): unknown;
  /** What its progress counts. Left out: samples. */
  readonly unit?: WorkProgress['unit'];
}

/**
 * Runs `compute` on every sample that has no record yet, and returns all records in the samples' order: several beside each
 * other where the engine has lanes. Ids name samples across runs.
 *
 * @throws NamedError those of `eachGroup`
 */
export function eachSample<Sample extends { readonly id: string }, Record, Engine extends WithLanes<Engine>>(
  samples: readonly Sample[],
  work: LongWork<Record>,
  { engine, subjects }: Pick<Answering<Sample, Record, Engine>, 'engine' | 'subjects'>,
  compute: (sample: Sample, engine: Engine, signal: AbortSignal) => Promise<Record>,
): Promise<Record[]> {
  return eachGroup(samples, work, {
    ...{ engine, subjects, size: 1 },
    keyOf: ({ id }) => id,
    compute: async ([sample], ...on) => [await compute(sample as Sample, ...on)],
  });
}

/**
 * The same, with up to `size` samples at a time. Lanes take groups out of one queue; towards its end groups get smaller, so that
 * no lane waits long for the last. Where groups need something, lanes keep to those for which they have it ready, as far as none waits.
 * Records are told one at a time, in the order of the groups: intervals drawn from them depend on it. A lane whose
 * groups are not told yet, because earlier ones are under way elsewhere, answers one more meanwhile: as many as groups differ in what they need.
 * Samples of a group that fails are computed one by one, so that the others keep their records and the error names the one it is about; it
 * ends all lanes.
 *
 * @throws NamedError `Cancelled`; those of `compute`, with the sample named, so that none is left out in silence.
 */
export async function eachGroup<Sample, Record, Engine extends WithLanes<Engine>>(
  samples: readonly Sample[],
  work: LongWork<Record>,
  answering: Answering<Sample, Record, Engine>,
): Promise<Record[]> {
  const { engine, subjects, size, keyOf, compute, groupsOf = slicesOf, unit = 'samples' } = answering;
  const { needsOf = () => [] } = answering;
  const { named = (error, sample) => withKey(error, keyOf(sample)) } = answering;
  const { records, left, add } = resume(samples, keyOf, work, { phase: 'answering', unit });
  const found = (): Record[] => samples.map((sample) => records.get(keyOf(sample)) as Record);
  if (left.length === 0) return found();

  const failing = new AbortController();
  const signal = AbortSignal.any([failing.signal, ...(work.signal ? [work.signal] : [])]);
  const lanes = await abortable(
    async () => (await engine.lanes?.(modelsOf(subjects), left.length)) ?? [Promise.resolve(engine)],
    signal,
  );
  const queue = new GroupQueue<Sample, Engine>(groupsOf(left, size), lanes.length, needsOf);
  let failed: { readonly error: unknown } | null = null;
  const fail = (error: unknown): void => {
    // Those that end because of it are no errors of their own.
    failed ??= { error };
    failing.abort();
  };
  const before = records.size;
  let [started, asked] = [0, lanes.length];
  // Lanes load the models; once there are answers, these are what is told.
  const tellStarted = (): void => {
    if (asked < 2 || records.size > before || started === asked) return;
    work.onProgress?.({ phase: 'starting engines', done: started, total: asked, unit: 'engines' });
  };
  tellStarted();
  const leftOut = (error: unknown): void => {
    asked -= 1;
    const { what, remedy } = asNamed(error);
    work.onNotice?.(
      `One of ${lanes.length} engines could not start and is left out: ${what}; ${remedy}. Nothing else changes but the time.`,
    );
  };
  const answer = async (group: readonly Sample[], lane: Engine): Promise<Answered<Sample, Record>> => {
    throwIfCancelled(signal);
    try {
      const records = await compute(group, lane, signal);
      return { answered: group.map((sample, index) => [sample, records[index] as Record]), failure: null };
    } catch (error) {
      if (isCancelled(error)) throw error;
      if (group.length === 1) return { answered: [], failure: { error: named(error, group[0] as Sample) } };
      const answered: (readonly [Sample, Record])[] = [];
      for (const sample of group) {
        const one = await answer([sample], lane);
        answered.push(...one.answered);
        if (one.failure) return { answered, failure: one.failure };
      }
      return { answered, failure: null };
    }
  };
  const order = new ToldInOrder(signal);
  const run = async (lane: Engine): Promise<void> => {
    /** Groups that are answered here and not told. */
    let untold = 0;
    const tellings: Promise<void>[] = [];
    const tell = async ({ at, samples }: Part<Sample>, { answered, failure }: Answered<Sample, Record>) => {
      if (failure && answered.length === 0) throw failure.error;
      untold += 1;
      await order.tell(at, samples.length, async () => {
        for (const [sample, record] of answered) {
          throwIfCancelled(signal);
          await add(keyOf(sample), record);
        }
        if (failure) throw failure.error;
        untold -= 1;
      });
    };
    try {
      for (;;) {
        while (untold > queue.choice && !queue.holds(order.next)) await order.moved();
        // What all others wait for is not left to a lane that is not ready yet.
        const part = queue.next(lane, untold < queue.choice ? queue.choice : 1);
        if (!part) break;
        const done = await answer(part.samples, lane);
        tellings.push(tell(part, done).catch(fail));
        if (done.failure) break;
      }
    } catch (error) {
      fail(error);
    }
    await Promise.all(tellings);
  };
  const over = AbortSignal.any([signal, queue.empty]);
  await Promise.all(
    lanes.map((lane) =>
      whenReady(lane, over, leftOut, (ready) => {
        started += 1;
        tellStarted();
        return run(ready);
      }),
    ),
  );
  // Lanes that could not be made ready are left out; where none could, the engine answers itself.
  if (!failed) await run(engine);
  if (failed) throw (failed as { readonly error: unknown }).error;
  return found();
}

/** Records of a group's samples, in their order, up to the one that failed, if any. */
interface Answered<Sample, Record> {
  readonly answered: readonly (readonly [Sample, Record])[];
  readonly failure: { readonly error: unknown } | null;
}

/** Runs on a lane as soon as it is ready, if that is before `over`; one that cannot be made ready is told. */
async function whenReady<Engine>(
  lane: Promise<Engine>,
  over: AbortSignal,
  leftOut: (error: unknown) => void,
  run: (lane: Engine) => Promise<void>,
): Promise<void> {
  const ready = await abortable(() => lane, over).catch((error: unknown) => {
    if (!over.aborted) leftOut(error);
    return null;
  });
  if (ready !== null) await run(ready);
}

function slicesOf<Sample>(samples: readonly Sample[], size: number): readonly (readonly Sample[])[] {
  return Array.from({ length: Math.ceil(samples.length / size) }, (_, at) =>
    samples.slice(at * size, (at + 1) * size),
  );
}

/** The error, with the sample it happened at. */
function withKey(error: unknown, key: string): unknown {
  if (!(error instanceof NamedError)) return error;
  return new NamedError(error.name, `${key}: ${error.what}`, error.place, error.remedy, { cause: error });
}

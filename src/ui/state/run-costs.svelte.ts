import { untrack } from 'svelte';
import * as v from 'valibot';
import type { AskedModel } from '../../analyses/asked-model.ts';
import { promptLengths } from '../../check/cost/prompt-lengths.ts';
import { type Counts, type Lengths, runSeconds, sizesOf, type Speeds } from '../../check/cost/run-seconds.ts';
import { KEPT_FACTORS, type Range, toldSeconds } from '../../check/cost/told-seconds.ts';
import type { ImageReading } from '../../engine/protocol/prompt.ts';
import { duration } from '../format/quantity.ts';
import { keepSettings, keptSettings, type SettingShapes } from './kept-settings.ts';
import { t } from './run-cost-texts.ts';

const KEY = 'frankenscope.run-costs';
const NUMBER = v.pipe(v.number(), v.finite(), v.minValue(0));
const SHAPES = {
  /** Of a check, by place. */
  speeds: v.record(
    v.string(),
    v.object({ operationsPerSecond: NUMBER, bytesPerSecond: NUMBER, dispatchSeconds: NUMBER }),
  ),
  /** Of runs, by place and analysis: by that check's speeds, else by `YARDSTICK`. */
  factors: v.record(v.string(), v.record(v.string(), v.array(NUMBER))),
} satisfies SettingShapes;

/** What runs are measured by where the device was not: no device's speeds. */
const YARDSTICK: Speeds = { operationsPerSecond: 1e10, bytesPerSecond: 1e10, dispatchSeconds: 1e-5 };
/** Records that a run has to add before it tells how fast the device is. */
const FEWEST = 3;
/** What is told as one number. */
const NARROW = 1.6;

/** Work whose seconds are told before it is run. */
export interface Workload {
  readonly analysis: string;
  /** What computes it: device and adapter. */
  readonly place: string;
  /** Seconds of the whole by a device's speeds. */
  seconds(speeds: Speeds): number;
  /** Whether these speeds bound it: what is computed of weights is told by earlier runs alone. */
  readonly bySpeeds: boolean;
}

interface Progress {
  /** Records that there are, and of the whole. */
  readonly done: number;
  readonly total: number;
  readonly running: boolean;
}

interface Followed extends Progress {
  readonly workload: Workload | null;
}

/** Work that asks models. */
interface Asking extends Progress {
  readonly analysis: string;
  readonly models: readonly AskedModel[];
  /** Null while nothing is laid out. */
  readonly asked: {
    readonly counts: Counts;
    readonly samples: Iterable<unknown>;
    readonly reading: Required<ImageReading>;
  } | null;
}

/** By their device: the first's, which all share. */
function askingLoad({ analysis, models, asked }: Asking, lengths: Lengths | null): Workload | null {
  const [first] = models;
  if (!first || !asked || !lengths) return null;
  const sizes = models.map(({ checkpoint, model }) => sizesOf(checkpoint, model));
  return {
    ...{ analysis, place: placeOf(first.model), bySpeeds: true },
    seconds: (speeds) => runSeconds(asked.counts, sizes, lengths, speeds),
  };
}

/** Of work on weights. @param units bytes or operations, as its plan counts them */
export function weightsLoad(analysis: string, units: number, place: string): Workload {
  const seconds = ({ operationsPerSecond }: Speeds): number => units / operationsPerSecond;
  return { analysis, place, seconds, bySpeeds: false };
}

export function placeOf({ device, adapter }: { readonly device: string; readonly adapter: string }): string {
  return `${device}: ${adapter}`;
}

/** Keeps what a check measured; what runs were measured by before is forgotten. */
export function keepSpeeds(place: string, speeds: Speeds): void {
  const { speeds: known = {}, factors: { [place]: _, ...factors } = {} } = keptSettings(KEY, SHAPES).values;
  keepSettings(KEY, { speeds: { ...known, [place]: speeds }, factors });
}

/** How long runs take on this device, as checks and runs of this browser measured it. */
export class RunCosts {
  #runs = $state(0);
  readonly #checking: { readonly found: object };

  /** @param checking what checks of this page found */
  constructor(checking: { readonly found: object }) {
    this.#checking = checking;
  }

  /** Seconds from least to most; null where nothing is known of the device yet. @param share of it that is left */
  tell({ analysis, place, seconds, bySpeeds }: Workload, share = 1): Range | null {
    // Told anew after each run and check.
    void this.#runs;
    void this.#checking.found;
    const { speeds = {}, factors = {} } = keptSettings(KEY, SHAPES).values;
    const checked = bySpeeds ? speeds[place] : undefined;
    const { [analysis]: same = [], ...others } = factors[place] ?? {};
    const byRates = { seconds: share * seconds(checked ?? YARDSTICK), measured: checked !== undefined };
    return toldSeconds(byRates, { same, others: bySpeeds ? Object.values(others).flat() : [] });
  }

  /** Keeps how long a run took. @param share of it that was run */
  measured({ analysis, place, seconds, bySpeeds }: Workload, share: number, took: number): void {
    const { speeds = {}, factors = {} } = keptSettings(KEY, SHAPES).values;
    const factor = took / (share * seconds((bySpeeds ? speeds[place] : undefined) ?? YARDSTICK));
    if (!Number.isFinite(factor)) return;
    const before = factors[place] ?? {};
    const kept = [...(before[analysis] ?? []), factor].slice(-KEPT_FACTORS);
    keepSettings(KEY, { speeds, factors: { ...factors, [place]: { ...before, [analysis]: kept } } });
    this.#runs += 1;
  }

  /** The same of work that asks models: its first samples tell how long prompts are. */
  followAsking(of: () => Asking): { readonly text: string | null } {
    let lengths = $state.raw<Lengths | null>(null);
    const asked = $derived(of().asked);
    $effect(() => {
      lengths = null;
      let wanted = true;
      if (asked)
        promptLengths(asked.samples, asked.reading).then(
          (found) => {
            if (wanted) lengths = found;
          },
          // The run says what is wrong with a picture.
          () => undefined,
        );
      return () => {
        wanted = false;
      };
    });
    return this.follow(() => ({ ...of(), workload: askingLoad(of(), lengths) }));
  }

  /** What is said beside a page's Run button; called while a component is made, whose runs it measures. */
  follow(of: () => Followed): { readonly text: string | null } {
    let last = $state.raw<{ readonly of: string; readonly took: number; readonly told: Range | null } | null>(
      null,
    );
    const running = $derived(of().running);
    // What it was last: where the page is left, nothing of it is asked any more.
    let latest = untrack(of);
    // A press lays the work out once more: for a moment it is none.
    let workload = latest.workload;
    $effect.pre(() => {
      latest = of();
      workload = latest.workload ?? workload;
    });
    $effect(() => {
      if (!running) return;
      const begun = performance.now();
      const { done } = latest;
      const begins = workload;
      const told = begins && untrack(() => this.tell(begins, shareLeft(latest)));
      return () => {
        const { done: now, total } = latest;
        // Another analysis is shown by now, or too little was run.
        if (!begins || workload?.analysis !== begins.analysis) return;
        if (now - done < Math.min(FEWEST, total)) return;
        const took = (performance.now() - begun) / 1000;
        untrack(() => this.measured(begins, (now - done) / total, took));
        last = { of: begins.analysis, took, told };
      };
    });
    const text = (): string | null => {
      const followed = of();
      const { workload: asked } = followed;
      if (!asked) return null;
      if (shareLeft(followed) > 0) return secondsText(this.tell(asked, shareLeft(followed)));
      return last?.of === asked.analysis
        ? t.took(duration(last.took), last.told && rangeText(last.told))
        : null;
    };
    return {
      get text() {
        return text();
      },
    };
  }
}

function shareLeft({ done, total }: Followed): number {
  return total > 0 ? (total - done) / total : 1;
}

/** "about 40 s on this device". */
export function secondsText(told: Range | null): string {
  return told ? t.onDevice(rangeText(told)) : t.unknown;
}

function rangeText({ least, most }: Range): string {
  const middle = Math.sqrt(least * most);
  return most <= least * NARROW ? t.about(duration(middle)) : t.between(duration(least), duration(most));
}

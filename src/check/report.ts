/** The file of a check (docs/results.md). */
import type { Device, WeightDtype } from '../engine/protocol/device.ts';
import { version } from '../version.ts';
import { buildName } from '../work/modules.ts';
import { BOUNDS_FROM, formatOf, type BoundUnit, type CaseName } from './case.ts';
import type { DeviceFacts } from './device-facts.ts';
import type { DeviceRates } from './measure/rates.ts';
import type { CheckRun } from './run.ts';
import { verdictOf, type Verdict } from './verdict.ts';
import { adviceSentence, CASE_WORDS, verdictSentence } from './words.ts';

export interface ReportedCase {
  readonly name: CaseName;
  readonly what: string;
  readonly oracle: string;
  readonly bound: number;
  readonly unit: BoundUnit;
  readonly boundFrom: string;
  readonly error: number | null;
  readonly at: string | null;
  readonly problem: string | null;
  readonly passed: boolean;
}

/** Where it ran, how long it took, and what was measured: no part of what was found. */
export interface CheckSurroundings extends DeviceFacts {
  /** ISO 8601. */
  readonly begun: string;
  /** null where the device could not be measured. */
  readonly measured: DeviceRates | null;
}

export interface DeviceCheck {
  readonly computesRight: boolean;
  readonly sentence: string;
  readonly advice: readonly string[];
  readonly device: Device;
  readonly cases: readonly ReportedCase[];
  readonly absent: readonly WeightDtype[];
  readonly frankenscope: {
    readonly version: string;
    readonly run: CheckSurroundings & {
      readonly build: string;
      readonly adapter: string;
      readonly seconds: Readonly<Partial<Record<CaseName, number>>>;
    };
  };
}

export interface CheckedAndSaid {
  readonly report: DeviceCheck;
  readonly verdict: Verdict;
}

export function reportOf(device: Device, run: CheckRun, around: CheckSurroundings): CheckedAndSaid {
  const { found, absent, adapter, seconds } = run;
  const verdict = verdictOf(device, found);
  const report: DeviceCheck = {
    computesRight: verdict.right,
    sentence: verdictSentence(verdict),
    advice: verdict.advice.map(adviceSentence),
    device,
    cases: found.map(({ name, bound, ...rest }) => ({
      ...{ name, ...CASE_WORDS[name], bound: bound.limit, unit: bound.unit },
      boundFrom: formatOf(name) === null ? BOUNDS_FROM.spectra : BOUNDS_FROM.engine,
      ...rest,
    })),
    absent,
    frankenscope: { version, run: { build: buildName(), adapter, ...around, seconds } },
  };
  return { report, verdict };
}

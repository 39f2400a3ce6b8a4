/** A judge's verdicts laid over many records, where the records were read. */
import type { GradedAnswer } from '../evaluation/tables/graded.ts';
import {
  byRules,
  isJudgeable,
  type JudgeAgreement,
  judgeAgreement,
  type JudgeVerdict,
  verdictKey,
  withVerdicts,
} from '../remote/judge.ts';
import { yieldToEvents } from '../work/turns.ts';
import { type ResultTables, tablesFromWire, tablesToWire, type WireRow } from './result-tables.ts';

/** Records by their places, in the order they were read. */
export interface WireJudgement {
  /** Responses that can be judged, and those of them that are. */
  readonly total: number;
  readonly done: number;
  /** The records that a verdict changes, as numbers: a hundred thousand objects take a tenth of a second to cross. */
  readonly changes: {
    readonly places: Int32Array;
    /** For each place: what is correct, the rules' verdict, the judge's; 2 where there is none. */
    readonly verdicts: Uint8Array;
  };
  readonly agreement: {
    readonly n: number;
    readonly agree: number;
    readonly judgeOnly: Int32Array;
    readonly ruleOnly: Int32Array;
  };
  /** Undefined where nothing was judged. */
  readonly tables?: { readonly rules: ResultTables<WireRow>; readonly judge: ResultTables<WireRow> };
}

/** What a judge says of results. */
export interface Judgement {
  readonly total: number;
  readonly done: number;
  readonly judged: readonly GradedAnswer[];
  readonly agreement: JudgeAgreement;
  readonly tables?: { readonly rules: ResultTables; readonly judge: ResultTables };
}

export async function judgementToWire(
  answers: readonly GradedAnswer[],
  verdicts: ReadonlyMap<string, JudgeVerdict>,
  reference: string,
): Promise<WireJudgement> {
  const keys = new Set<string>();
  for (const answer of answers) if (isJudgeable(answer)) keys.add(await verdictKey(answer));
  const judged = verdicts.size > 0 ? await withVerdicts(answers, verdicts) : answers;
  const { n, agree, judgeOnly, ruleOnly } = judgeAgreement(judged);
  const places = new Map(judged.map((answer, place) => [answer, place]));
  const placesOf = (some: readonly GradedAnswer[]): Int32Array =>
    Int32Array.from(some, (answer) => places.get(answer) as number);
  const changed = judged.filter((answer, place) => answer !== answers[place]);
  const changes = {
    places: placesOf(changed),
    verdicts: Uint8Array.from(
      changed.flatMap(({ correct, verdicts: both }) => [correct, both?.rule, both?.judge].map(toNumber)),
    ),
  };
  const tables = { rules: tablesToWire(byRules(judged), reference), judge: tablesToWire(judged, reference) };
  return {
    total: keys.size,
    done: [...keys].filter((key) => verdicts.has(key)).length,
    changes,
    agreement: { n, agree, judgeOnly: placesOf(judgeOnly), ruleOnly: placesOf(ruleOnly) },
    ...(n > 0 ? { tables } : {}),
  };
}

/** Verdict as a number; 2: none was given. */
function toNumber(verdict: boolean | undefined): number {
  return verdict === undefined ? NONE : Number(verdict);
}
const NONE = 2;

/** Records put together at once: some milliseconds' work of a page. */
const AT_ONCE = 5000;

export async function judgementFromWire(
  { total, done, changes, agreement, tables }: WireJudgement,
  answers: readonly GradedAnswer[],
): Promise<Judgement> {
  const judged = [...answers];
  for (const [at, place] of changes.places.entries()) {
    if (at % AT_ONCE === AT_ONCE - 1) await yieldToEvents();
    const [correct, rule, judge] = changes.verdicts.subarray(3 * at, 3 * at + 3);
    judged[place] = {
      ...(answers[place] as GradedAnswer),
      correct: correct === 1,
      verdicts: {
        ...(rule === NONE ? {} : { rule: rule === 1 }),
        ...(judge === NONE ? {} : { judge: judge === 1 }),
      },
    };
  }
  const at = (places: Int32Array): readonly GradedAnswer[] =>
    Array.from(places, (place) => judged[place] as GradedAnswer);
  const { n, agree, judgeOnly, ruleOnly } = agreement;
  return {
    ...{ total, done, judged },
    agreement: { n, agree, judgeOnly: at(judgeOnly), ruleOnly: at(ruleOnly) },
    ...(tables
      ? {
          tables: {
            rules: tablesFromWire(tables.rules, judged),
            judge: tablesFromWire(tables.judge, judged),
          },
        }
      : {}),
  };
}

import { holm } from '../../statistics/holm.ts';
import { comparePaired, type PairedComparison } from '../../statistics/paired.ts';
import { type Interval, wilson } from '../../statistics/wilson.ts';
import { type GradedAnswer, isUndecided } from '../tables/graded.ts';

export interface Share {
  readonly n: number;
  readonly hits: number;
  readonly value: number;
  /** Wilson, 95 %. */
  readonly interval: Interval;
  /** Answers whose verdict took more steps than an answer is worth; only where there are any. */
  readonly notDecidedInTime?: number;
}

/** Image against text on the same puzzles. */
export interface Gap {
  readonly image: Share;
  readonly text: Share;
  /** Text − image: what seeing costs. `lost`: right with the image only; `gained`: right with the text only. */
  readonly gap: PairedComparison;
}

/** Answers of both sides that the rules gave no verdict. */
export function undecidedOf({ image, text }: Pick<Gap, 'image' | 'text'>): number {
  return (image.notDecidedInTime ?? 0) + (text.notDecidedInTime ?? 0);
}

export interface FamilyGap extends Gap {
  readonly family: string;
  readonly domain: string;
  /** Holm's, over the families of this model. */
  readonly adjustedP: number;
}

export interface GapRow {
  readonly variant: string;
  readonly families: readonly FamilyGap[];
  /** All puzzles of a domain together, by domain's name; "all" for every puzzle. */
  readonly pooled: Readonly<Record<string, Gap>>;
}

/** Keys of `GapRow.pooled` in the order of tables. */
const POOLED = ['in-domain', 'out-of-domain', 'all'];

/**
 * Which puzzles taken together are a line of a table: those that no other line says. Of one family its own does, and of families that are all
 * of one domain "all".
 */
export function pooledLines(rows: readonly GapRow[]): readonly string[] {
  const domains = new Map(
    rows.flatMap(({ families }) => families.map(({ family, domain }) => [family, domain] as const)),
  );
  const all = [...domains.values()];
  return POOLED.filter((key) => {
    const within = key === 'all' ? all.length : all.filter((domain) => domain === key).length;
    return within > 1 && (key === 'all' || within < all.length) && rows.some(({ pooled }) => key in pooled);
  });
}

interface Outcome {
  readonly family: string;
  readonly domain: string;
  readonly image: GradedAnswer;
  readonly text: GradedAnswer;
}

/** Gaps per family and model (docs/method.md §9.1), of puzzles that were asked both ways. */
export function gapTable(graded: readonly GradedAnswer[]): readonly GapRow[] {
  const own = graded.filter(({ metric }) => metric === 'gap');
  return [...new Set(own.map(({ variant }) => variant))].map((variant) => {
    const outcomes = outcomesOf(own.filter((answer) => answer.variant === variant));
    const families = [...new Set(outcomes.map(({ family }) => family))].map((family) => {
      const members = outcomes.filter((outcome) => outcome.family === family);
      return { family, domain: members[0]?.domain ?? '', ...gapOf(members) };
    });
    const adjusted = holm(families.map(({ gap }) => gap.p));
    const domains = [...new Set(outcomes.map(({ domain }) => domain))].filter((domain) => domain !== '');
    return {
      variant,
      families: families.map((family, index) => ({ ...family, adjustedP: adjusted[index] ?? 1 })),
      pooled: {
        ...Object.fromEntries(
          domains.map((domain) => [domain, gapOf(outcomes.filter((outcome) => outcome.domain === domain))]),
        ),
        all: gapOf(outcomes),
      },
    };
  });
}

function outcomesOf(graded: readonly GradedAnswer[]): readonly Outcome[] {
  const text = new Map(
    graded.filter(({ settingIndex }) => settingIndex === 1).map((answer) => [answer.id, answer]),
  );
  return graded.flatMap((answer) => {
    const { settingIndex, id, category = '', domain = '' } = answer;
    const other = settingIndex === 0 ? text.get(id) : undefined;
    return other ? [{ family: category, domain, image: answer, text: other }] : [];
  });
}

function gapOf(outcomes: readonly Outcome[]): Gap {
  const [image, text] = [outcomes.map((outcome) => outcome.image), outcomes.map((outcome) => outcome.text)];
  return {
    image: shareOf(image),
    text: shareOf(text),
    gap: comparePaired(image.map(isRight), text.map(isRight)),
  };
}

function isRight({ correct }: GradedAnswer): boolean {
  return correct;
}

function shareOf(answers: readonly GradedAnswer[]): Share {
  const [hits, n] = [answers.filter(isRight).length, answers.length];
  const undecided = answers.filter(isUndecided).length;
  const notDecidedInTime = undecided > 0 ? { notDecidedInTime: undecided } : {};
  return { n, hits, value: hits / n, interval: wilson(hits, n), ...notDecidedInTime };
}

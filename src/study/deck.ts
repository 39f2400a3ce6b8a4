/** A talk about a study, slide by slide, as it lies in the study's file. Texts in it are shown as text, whatever they say. */
import * as v from 'valibot';

const MOST_SLIDES = 200;
const LONGEST_NAME = 300;
const LONGEST_NOTES = 5000;
/** As many findings as an analysis of a study's file may have. */
const MOST_FINDINGS = 1000;

const name = v.pipe(v.string(), v.maxLength(LONGEST_NAME));

const SHOWS = v.variant('kind', [
  /** Name of the study, models, n. */
  v.object({ kind: v.literal('opening') }),
  v.object({
    kind: v.literal('finding'),
    analysis: name,
    /** What the records behind it are kept under. */
    key: v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/)),
    /** Which of the analysis's findings it says; null for the chart alone. */
    finding: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MOST_FINDINGS - 1))),
    /** Title of the chart; null for the first. */
    chart: v.nullable(name),
  }),
  /** A claim of the papers, judged. */
  v.object({ kind: v.literal('claim'), id: name }),
  /** One layer switched off and the question asked again; a seam between two models moved and the merge asked. */
  v.object({ kind: v.literal('live'), what: v.picklist(['ablate', 'merge']) }),
  /** Version, seeds, and the command that does it all again. */
  v.object({ kind: v.literal('provenance') }),
]);

const SLIDE = v.object({
  shows: SHOWS,
  /** Its own title; null for none. */
  title: v.nullable(name),
  /** Left out of the talk, and kept in the deck. */
  out: v.boolean(),
  /** For who gives the talk. */
  notes: v.pipe(v.string(), v.maxLength(LONGEST_NOTES)),
});

export const DECK = v.object({ slides: v.pipe(v.array(SLIDE), v.maxLength(MOST_SLIDES)) });

export type Deck = v.InferOutput<typeof DECK>;
export type Slide = v.InferOutput<typeof SLIDE>;
export type FindingSlide = Extract<Slide['shows'], { kind: 'finding' }>;

/** How long what a person writes may be. */
export const DECK_LIMITS = { title: LONGEST_NAME, notes: LONGEST_NOTES, slides: MOST_SLIDES } as const;

/** How a paper's claim stands to what a study measured (docs/method.md §17), as pages and files spell it. */
export const VERDICTS = ['supported', 'not supported', 'undecided', 'not testable here'] as const;

/** `undecided`: measured, and the numbers carry neither. `not testable here`: the study has not what it takes. */
export type Verdict = (typeof VERDICTS)[number];

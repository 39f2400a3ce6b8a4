import { counted } from '../../counted.ts';
import { listed } from '../../listed.mjs';
import { DIFFERENCE_WORDS } from '../../study/differences.ts';
import { MODEL_REASONS } from '../../study/study-models.ts';
import type { Verdict } from '../../verdicts.ts';
import { duration } from '../format/quantity.ts';
import { texts } from '../language/texts.ts';
import type { KnownSeconds } from './run/analysis-seconds.ts';

const analyses = (count: number): string => `${count} ${count === 1 ? 'analysis' : 'analyses'}`;

export const en = {
  studies: 'Studies',
  fold: (chosen: string) => (chosen ? `Studies · ${chosen}` : 'Studies'),
  open: 'Open a study',
  files: 'Files of studies',
  /** `{file}` and `{command}` are code. */
  drop: 'Or drop a {file} file anywhere, as this page or {command} writes it. It holds results and where they come from, no weights.',
  reading: 'Reading the study.',
  readingFile: (file: string) => `Reading ${file}`,
  readingWork: (work: string) => `Reading ${work}.`,
  demoFamily: 'The demo family',
  travels: 'travels with the app',
  older: (count: number) => `Older · ${count}`,
  damaged: 'A study whose first line is damaged',
  analyses,
  taken: (study: string, file: string, count: number) =>
    `"${study}" is kept from ${file}: ${analyses(count)}.`,
  moreTold: (count: number) => `${count} more`,
  damagedLines: (count: number, said: readonly number[]) =>
    `${counted(count, 'line')} of it (${said.join(', ')}${count > said.length ? ` and ${count - said.length} more` : ''}) ${count === 1 ? 'is' : 'are'} damaged, or none of a study: kept as they are, and not shown.`,
  withdrawn: (study: string) =>
    `Weights turned out to be others than before: what was computed from them is taken out of "${study}".`,
  chosen: {
    label: 'The chosen study',
    acts: 'What becomes of it',
    fold: 'Talk, run, save',
    models: 'Models',
    ofDemo: 'the demo family: Base, IN, RL',
    model: (name: string, folder: string) => `${name}: ${folder}`,
    computedBy: 'Computed by',
    version: (build: string) => `version ${build}`,
    hidden: (count: number) =>
      `${counted(count, 'result')} of it ${count === 1 ? 'is' : 'are'} hidden on the pages of their analyses.`,
    showHidden: 'Show them there again',
    name: 'Name',
    rename: 'Rename',
    leave: 'Leave it',
    saveFile: 'Save as one file',
    duplicate: 'Duplicate',
    copyOf: (study: string) => `${study}, a copy`,
    remove: 'Delete',
    beside: 'Beside it',
    none: 'none',
    removal: 'Delete it?',
    removed: (study: string) => `Delete “${study}” from this browser? What was not saved as a file is gone.`,
    keepIt: 'Keep it',
    removeIt: 'Delete it',
    nothingDone: 'None of its analyses is done yet.',
  },
  run: {
    run: 'Run the study',
    cancel: 'Cancel',
    goOn: 'Go on',
    at: (place: number, total: number, title: string) => `${place} of ${total}: ${title}`,
    job: (study: string, place: number, total: number, title: string) =>
      `${study}, ${place} of ${total}: ${title}`,
    show: 'Show the study that is run',
    begun: (done: number, total: number, over: string) => `${done} of ${analyses(total)} done; over ${over}.`,
    cost: (total: number, over: string) =>
      `${analyses(total)} over ${over}, in the background, kept as a study of its own.`,
    seconds: ({ seconds, unknown }: KnownSeconds) =>
      seconds === 0
        ? 'How long it takes is known once it was run here.'
        : unknown === 0
          ? `About ${duration(seconds)}, as long as the last time in this browser, with models that load meanwhile.`
          : `At least ${duration(seconds)}, as the last time in this browser; ${analyses(unknown)} of it ${unknown === 1 ? 'was' : 'were'} not run here yet.`,
    overDemo: 'the demo family',
    needs: 'To run it here, open its checkpoints, or others that its analyses are to be run on.',
    goToOpen: 'Go to Open',
    leftOut: (analysis: string, why: string) => `${analysis} is left out: ${why}.`,
    reasons: MODEL_REASONS,
    noneOfOurs: (samples: string) => `"${samples}" is none of the app's sets, and read by the command alone`,
    refused: 'It is shown, and cannot be run here',
  },
  compared: {
    title: 'What differs',
    nothing: 'Nothing that decides their numbers: models, samples, settings, seeds and code are the same.',
    table: 'Table of what differs',
    what: 'what',
    sideBySide: 'Side by side',
    analyses: 'Analyses side by side',
    of: (models: string) => `of ${models}`,
    words: DIFFERENCE_WORDS,
    noSuch: 'It has no such analysis.',
    noChart: 'Of it only these sentences are here: no chart can be drawn.',
  },
  report: {
    save: 'Save report',
    drawing: 'Drawing the report',
    drawn: (done: number, total: number) => `Drawing the report, ${done} of ${total} analyses`,
    cite: 'Cite this study',
    missing:
      'Its charts are not drawn: what they need is not kept with the study, or another version of the app measured it.',
  },
  findings: {
    title: 'What was found',
    thirds: 'Early, Mid and Late are thirds of the layers.',
    of: (analysis: string, models: readonly string[]) => `${analysis} of ${listed(models)}`,
    none: 'Nothing that its numbers carry.',
    claims: 'What the papers claim',
    models: (names: readonly string[], isDemo: boolean) =>
      `About these models: ${listed(names)}. A verdict on them says nothing of the models that the papers studied${
        isDemo
          ? ', least of all one on the demo family, whose models are tiny and were trained from nothing'
          : ''
      }.`,
    reading: 'Reading the study’s records.',
    judged: (testable: number, all: number, counts: readonly (readonly [Verdict, number])[]) =>
      `${testable} of ${counted(all, 'claim')} are judged here: ${counts
        .map(([verdict, count]) => `${count} ${verdict}`)
        .join(
          ', ',
        )}. Each by itself, at 95 % where it has an interval: of claims about differences that are not there, one in twenty would still be decided, one way or the other.`,
    unread: (works: readonly string[]) =>
      `Not read, since another version of the app kept them: ${works.join('; ')}.`,
    claimsOf: (paper: string) => `Claims of ${paper}`,
    needs: (what: string) => `Needs: ${what}`,
    looks: (count: number) => `One of ${count} claims that are judged by these results.`,
    show: 'Show the evidence',
    hide: 'Hide the evidence',
    evidenceOf: (press: string, what: string) => `${press}: ${what}`,
    verdicts: {
      supported: 'supported',
      'not supported': 'not supported',
      undecided: 'undecided',
      'not testable here': 'not testable here',
    } satisfies Record<Verdict, string> as Readonly<Record<Verdict, string>>,
  },
};

export const t = texts('studies', en);

/** How a figure or a study is cited: as plain text, and as BibTeX. */
import { listed } from './listed.mjs';
import { slug } from './slug.ts';

export interface CitedModel {
  /** As results have it: "IN". */
  readonly name: string;
  /** Of its folder, or "demo:in". */
  readonly folder: string;
  /** SHA-256 (`checkpoint/fingerprint.ts`); null where an opened result names none. */
  readonly fingerprint: string | null;
}

export interface Cited {
  readonly kind: 'figure' | 'study';
  /** What it is called, with or without a full stop. */
  readonly title: string;
  /** Of the program. */
  readonly version: string;
  /** ISO 8601. */
  readonly date: string;
  readonly models: readonly CitedModel[];
  /** What makes the same numbers in a shell; null where nothing does. */
  readonly command: string | null;
}

const PROGRAM = 'Frankenscope';
/** Letters of a title in an entry's name. */
const LONGEST_KEY = 60;
const AUTHORS = 'The Frankenscope authors';

/** Letters of a fingerprint that a person compares. */
export const SHOWN_OF_FINGERPRINT = 12;

/** A checkpoint as results call it, with its folder where that is another name: "RL (demo:rl, 0123456789ab)". */
export function modelText(
  { name, folder }: Omit<CitedModel, 'fingerprint'>,
  fingerprint: string | null,
): string {
  const more = [
    ...(folder === name ? [] : [folder]),
    ...(fingerprint === null ? [] : [fingerprint.slice(0, SHOWN_OF_FINGERPRINT)]),
  ];
  return more.length === 0 ? name : `${name} (${more.join(', ')})`;
}

const titleOf = ({ title }: Cited): string => title.trim().replace(/\.$/, '');

/** Which models, by the beginning of their fingerprints, and the command. */
function made({ models, command }: Cited): readonly string[] {
  const named = models.map((model) => modelText(model, model.fingerprint));
  return [
    ...(named.length === 0
      ? []
      : [`Models, with the first letters of the SHA-256 of each: ${listed(named)}.`]),
    ...(command === null ? [] : [`Command: ${command}`]),
  ];
}

/** In one paragraph; the command stands last, as it is typed. */
export function citation(cited: Cited): string {
  const { kind, version, date } = cited;
  const what = `${titleOf(cited)}. ${kind === 'figure' ? 'Figure' : 'Study'} made with ${PROGRAM} ${version} on ${date.slice(0, 10)}.`;
  return [what, ...made(cited)].join(' ');
}

/**
 * Two entries: what is cited, whose author is who made it, and the program. Texts are escaped for TeX, and braces in them are named, so
 * that BibTeX, which counts them, finds every entry closed.
 */
export function bibtex(cited: Cited): string {
  const { kind, version, date } = cited;
  const [year = '', month = ''] = date.split('-');
  const own = entry(`frankenscope-${kind}-${slug(titleOf(cited)).slice(0, LONGEST_KEY)}`, [
    ['title', `{${tex(titleOf(cited))}}`],
    ['howpublished', tex(`${kind === 'figure' ? 'Figure' : 'Study'} made with ${PROGRAM} ${version}`)],
    ...dated(year, month),
    ['note', made(cited).map(tex).join(' ')],
  ]);
  const program = entry('frankenscope', [
    ['author', `{${AUTHORS}}`],
    ['title', `{${PROGRAM}}: what reinforcement learning changed inside a vision-language model`],
    ['version', version],
    ...dated(year),
  ]);
  return `${own}\n${program}`;
}

const dated = (year: string, month?: string): [string, string][] => [
  ['year', year],
  ...(month === undefined ? [] : [['month', String(Number(month))] as [string, string]]),
];

function entry(key: string, fields: readonly (readonly [string, string])[]): string {
  const lines = fields.filter(([, value]) => value !== '').map(([name, value]) => `  ${name} = {${value}},`);
  return [`@misc{${key},`, ...lines, '}', ''].join('\n');
}

const NAMED: Readonly<Record<string, string>> = {
  ...{ '\\': '\\textbackslash{}', '{': '\\textbraceleft{}', '}': '\\textbraceright{}' },
  ...{ '~': '\\textasciitilde{}', '^': '\\textasciicircum{}', '<': '\\textless{}', '>': '\\textgreater{}' },
  ...{ '|': '\\textbar{}', '\u2212': '\\textminus{}' },
};

/** A text as TeX sets it. Hyphens that follow each other stay hyphens: a command has them. */
function tex(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .replace(/[\\{}~^<>|\u2212]/g, (letter) => NAMED[letter] ?? '')
    .replace(/[#$%&_]/g, '\\$&')
    .replace(/-(?=-)/g, '-{}');
}

/**
 * A clock over everything that reads what a model, a judge or a foreign file wrote: hostile texts, by grammar (repetition, nesting,
 * long runs, near-matches), each read within a second of CPU time. A slice runs always; on demand 100,000 texts each:
 * `FUZZ_INPUTS=100000 npx vitest run --project node src/grading/clock-fuzz.test.ts`, seeds by `FUZZ_SEED`.
 */
import { describe, expect, it } from 'vitest';
import { MOST_RECIPE_BYTES } from '../merge/open-recipe.ts';
import { readMergekit } from '../merge/mergekit/read.ts';
import { readRecipe } from '../merge/recipe/recipe-file.ts';
import { CONFIG_7B } from '../merge/testing/config-7b.ts';
import { NamedError } from '../named-error.ts';
import { errorRates } from '../probes/ablation/error-rates.ts';
import { gradeResponse as gradeAblation } from '../probes/ablation/grade.ts';
import { sameAnswer } from '../probes/answers/judged.ts';
import { parseTextList } from '../probes/data/python-list.ts';
import { readVerdict } from '../remote/judge.ts';
import { parseConfig } from '../vlm/config.ts';
import { compileTemplate } from '../vlm/jinja/template.ts';
import { chosenOption } from './answers/choice.ts';
import { extractAnswer } from './answers/extraction.ts';
import { withoutReason } from './answers/reason.ts';
import { wellFormed } from './answers/well-formed.ts';
import { gradeResponse } from './grade.ts';
import { equivalent } from './mathematics/equivalence.ts';
import { countReasoning } from './measures.ts';
import { allRewards } from './rewards/rewards.ts';
import { seededRandom } from '../work/seeded-random.ts';

const INPUTS = Number(process.env['FUZZ_INPUTS'] ?? 60);
const SEED = Number(process.env['FUZZ_SEED'] ?? 1);
const MOST_SECONDS = 1;
const MOST_HEAP = 200e6;

const MATHS = [
  ...[
    '1',
    '23',
    '456',
    ',789',
    '1/2',
    '0.5',
    '.',
    ',',
    ' ',
    '  ',
    '\t',
    '\n',
    '=',
    '+',
    '-',
    '*',
    '^',
    '!',
    '_',
    '|',
    '%',
  ],
  ...[
    'x',
    'a',
    'AB',
    'pi',
    'or',
    'and',
    ' per ',
    'cm',
    '\\frac',
    '\\sqrt',
    '\\text{',
    '\\boxed{',
    '{',
    '}',
    '(',
    ')',
    '[',
    ']',
  ],
  ...[
    '\\{',
    '\\}',
    '\\le',
    '\\ne',
    '\\in',
    '\\cup',
    '\\pm',
    '\\over',
    '\\begin{array}',
    '\\end{array}',
    '\\\\',
    '&',
    '\\circ',
    '€',
  ],
  ...[
    '10^',
    '99!',
    '\\overline{3}',
    '\\binom',
    ':',
    ';',
    '"',
    '“',
    '\\hspace{',
    '\\setminus',
    '\\quad',
    '²',
    '<',
    '>',
    '$',
  ],
];
const WORDS = [
  ...[
    'The answer is',
    'answer:',
    '<answer>',
    '</answer>',
    '<think>',
    '</think>',
    '<',
    '>',
    'since',
    ', as',
    ' because ',
    '**',
  ],
  ...[
    'B is correct',
    'option',
    'A.',
    '(B)',
    'wait',
    'let me check',
    'in the image',
    'not',
    'altogether',
    '(',
    ')',
    ' ',
    '\n',
    '.',
  ],
  ...[
    '12',
    '3.5',
    ',',
    '!',
    '?',
    '`',
    '_',
    'yes',
    'no',
    'x1 =',
    '[1, 2, 3, 4]',
    '<|im_end|>',
    'seven',
    'İ',
    '😀',
    '\u2028',
  ],
];
const FILES = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"a"',
    'a',
    '- ',
    '\n',
    '  ',
    '&a ',
    '*a',
    '!t ',
    '? ',
    '|',
    '>',
    '#',
    "'",
    '1',
    'null',
  ],
  ...[
    'models',
    'slices',
    'merge_method: ',
    'parameters',
    'layer_range',
    '<<: ',
    '"',
    '\\',
    '---\n',
    'e999',
    '-0',
  ],
];
const TEMPLATES = [
  ...[
    '{%',
    '%}',
    '{{',
    '}}',
    '{#',
    '#}',
    ' if ',
    ' for x in y ',
    ' endfor ',
    ' endif ',
    ' set a = ',
    '(',
    ')',
    '[',
    ']',
    '|',
    '.',
  ],
  ...[
    'a',
    "'",
    '"',
    '1',
    ' and ',
    ' not ',
    '~',
    '-',
    '\n',
    ' ',
    'macro m()',
    'endmacro',
    'namespace()',
    '\\',
  ],
];

/** A text by a grammar: pieces, runs of one piece, brackets of pieces, and a text that nearly matches at its end. */
function textOf(signs: readonly string[], random: () => number): string {
  const below = (end: number): number => Math.floor(random() * end);
  const piece = (): string => signs[below(signs.length)] ?? '';
  const few = (): string => Array.from({ length: 1 + below(4) }, piece).join('');
  const long = [20, 200, 2000, 40_000][below(4)] ?? 20;
  const times = (text: string): number => Math.max(1, Math.floor(long / Math.max(1, text.length)));
  const part = [
    () => few().repeat(1 + below(3)),
    () => ((run) => run.repeat(times(run)))(few()),
    () =>
      ((open, close) => open.repeat(times(open + close)) + few() + close.repeat(times(open + close)))(
        few(),
        piece(),
      ),
    () => Array.from({ length: Math.min(times('abc'), 2000) }, piece).join(''),
  ];
  return Array.from({ length: 1 + below(3) }, () => (part[below(part.length)] ?? few)()).join('');
}

const config = parseConfig(CONFIG_7B, 'config.json');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A refusal by name is an answer too. */
function named(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof NamedError) return error;
    throw error;
  }
}

const boxed = (text: string): string => `\\boxed{${text.slice(0, 1900)}}`;
const tagged = (text: string): string => `<think>${text}</think><answer>${text.slice(0, 1900)}</answer>`;
const choices = ['1/2', 'x + 1', '(1, 2)', '30°', 'red', 'A and B', '2 cm', '7'];

const READERS: readonly (readonly [string, readonly string[], (text: string, other: string) => unknown])[] = [
  ['graded answers', [...MATHS, ...WORDS], (text) => gradeResponse({ answer: '1/2' }, text)],
  ['graded boxes of mathematics', MATHS, (text, other) => gradeResponse({ answer: other }, boxed(text))],
  ['graded options', [...MATHS, ...WORDS], (text) => gradeResponse({ answer: 'B', choices }, boxed(text))],
  [
    'graded options of a foreign list',
    MATHS,
    (text, other) => gradeResponse({ answer: text, choices: [other, text, '7'] }, other),
  ],
  [
    'graded boxes of pixels',
    MATHS,
    (text) => gradeResponse({ answer: '1,2,3,4', questionType: 'box' }, text),
  ],
  ['ablation', [...MATHS, ...WORDS], (text) => gradeAblation({ answer: '2', hasImage: true }, tagged(text))],
  [
    'error rates',
    WORDS,
    (text) => {
      const baseline = { text, tokens: 1, stop: 'end' };
      return errorRates(
        [{ id: '1', question: '', answer: '1', hasImage: true, baseline, ablated: [] } as never],
        [],
      );
    },
  ],
  ['extraction', [...WORDS, ...MATHS], (text) => extractAnswer(text, { options: true, whole: true })],
  ['reasons', WORDS, (text) => withoutReason(text, equivalent)],
  ['options', WORDS, (text, other) => chosenOption(text, [other, 'red', 'blue'])],
  [
    'rewards',
    [...WORDS, ...MATHS],
    (text, other) => allRewards(tagged(text), other.slice(0, 1900), equivalent).length,
  ],
  [
    'well-formedness and measures',
    WORDS,
    (text) => [wellFormed(text), wellFormed(`<think>${text}`), countReasoning(text)],
  ],
  ['a judge’s verdict', WORDS, (text) => named(() => readVerdict(text))],
  [
    'swapped answers',
    [...WORDS, ...MATHS],
    (text, other) =>
      (['ocr', 'counting', 'grounding', 'recognition'] as const).map((task) => sameAnswer(task, text, other)),
  ],
  ['lists printed as text', [...MATHS, ...FILES], (text) => parseTextList(text)],
  [
    'recipes of mergekit',
    FILES,
    (text) => named(() => readMergekit(text.slice(0, MOST_RECIPE_BYTES), 'a.yaml', config, () => null)),
  ],
  [
    'our recipes',
    FILES,
    (text) => named(() => readRecipe(bytes(text.slice(0, MOST_RECIPE_BYTES)), 'a.json', 28)),
  ],
  [
    'chat templates',
    TEMPLATES,
    (text) => {
      try {
        return compileTemplate(text);
      } catch (error) {
        return error;
      }
    },
  ],
  [
    'configs',
    FILES,
    (text, other) =>
      named(() =>
        parseConfig({ ...CONFIG_7B, [other.slice(0, 20)]: text, vision_config: text }, 'config.json'),
      ),
  ],
];

describe('hostile texts take no second', () => {
  it.each(READERS)(
    '%s',
    (_, signs, read) => {
      const random = seededRandom(SEED);
      const slow: string[] = [];
      for (let at = 0; at < INPUTS; at++) {
        const [text, other] = [textOf(signs, random), textOf(signs, random)];
        const [before, heap] = [process.cpuUsage(), process.memoryUsage().heapUsed];
        read(text, other);
        const { user } = process.cpuUsage(before);
        const grown = process.memoryUsage().heapUsed - heap;
        if (user / 1e6 > MOST_SECONDS || grown > MOST_HEAP) {
          slow.push(`${at}: ${user / 1e6} s, ${grown} bytes: ${JSON.stringify(text).slice(0, 120)}`);
        }
      }
      expect(slow).toEqual([]);
    },
    24 * 3600_000,
  );
});

/** Every command that keeps records, every flag of it with another value or why it decides nothing, and what it finds around it. */
import { weightsFolder, type World } from './identity-stage.ts';

/** A PNG's head, enough for its size, and a word. */
export function picture(word: string, width = 30): File {
  const head = new Uint8Array(33);
  head.set([137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82]);
  new DataView(head.buffer).setUint32(16, width);
  new DataView(head.buffer).setUint32(20, 20);
  return new File([head, word], 'picture.png');
}

const pair = (id: string, task: string, prompt: string): string =>
  JSON.stringify({
    ...{ id, task, prompt, target_image: 'images/a.png', source_image: 'images/b.png' },
    meta: { target_text: 'a', source_text: 'b', target_answer: 1, source_answer: 2 },
  });
const lines = (...rows: readonly string[]): File => new File([rows.join('\n')], 'data.jsonl');

export const PAIRS = new Map<string, Blob>([
  ['ocr/data.jsonl', lines(pair('1', 'ocr', '<image>What?'), pair('2', 'ocr', 'Which?'))],
  ['ocr/images/a.png', picture('cat')],
  ['ocr/images/b.png', picture('fox')],
  ['counting/data.jsonl', lines(pair('1', 'counting', 'How many?'))],
  ['counting/images/a.png', picture('one')],
  ['counting/images/b.png', picture('two')],
]);
const item = (id: number, image: object, category: string): string =>
  JSON.stringify({
    ...{ id: `i${id}`, question: `Question ${id}?`, other: `Other ${id}?`, answer: '1' },
    ...{ ...image, category, description: `what is in ${id}` },
  });
const ITEMS = new Map<string, Blob>([
  [
    'items.jsonl',
    lines(
      ...[1, 2, 3].map((id) => item(id, { image: 'a.png' }, 'general-vqa')),
      ...[4, 5, 6].map((id) => item(id, { image: 'b.png' }, 'chess')),
    ),
  ],
  ['a.png', picture('cat')],
  ['b.png', picture('fox', 40)],
]);

export const SMALL = { 'config.json': 'a', 'tokenizer.json': 'b', 'chat_template.jinja': 'c' };
export const FLAGS = ['model', 'base', 'in', 'rl', 'frozen'];
const worldOf = (data: ReadonlyMap<string, Blob>): World => ({
  ...{ adapter: 'wasm simd, 4 threads', data },
  fingerprints: Object.fromEntries(FLAGS.map((flag) => [flag, `print of ${flag}`])),
  smallFiles: Object.fromEntries(FLAGS.map((flag) => [flag, SMALL])),
  folders: Object.fromEntries(FLAGS.map((flag, index) => [flag, weightsFolder(index + 1)])),
});

/** Another value, as words; or why the flag decides nothing. */
type Flip = readonly string[] | { readonly keeps: string; readonly words?: readonly string[] };
export interface Case {
  readonly words: readonly string[];
  readonly world: World;
  readonly flags: Readonly<Record<string, Flip>>;
}

const PLACE = {
  out: { keeps: 'where the result goes' },
  quiet: { keeps: 'what is said meanwhile', words: ['--quiet'] },
  restart: { keeps: 'whether the same work begins anew', words: ['--restart'] },
  journal: { keeps: 'what was computed of the same work elsewhere' },
  memory: { keeps: 'how much is held at a time (turns.test.ts)', words: ['--memory', '8GB'] },
  shard: {
    keeps: 'which part of the records: they are kept with those of the whole',
    words: ['--shard', '1/2'],
  },
  adapter: {
    keeps: 'which GPU the browser gets: its name is part of the world',
    words: ['--adapter', 'software'],
  },
} as const;
const LANES = {
  keeps: 'an engine of one thread gives what one of several does, to the bit (lanes.browser.test.ts)',
  words: ['--lanes', '3'],
} as const;
const MACHINE = { device: ['--device', 'webgpu'], dtype: ['--dtype', 'q4'] } as const;
const READING = {
  'image-processing': ['--image-processing', 'transformers-4.51'],
  'max-image-pixels': ['--max-image-pixels', '50000'],
} as const;
const ROWS = {
  keeps:
    'a row says what it says alone (rows-alone.test.ts), and whoever ran out of memory goes on with fewer',
  words: ['--rows', '3'],
} as const;
const ASKED = { system: ['--system', 'Think.'], 'max-new-tokens': ['--max-new-tokens', '7'] } as const;
const OTHER_COLUMN = ['--columns', 'question=other'] as const;
const ONE_QUESTION = { keeps: 'in place of --items: a sample like those, flipped as the world' } as const;
const WORLD = { keeps: 'flipped as the world' } as const;

const EVALUATION = {
  ...{
    items: WORLD,
    columns: OTHER_COLUMN,
    samples: ['--samples', '1'],
    seed: ['--samples', '2', '--seed', '7'],
  },
  ...{
    style: ['--style', 'revisual'],
    'max-new-tokens': ['--max-new-tokens', '7'],
    ...READING,
    ...MACHINE,
    ...PLACE,
    // Which answers are asked for: the journal is the same.
    shard: ['--shard', '1/2'],
    lanes: LANES,
  },
} as const;
/** Of those that take any models: the case has one of `--model`. */
const FAMILY_TOO = { base: ['--base', 'b'], in: ['--in', 'i'], rl: ['--rl', 'r'] } as const;
const COMPARED = {
  ...{ base: WORLD, in: WORLD, rl: WORLD },
  model: { keeps: 'flipped as a further checkpoint' },
  recipe: { keeps: 'a merge is a further checkpoint' },
  reference: ['--model', 'm', '--reference', 'base'],
  'rl-from': ['--rl-from', 'base'],
  rounding: ['--rounding', 'reference'],
  outside: ['--outside'],
  cuts: { keeps: 'regions are made of records', words: ['--cuts', '1,2'] },
  dtype: { keeps: 'weights are read as they are stored', words: ['--dtype', 'q4'] },
  ...PLACE,
} as const;
const FAMILY = ['--base', 'b', '--in', 'i', '--rl', 'r'];

/** A model with DeepStack: others are refused what is not `kept`. */
const INJECTS = { injectedAfter: [0] } as const;

export const CASES: Readonly<Record<string, Case>> = {
  swap: {
    words: ['--model', 'm', '--pairs', 'p', '--out', 'o'],
    world: { ...worldOf(PAIRS), ...INJECTS },
    flags: {
      ...{ model: WORLD, lora: WORLD, pairs: WORLD, tasks: ['--tasks', 'ocr'], layers: ['--layers', '0'] },
      ...{
        samples: ['--samples', '1'],
        mode: ['--mode', 'from-layer'],
        reads: ['--reads', 'text'],
        injection: ['--injection', 'source'],
        'answer-source': ['--answer-source'],
      },
      definition: { keeps: 'records are read by it', words: ['--definition', 'reference'] },
      'literal-image': ['--literal-image', 'keep'],
      'max-new-tokens': ['--max-new-tokens', '7'],
      rows: ROWS,
      seed: { keeps: 'nothing is drawn: pairs are the first of each task', words: ['--seed', '7'] },
      ...{ lanes: LANES, ...READING, ...MACHINE, ...PLACE },
    },
  },
  ablate: {
    words: ['--model', 'm', '--problems', 'q', '--out', 'o'],
    world: { ...worldOf(ITEMS), ...INJECTS },
    flags: {
      ...{ model: WORLD, lora: WORLD, problems: WORLD, columns: OTHER_COLUMN, layers: ['--layers', '0'] },
      ...{ samples: ['--samples', '1'], seed: ['--samples', '2', '--seed', '7'] },
      ...{
        injection: ['--injection', 'removed'],
        parts: ['--parts', 'mlp'],
        set: ['--set', '0-1'],
        prefix: ['--prefix', 'Look. '],
      },
      ...{ ...ASKED, rows: ROWS, lanes: LANES, ...READING, ...MACHINE, ...PLACE },
    },
  },
  attention: {
    words: ['--in', 'i', '--rl', 'r', '--items', 'q'],
    world: worldOf(ITEMS),
    flags: {
      ...{ base: ['--base', 'b'], in: WORLD, rl: WORLD, items: WORLD, columns: OTHER_COLUMN },
      ...{ samples: ['--samples', '1'], seed: ['--samples', '2', '--seed', '7'] },
      ...{
        running: ['--running', 'free'],
        'forced-by': ['--forced-by', 'rl'],
        'only-think': ['--only-think'],
      },
      heads: { keeps: 'how much of the records is written', words: ['--heads'] },
      ...{ ...ASKED, lanes: LANES, ...READING, ...MACHINE, ...PLACE },
    },
  },
  lens: {
    words: ['--model', 'm', '--items', 'q'],
    world: worldOf(ITEMS),
    flags: {
      ...{ ...FAMILY_TOO, model: WORLD, items: WORLD, columns: OTHER_COLUMN },
      ...{ prompt: ONE_QUESTION, image: ONE_QUESTION, topk: ['--topk', '5'] },
      ...{ samples: ['--samples', '1'], seed: ['--samples', '2', '--seed', '7'] },
      ...{ ...ASKED, lanes: LANES, ...READING, ...MACHINE, ...PLACE },
    },
  },
  patch: {
    words: ['--in', 'i', '--rl', 'r', '--items', 'q'],
    world: worldOf(ITEMS),
    flags: {
      ...{ in: WORLD, rl: WORLD, items: WORLD, columns: OTHER_COLUMN, from: ['--from', 'in'] },
      ...{ samples: ['--samples', '1'], seed: ['--samples', '2', '--seed', '7'], layers: ['--layers', '0'] },
      ...{ ...ASKED, rows: ROWS, lanes: LANES, ...READING, ...MACHINE, ...PLACE },
    },
  },
  tokens: {
    words: ['--in', 'i', '--rl', 'r', '--items', 'q'],
    world: worldOf(ITEMS),
    flags: {
      ...{ base: ['--base', 'b'], in: WORLD, rl: WORLD, items: WORLD, columns: OTHER_COLUMN },
      ...{ samples: ['--samples', '1'], seed: ['--samples', '2', '--seed', '7'] },
      ...{ 'forced-by': ['--forced-by', 'in'], ...ASKED, lanes: LANES, ...READING, ...MACHINE, ...PLACE },
    },
  },
  transfer: {
    words: ['--in', 'i', '--rl', 'r', '--items', 'q', '--variants', 'IN:RL:RL', '--out', 'o'],
    world: worldOf(ITEMS),
    flags: {
      base: { keeps: 'gives no part of what is asked', words: ['--base', 'b'] },
      ...{ in: WORLD, rl: WORLD, variants: ['--variants', 'RL:IN:IN'], cuts: ['--cuts', '1,2'] },
      reference: { keeps: 'answers are compared by it', words: ['--reference', 'RL'] },
      ...EVALUATION,
      variants: { keeps: 'tested by itself: it may be given several times' },
      // Three layers, cut after the first two as thirds are.
      cuts: { keeps: 'the same cuts as thirds', words: ['--cuts', '1,2'] },
    },
  },
  necessity: {
    words: ['--in', 'i', '--rl', 'r', '--frozen', 'f', '--items', 'q', '--out', 'o'],
    world: worldOf(ITEMS),
    flags: {
      ...{ in: WORLD, rl: WORLD, frozen: WORLD },
      cuts: { keeps: 'regions are made of records', words: ['--cuts', '1,2'] },
      ...EVALUATION,
    },
  },
  disentangle: {
    words: ['--model', 'm', '--items', 'q'],
    world: worldOf(ITEMS),
    flags: {
      ...{ ...FAMILY_TOO, model: WORLD },
      reward: { keeps: 'answers are graded by it', words: ['--reward', 'vanilla'] },
      text: ['--text', 'black'],
      ...EVALUATION,
    },
  },
  energy: {
    words: FAMILY,
    world: worldOf(new Map()),
    flags: {
      ...COMPARED,
      device: { keeps: 'energies are computed on the CPU', words: ['--device', 'webgpu'] },
      seed: { keeps: 'nothing is drawn', words: ['--seed', '7'] },
    },
  },
  diversity: {
    words: [...FAMILY, '--overlap'],
    world: worldOf(new Map()),
    flags: {
      ...COMPARED,
      ...{ weights: ['--weights', 'down_proj'], topk: ['--topk', '7'], mode: ['--mode', 'fast'] },
      overlap: WORLD,
      pair: ['--pair', 'rl,sft'],
      ...{ directions: ['--directions', '3'], seed: ['--seed', '7'], device: ['--device', 'webgpu'] },
    },
  },
  overlap: {
    words: FAMILY,
    world: worldOf(new Map()),
    flags: {
      ...{ ...COMPARED, weights: ['--weights', 'down_proj'], pair: ['--pair', 'rl,sft'] },
      reference: ['--model', 'm', '--pair', 'sft,folder-of-model', '--reference', 'base'],
      ...{ directions: ['--directions', '3'], seed: ['--seed', '7'], device: ['--device', 'webgpu'] },
    },
  },
};

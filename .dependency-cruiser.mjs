/**
 * The order of the rooms, and the one place where it is written: what each room holds, and which rooms it may use. Every other arrow
 * is an error (`npm run check`), that of a type as much as that of a value, and so is every cycle between files.
 * `scripts/rooms.test.ts` plants an arrow in each direction that is not allowed.
 *
 * Tests and what supports them look across rooms. A worker is started by its address, which is no import. Types that a `.svelte`
 * file imports are not seen here (its compiler leaves them out); `eslint.config.js` looks at those.
 *
 * @typedef {{files: string, uses: readonly string[], holds: string}} Room `files` matches paths from the root
 */

/** @param {string} name */
const folder = (name) => `^src/${name}/`;

/**
 * From the ground up: a room uses none that stands below it in this list.
 *
 * @type {Readonly<Record<string, Room>>}
 */
export const ROOMS = {
  tools: {
    files: '^tools/',
    uses: [],
    holds: 'what only tests use, each folder by itself: oracles, and an interpreter of WGSL',
  },
  words: {
    files: '^src/(?!main\\.ts)[^/]+\\.ts$|^src/[^/]+\\.mjs$',
    uses: [],
    holds: 'named errors, words of the domain, and how texts and numbers read: every room speaks with them',
  },
  declarations: {
    files: '^src/analyses/.*\\.mjs$',
    uses: ['words'],
    holds:
      'what analyses declare and say of themselves, which the shell reads before any package is installed',
  },
  scripts: {
    files: '^scripts/',
    uses: ['words', 'declarations'],
    holds:
      'what npm runs, some of it before any package is installed, and the words that it shares with the app',
  },
  work: {
    files: folder('work'),
    uses: ['words'],
    holds: 'how work is run, told, cancelled, hashed and spread over threads, whatever it computes',
  },
  offline: {
    files: folder('offline'),
    uses: ['work'],
    holds: 'what the service worker keeps of the built app, and what pages ask it',
  },
  checkpoint: {
    files: folder('checkpoint'),
    uses: ['scripts', 'words', 'work'],
    holds: 'bytes on disk to named tensors, of any model',
  },
  statistics: {
    files: folder('statistics'),
    uses: ['words', 'work'],
    holds: 'means, intervals and tests, of any numbers',
  },
  grading: {
    files: folder('grading'),
    uses: ['words'],
    holds: 'whether an answer is right: pure, of no model',
  },
  graph: {
    files: folder('graph'),
    uses: [],
    holds: 'ONNX graphs, from numbers alone: they know no checkpoint, since weights are inputs',
  },
  vlm: {
    files: folder('vlm'),
    uses: ['words', 'work', 'checkpoint'],
    holds: 'vision-language models: what is particular to an architecture, in a folder each',
  },
  dataset: {
    files: '^dataset/',
    uses: ['words', 'vlm'],
    holds: 'the generator of pairs, problems and puzzles; scales pictures as the model does',
  },
  image: {
    files: folder('image'),
    uses: ['words', 'work', 'vlm'],
    holds: 'image files to pixels, as the image processor of the model would have them',
  },
  engine: {
    files: folder('engine'),
    uses: ['words', 'work', 'checkpoint', 'graph', 'vlm', 'image'],
    holds: 'models that answer; knows of no analysis',
  },
  spectra: {
    files: folder('spectra'),
    uses: ['words', 'work', 'checkpoint', 'statistics'],
    holds: 'updates and their singular values, from disk: runs no model',
  },
  probes: {
    files: folder('probes'),
    uses: ['words', 'work', 'checkpoint', 'statistics', 'grading', 'vlm', 'engine'],
    holds: 'what a model is asked, with and without interventions',
  },
  identity: {
    files: folder('identity'),
    uses: ['words', 'work', 'vlm', 'engine', 'probes'],
    holds: 'what decides a result, kind by kind, and the name that it makes; keeps nothing',
  },
  merge: {
    files: folder('merge'),
    uses: ['scripts', 'words', 'work', 'checkpoint', 'vlm', 'engine', 'identity'],
    holds: 'recipes, merged checkpoints, export',
  },
  demo: {
    files: folder('demo'),
    uses: ['words', 'work', 'dataset', 'probes'],
    holds: 'the demo family and the committed sets',
  },
  evaluation: {
    files: folder('evaluation'),
    uses: [
      'words',
      'work',
      'checkpoint',
      'statistics',
      'grading',
      'vlm',
      'image',
      'engine',
      'spectra',
      'probes',
      'identity',
      'merge',
      'demo',
    ],
    holds: 'transfer, necessity, perception against reasoning: answers of variants, graded',
  },
  remote: {
    files: folder('remote'),
    uses: ['words', 'work', 'grading', 'identity', 'evaluation'],
    holds: 'models that other hosts run, and the judge',
  },
  served: {
    files: folder('served'),
    uses: ['words', 'work', 'checkpoint', 'remote'],
    holds: 'checkpoints on servers: listed, read in ranges, kept when asked',
  },
  reading: {
    files: folder('reading'),
    uses: ['words', 'work', 'checkpoint', 'grading', 'vlm', 'probes', 'merge', 'evaluation', 'remote'],
    holds: 'lists, folders and results of people, read in a worker',
  },
  analyses: {
    files: '^src/analyses/.*\\.ts$',
    uses: [
      ...['words', 'work', 'checkpoint', 'statistics', 'vlm', 'engine', 'spectra', 'probes', 'identity'],
      ...['merge', 'evaluation', 'reading', 'declarations'],
    ],
    holds: 'every analysis as a value: settings, identity, plan, files and findings of each',
  },
  study: {
    files: folder('study'),
    uses: [
      ...['analyses', 'declarations', 'words', 'work', 'checkpoint', 'engine', 'spectra', 'probes'],
      ...['identity', 'merge', 'evaluation', 'remote', 'reading'],
    ],
    holds:
      'analyses as long work with journals, and several of them as a study: knows the records of every kind',
  },
  claims: {
    files: folder('claims'),
    uses: [
      ...['declarations', 'analyses', 'words', 'statistics', 'grading', 'spectra', 'probes', 'identity'],
      ...['evaluation', 'study'],
    ],
    holds: 'what papers claim, and how the results of a study stand to it',
  },
  report: {
    files: folder('report'),
    uses: ['words'],
    holds: 'a study as one HTML file, of texts and drawn charts',
  },
  check: {
    files: folder('check'),
    uses: [
      ...['words', 'work', 'checkpoint', 'statistics', 'graph', 'vlm', 'engine', 'spectra', 'probes', 'demo'],
      'image',
    ],
    holds: 'whether a device computes what others compute, and how fast it is',
  },
  bench: {
    files: folder('bench'),
    uses: ['words', 'work', 'checkpoint', 'statistics', 'graph', 'vlm', 'engine', 'spectra'],
    holds: 'the page that measures',
  },
  language: {
    files: folder('ui/language'),
    uses: [],
    holds: 'which language the app speaks, and how a room looks its texts up',
  },
  body: {
    files: '^src/ui/layer-strip/(layer-axis|hatch|texts(\\.zh)?)\\.ts$',
    uses: ['words', 'language'],
    holds: 'where each layer of a model stands on the axis that strip and charts share, and where it is cut',
  },
  look: {
    files: '^src/ui/(components|format|theme)/',
    uses: ['words', 'work', 'language'],
    holds: 'how a number reads and what a colour means; fields and notes that any screen is made of',
  },
  charts: {
    files: folder('ui/charts'),
    uses: ['words', 'work', 'statistics', 'body', 'language', 'look'],
    holds: 'numbers as pictures: knows no state of the app, and no other screen',
  },
  ui: {
    files:
      '^src/ui/(?!(app|charts|components|format|language|theme)/|layer-strip/(layer-axis|hatch|texts(\\.zh)?)\\.ts$)',
    uses: [
      ...['body', 'language', 'look', 'charts', 'declarations', 'analyses'],
      'scripts',
      'words',
      'work',
      'checkpoint',
      'statistics',
      'grading',
      'vlm',
      'image',
      'engine',
      'spectra',
      'probes',
      'identity',
      'merge',
      'demo',
      'evaluation',
      'remote',
      'served',
      'reading',
      'study',
      'claims',
      'report',
      'offline',
      'check',
    ],
    holds: 'screens, and their stores',
  },
  app: {
    files: folder('ui/app'),
    uses: [
      ...['words', 'engine', 'identity', 'study', 'language', 'look', 'charts', 'declarations', 'analyses'],
      ...['claims', 'body', 'ui', 'report'],
    ],
    holds: 'what holds all screens and their stores: they are given what they use, and do not know it',
  },
  headless: {
    files: folder('headless'),
    uses: [
      'declarations',
      'analyses',
      'scripts',
      'words',
      'work',
      'checkpoint',
      'grading',
      'vlm',
      'engine',
      'spectra',
      'probes',
      'identity',
      'merge',
      'evaluation',
      'reading',
      'study',
      'claims',
      'app',
      'check',
    ],
    holds: 'the page behind the commands: shows nothing',
  },
  isolation: {
    files: folder('isolation'),
    uses: [],
    holds: 'cross-origin isolation, before the app is there',
  },
  connected: {
    files: folder('connected'),
    uses: ['look', 'ui', 'study', 'app'],
    holds: 'the page that may ask other hosts',
  },
  main: {
    files: '^src/main\\.ts$',
    uses: ['engine', 'app'],
    holds: 'the page of the app',
  },
  workers: {
    files: '^workers/',
    uses: [
      'work',
      'engine',
      'spectra',
      'merge',
      'evaluation',
      'served',
      'reading',
      'study',
      'bench',
      'offline',
      'check',
    ],
    holds: 'thin shells around what runs in threads',
  },
  'engine-package': {
    files: '^packages/engine/',
    uses: ['words', 'work', 'checkpoint', 'vlm', 'engine'],
    holds: 'what the engine shows of itself as a package',
  },
  'spectra-package': {
    files: '^packages/spectra-webgpu/',
    uses: ['words', 'work', 'spectra'],
    holds: 'what exact spectra show of themselves as a package',
  },
};

const TESTING = '/testing/';

/**
 * @param {[string, Room]} named
 * @returns {import('dependency-cruiser').IForbiddenRuleType}
 */
function rule([name, { files, uses, holds }]) {
  const allowed = [name, ...uses].flatMap((room) => ROOMS[room]?.files ?? []);
  return {
    name: `room-${name}`,
    comment: `${name} (${holds}) uses ${uses.length === 0 ? 'no other room' : `only ${uses.join(', ')}`}`,
    severity: 'error',
    from: { path: files, pathNot: TESTING },
    to: { path: '^(src|workers|packages|scripts|dataset|tools)/', pathNot: allowed },
  };
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...Object.entries(ROOMS).map(rule),
    {
      name: 'no-cycle',
      comment: 'files that need each other, be it for a type, are one file or three',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'testing-is-for-tests',
      comment: 'what supports tests is no part of the app',
      severity: 'error',
      from: { path: '^(src|workers|packages)/', pathNot: TESTING },
      to: { path: TESTING },
    },
  ],
  options: {
    // Types count, and so does what only types are imported from.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    includeOnly: '^(src|workers|packages|scripts|dataset|tools)/',
    exclude: '\\.test\\.ts$|^src/.*/assembly/|^dataset/data/',
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.js', '.svelte'] },
  },
};

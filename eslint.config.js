import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import ts from 'typescript-eslint';

/** Folders that know no browser: the same code runs in a page, a worker and Node. */
const PURE = [
  ...['src/checkpoint', 'src/graph', 'src/vlm', 'src/statistics', 'src/grading'],
  ...['recipe', 'plan', 'arithmetic', 'folder', 'mergekit'].map((folder) => `src/merge/${folder}`),
  ...['deltas', 'exact', 'fast', 'kernels', 'results'].map((folder) => `src/spectra/${folder}`),
  ...['answers', 'sampling', 'data', 'summary'].map((folder) => `src/probes/${folder}`),
];

/** What only a page or a worker has. */
const BROWSER_GLOBALS = [
  ...['window', 'document', 'navigator', 'self', 'localStorage', 'sessionStorage', 'location'],
  ...['Worker', 'OffscreenCanvas', 'createImageBitmap', 'indexedDB', 'fetch'],
  ...Object.keys(globals.browser).filter((name) => name.startsWith('GPU') || name.startsWith('HTML')),
];

const tests = ['**/*.test.ts'];

/** Patterns are literals, so that scripts/check-patterns.mjs finds them all. */
const NO_BUILT_PATTERNS = {
  selector: ':matches(NewExpression, CallExpression)[callee.name="RegExp"]',
  message: 'Write a literal: every pattern is checked for its running time.',
};

/** Vitest answers a mocked module through the browser's requests: some runs wait for one for ever (vitest-dev/vitest, issue 10747). */
const NO_BROWSER_MOCK = {
  selector: 'CallExpression[callee.object.name="vi"][callee.property.name=/^(mock|doMock|hoisted)$/]',
  message: 'Give what stands in for a module as an argument: a mocked module may hang the page.',
};

/** An architecture is named in its folder alone (docs/architectures.md); an import of that folder names it, too. */
const NO_ARCHITECTURE = {
  selector:
    ':matches(Literal[value=/qwen/i], Literal[regex.pattern=/qwen/i], TemplateElement[value.raw=/qwen/i], SvelteText[value=/qwen/i])',
  message: 'Ask the architecture (architectureOf): only its folder in src/vlm/architectures names it.',
};

/** Whatever it is called: beside `src/vlm`, nobody asks which it is. */
const NO_BRANCH = {
  selector:
    ':matches(BinaryExpression[operator=/^[!=]==?$/], SwitchStatement) > MemberExpression[property.name="modelType"]',
  message: 'Ask the architecture (architectureOf) for what differs, not for its name.',
};

export default defineConfig(
  globalIgnores([
    ...[
      'dist',
      'test-results',
      'tools/goldens/data',
      'tools/quantized/data',
      'tools/configs/data',
      'public/demo',
      'dataset/data',
    ],
    // Python's packages carry scripts of their own.
    '**/.venv',
    // AssemblyScript: its own language, checked by its own compiler.
    'src/**/assembly',
  ]),
  js.configs.recommended,
  ts.configs.strict,
  svelte.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error', noInlineConfig: true },
    rules: {
      eqeqeq: 'error',
      // TypeScript checks names itself, and knows which exist where.
      'no-undef': 'off',
      'no-restricted-syntax': ['error', NO_BUILT_PATTERNS],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    // Models of the past keep their names in what was published of them.
    files: ['{src,workers,packages}/**/*.{ts,mjs,svelte}'],
    ignores: [
      'src/vlm/**',
      // What files of another format call an architecture.
      'src/checkpoint/formats/*/architectures/**',
      '**/testing/**',
      'packages/*/example/**',
      'src/ui/necessity/PublishedFreezing.svelte',
    ],
    rules: { 'no-restricted-syntax': ['error', NO_BUILT_PATTERNS, NO_ARCHITECTURE, NO_BRANCH] },
  },
  {
    files: ['src/vlm/**/*.ts'],
    ignores: ['src/vlm/architectures/**', '**/testing/**'],
    rules: { 'no-restricted-syntax': ['error', NO_BUILT_PATTERNS, NO_ARCHITECTURE] },
  },
  {
    files: [...tests, '{dataset,e2e,tools}/**'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: [...tests, '**/testing/**'],
    ignores: ['src/engine/testing/one-thread-ort.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'onnxruntime-web/wasm',
              message:
                'Take it from src/engine/testing/one-thread-ort.ts: by itself it cannot count processors in Node.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.browser.test.ts'],
    rules: { 'no-restricted-syntax': ['error', NO_BROWSER_MOCK] },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser } },
    rules: {
      // Our state replaces Maps and Sets ($state.raw) and never mutates one that is shown.
      'svelte/prefer-svelte-reactivity': 'off',
    },
  },
  {
    // The rule of rooms (.dependency-cruiser.mjs) does not see what types a component imports.
    files: ['src/ui/**/*.svelte'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '/(headless|bench|isolation|workers|tools)/|/main\\.ts$',
              message: 'Nothing that a page is made of uses the page, or what only tests use.',
            },
          ],
        },
      ],
    },
  },
  {
    // Screens are given what they use by what holds them all.
    files: ['src/ui/**/*.svelte'],
    ignores: ['src/ui/app/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '/(headless|bench|isolation|workers|tools|app)/|/main\\.ts$',
              message: 'Nothing that a page is made of uses the page, or what only tests use.',
            },
          ],
        },
      ],
    },
  },
  {
    // After the block above: it forbids more. Every chart lies one folder deep.
    files: ['src/ui/charts/**/*.svelte'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex:
                '^\\.\\./\\.\\./(?!\\.\\./|components/|format/|language/|theme/|layer-strip/(layer-axis|hatch)\\.ts$)|^\\.\\./\\.\\./\\.\\./(?!statistics/|[^/]+\\.ts$)',
              message: 'Charts know no state of the app, and no other screen.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/{engine,probes,spectra,merge,evaluation,study}/**/*.ts'],
    ignores: tests,
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^svelte', message: 'Only screens know what they are drawn with.' }] },
      ],
    },
  },
  // After the block above: where both apply, the stricter one counts.
  {
    files: PURE.map((folder) => `${folder}/**/*.ts`),
    ignores: tests,
    rules: {
      'no-restricted-globals': [
        'error',
        ...BROWSER_GLOBALS.map((name) => ({ name, message: 'This folder is pure: it also runs in Node.' })),
      ],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex:
                '^(svelte|d3|comlink|node:|onnxruntime-web)|/(engine|probes|spectra|merge|study|ui|workers)/',
              message:
                'This folder is pure: no browser, no GPU, no Svelte, nothing from the folders above it.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['workers/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 40, skipComments: true, skipBlankLines: true }],
    },
  },
);

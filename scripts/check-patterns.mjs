/**
 * Every regular expression of src/, workers/ and scripts/ takes time in proportion to what it reads: a text that a checkpoint,
 * a list or a model writes must not stop a page. `npm run check` runs this; recheck (its own tests aside) decides each literal, by
 * automata where it can, by searching for an attack where a pattern looks around. Patterns are literals, so that all are found:
 * ESLint refuses `new RegExp`.
 */
import { ESLint } from 'eslint';
import { defineConfig } from 'eslint/config';
import svelte from 'eslint-plugin-svelte';
import { relative } from 'node:path';
import { check } from 'recheck';
import ts from 'typescript-eslint';

const FOLDERS = ['src', 'workers', 'scripts'];
/** What reads only what tests themselves write. */
const TESTS = ['**/*.test.ts', '**/testing/**', 'src/**/assembly/**'];
/** Of one pattern; what is not decided by then counts as slow. */
const DEADLINE_MS = 20_000;
const TRIES = 3;

/** @typedef {{ readonly source: string, readonly flags: string, readonly place: string }} Pattern */

/** @returns {Promise<readonly Pattern[]>} */
async function patterns() {
  /** @type {Map<string, Pattern>} */
  const found = new Map();
  /** @type {import('eslint').Rule.RuleModule} */
  const collect = {
    create: (context) => ({
      Literal(node) {
        if (!('regex' in node) || !node.regex) return;
        const { pattern: source, flags } = node.regex;
        const place = `${relative('.', context.filename)}:${node.loc?.start.line ?? 0}`;
        const key = `/${source}/${flags}`;
        if (!found.has(key)) found.set(key, { source, flags, place });
      },
    }),
  };
  /** @type {import('eslint').Linter.Config} */
  const collecting = {
    plugins: { patterns: { rules: { collect } } },
    rules: { 'patterns/collect': 'error' },
  };
  const eslint = new ESLint({
    overrideConfigFile: true,
    overrideConfig: defineConfig(
      { ignores: TESTS },
      svelte.configs.base,
      { files: ['**/*.ts'], languageOptions: { parser: ts.parser } },
      { files: ['**/*.svelte', '**/*.svelte.ts'], languageOptions: { parserOptions: { parser: ts.parser } } },
      { files: ['**/*.{ts,mjs,svelte}'], ...collecting },
    ),
  });
  const results = await eslint.lintFiles(FOLDERS.map((folder) => `${folder}/**/*.{ts,mjs,svelte}`));
  const unread = results.flatMap(({ filePath, messages }) =>
    messages.map(({ message }) => `${filePath}: ${message}`),
  );
  if (unread.length > 0) throw new Error(unread.join('\n'));
  return [...found.values()];
}

const all = await patterns();
/** What slows a pattern down; undefined where nothing does. @param {Pattern} pattern */
async function attack({ source, flags }) {
  let found;
  // An attack that was searched for is confirmed by the clock, which other work disturbs: it counts if found each time.
  for (let tries = 0; tries < TRIES; tries++) {
    const verdict = await check(source, flags, { timeout: DEADLINE_MS, randomSeed: tries });
    if (verdict.status === 'safe') return undefined;
    found =
      verdict.status === 'vulnerable'
        ? `${verdict.complexity.summary}, by ${verdict.attack.pattern}`
        : 'not decided';
    if (verdict.checker === 'automaton') break;
  }
  return found;
}

const slow = [];
// One after another: what runs beside it eats a pattern's deadline.
for (const pattern of all) {
  const found = await attack(pattern);
  if (found) slow.push(`${pattern.place}: /${pattern.source}/${pattern.flags}\n    ${found.slice(0, 200)}`);
}
for (const line of slow) console.error(line);
console.log(`${all.length} patterns, ${slow.length} of them slower than linear`);
process.exit(slow.length === 0 && all.length > 0 ? 0 : 1);

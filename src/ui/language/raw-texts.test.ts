import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse, type AST } from 'svelte/compiler';
import { expect, test } from 'vitest';

const UI = fileURLToPath(new URL('../', import.meta.url));

/** Rooms whose texts still stand in their components. */
const NOT_YET = [
  'app',
  'connected',
  'demo',
  'embed',
  'files',
  'offline',
  'open',
  'served',
  'tryit',
];

/** Attributes and properties of components that people read or hear. */
const READ =
  /^(title|label|placeholder|alt|legend|heading|hint|note|description|text|empty|aria-(label|description|valuetext|roledescription))$/;
const WORD = /\p{L}{2,}/u;
/** The same in every language: the app's name, formulas and what the shell is told. */
const NAMES = /Frankenscope|headless/g;

/** Words that a component says by itself, whatever language is spoken. */
function rawTexts(source: string): readonly string[] {
  const found: string[] = [];
  const look = (value: unknown, inCode: boolean): void => {
    if (Array.isArray(value)) for (const one of value) look(one, inCode);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    const node = value as AST.Fragment | AST.Text | AST.Attribute | AST.StyleDirective | AST.RegularElement;
    if (node.type === 'Text' && !inCode && WORD.test(node.data.replace(NAMES, '')))
      found.push(node.data.trim());
    const silent = node.type === 'StyleDirective' || (node.type === 'Attribute' && !READ.test(node.name));
    const code =
      inCode || silent || (node.type === 'RegularElement' && /^(code|kbd|pre|style|script)$/.test(node.name));
    for (const [name, child] of Object.entries(node))
      if (name !== 'parent' && name !== 'metadata') look(child, code);
  };
  look(parse(source, { modern: true }).fragment, false);
  return found;
}

test('words in markup and in attributes that are read are found, code and the app\u2019s name are not', () => {
  expect(rawTexts('<p title="Both" class="big one">Ask <b>{n}</b> <code>npm start</code></p>')).toEqual([
    'Both',
    'Ask',
  ]);
  expect(rawTexts('<Field label={t.label}>{t.text} · Frankenscope {#if x}{t.y}{/if}</Field>')).toEqual([]);
  expect(rawTexts('{#if a}<Field label="Seed" />{/if}')).toEqual(['Seed']);
});

const files = readdirSync(UI, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.svelte'),
);

test.each(
  files.filter((file) => !file.includes('testing/') && !NOT_YET.some((room) => file.startsWith(`${room}/`))),
)('the texts of %s stand in its room\u2019s texts', (file) => {
  expect(rawTexts(readFileSync(UI + file, 'utf8'))).toEqual([]);
});

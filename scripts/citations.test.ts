/** What code and documents cite is there: sections of docs/method.md, papers, files, links and their anchors. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './paths.mjs';

const METHOD = 'docs/method.md';
const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Sources and documents by their paths; data, and what tools leave behind, are not read. */
const FILES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...['src', 'workers', 'packages', 'scripts', 'e2e', 'tools', 'dataset', 'docs'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
  ),
].filter((path) => /\.(?:ts|svelte|mjs|js|py|md)$/.test(path) && !/\/(?:data|runs|cache|kept)\//.test(path));
const DOCUMENTS = FILES.filter((path) => /^(?:docs\/|packages\/[\w-]+\/)?[\w-]+\.md$/.test(path));
const THIS = 'scripts/citations.test.ts';

/** Without fenced and indented blocks, where nothing is a link. */
const prose = (path: string): string => text(path).replace(/^```[\s\S]*?^```$/gm, '');

const headings = (path: string): readonly string[] =>
  [...prose(path).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => heading as string);

/** As GitHub makes an anchor of a heading. */
const slug = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-');

const sections = headings(METHOD).flatMap((heading) => /^§([\d.]+) /.exec(heading)?.[1] ?? []);

test('sections of docs/method.md are numbered in order, each once', () => {
  const order = [...sections].sort((a, b) => {
    const [x, y] = [a, b].map((section) => section.split('.').map(Number));
    return (x?.[0] ?? 0) - (y?.[0] ?? 0) || (x?.[1] ?? 0) - (y?.[1] ?? 0);
  });
  expect(sections).toEqual(order);
  expect(new Set(sections).size).toBe(sections.length);
  expect(sections.length).toBeGreaterThan(12);
});

test('every section of docs/method.md that is cited stands there', () => {
  const cited = FILES.flatMap((path) =>
    [...text(path).matchAll(/docs\/method\.md(?:,? (?:and )?§\d+(?:\.\d+)*)+/g)].flatMap(([citation]) =>
      [...citation.matchAll(/§(\d+(?:\.\d+)*)/g)].map(([, section]) => ({
        path,
        section: section as string,
      })),
    ),
  );
  expect(cited.length).toBeGreaterThan(50);
  expect(cited.filter(({ section }) => !sections.includes(section))).toEqual([]);
});

test('sections of a method are cited with their document', () => {
  const bare = FILES.filter((path) => path !== THIS && !DOCUMENTS.includes(path)).flatMap((path) =>
    [...text(path).matchAll(/(?<!docs\/)\bmethod(?:\.md)? §\d+/gi)].map(
      ([citation]) => `${path}: ${citation}`,
    ),
  );
  expect(bare).toEqual([]);
});

test('what is cited of a paper is named in docs/method.md', () => {
  const method = text(METHOD);
  const cited = FILES.filter((path) => path !== THIS).flatMap((path) =>
    [...text(path).matchAll(/\bP([12]),? ((?:Eq\.|Fig\.|Table|App\.) [A-Z\d][\d.]*\b)/g)].map(
      ([, paper, place]) => `P${paper} ${place as string}`,
    ),
  );
  const named = [...method.matchAll(/(?:Eq\.|Fig\.|Table|App\.) [A-Z\d][\d.]*\b/g)].map(
    ([place]) => `P1 ${place}`,
  );
  expect(cited.length).toBeGreaterThan(8);
  expect([...new Set(cited)].filter((place) => !named.includes(place))).toEqual([]);
  for (const name of ['P1', 'P2', 'VFL'])
    expect(method).toMatch(new RegExp(`^\\| ${name} +\\| .*arXiv`, 'm'));
});

test.each(DOCUMENTS)('links of %s lead somewhere', (path) => {
  const broken = [...prose(path).matchAll(/\]\((?!https?:)([^)\s#]*)(#[^)\s]+)?\)/g)].filter(
    ([, file, anchor]) => {
      const target = file === '' ? path : normalize(join(dirname(path), file as string));
      if (!existsSync(join(ROOT, target))) return true;
      return anchor !== undefined && !headings(target).map(slug).includes(anchor.slice(1));
    },
  );
  expect(broken.map(([link]) => link)).toEqual([]);
});

test.each(DOCUMENTS)('files that %s names are there', (path) => {
  const named = [
    ...prose(path).matchAll(
      /`((?:src|scripts|workers|packages|docs|e2e|tools|dataset|public|findings)\/[\w./-]*\w\/?)`/g,
    ),
  ];
  const gone = named
    .map(([, file]) => file as string)
    // NAME stands for any.
    .filter((file) => !/\/NAME\b/.test(file) && !existsSync(join(ROOT, file)));
  expect(gone).toEqual([]);
});

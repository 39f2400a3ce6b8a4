import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../checkpoint/testing/files.ts';
import { readItemFolder } from '../../evaluation/samples/testing/item-folder.ts';
import { readResults } from '../../evaluation/testing/results.ts';
import { openProblems } from './problem-list.ts';
import { listsAmong } from './row-file.ts';

const ROWS = '{"question": "q", "answer": 1}\n';
const files = (path: string, bytes: Uint8Array<ArrayBuffer>): Map<string, Blob> =>
  new Map([[path, new Blob([bytes])]]);
/** The beginning of what `zstd` writes. */
const zstd = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58);
const gzip = new Uint8Array(gzipSync(ROWS));

describe('a compressed list', () => {
  it.each([
    ['a.jsonl.gz', gzip, 'gzip', 'gunzip -k a.jsonl.gz'],
    ['set/a.json.gz', gzip, 'gzip', 'gunzip -k a.json.gz'],
    // As a browser may call it that took the ending off, and not the compression.
    ['a.jsonl', gzip, 'gzip', 'gunzip -k a.jsonl'],
    ['a.csv.zst', zstd, 'zstd', 'zstd -d a.csv.zst'],
    ['a.parquet', Uint8Array.of(0x50, 0x4b, 3, 4), 'zip', 'unzip a.parquet'],
  ])('%s is refused by name, with what unpacks it', async (path, bytes, kind, command) => {
    const refusal = {
      name: 'CompressedFile',
      what: `it is compressed with ${kind}; lists are read row by row where they lie`,
      place: { file: path },
      remedy: `unpack it first: ${command}`,
    };
    expect(listsAmong([path, 'a.png'])).toEqual([path]);
    expect(await failureOf(openProblems(path, files(path, bytes)))).toMatchObject(refusal);
    expect(await failureOf(readItemFolder(files(path, bytes)))).toMatchObject(refusal);
  });

  it('is passed over beside one that is not, and refused among results', async () => {
    expect(listsAmong(['a.jsonl', 'a.jsonl.gz', 'b.json', 'c.json.gz'])).toEqual(['a.jsonl']);
    const path = 'run/IN/reasoning_math500/A_prompt_only.jsonl.gz';
    expect(await failureOf(readResults(files(path, gzip)))).toMatchObject({
      name: 'CompressedFile',
      place: { file: path },
    });
  });
});

it('lines that end in a carriage return alone are lines, and are found again', async () => {
  const rows = Array.from({ length: 3 }, (_, at) => JSON.stringify({ question: `q${at}`, answer: at }));
  const list = await openProblems('a.jsonl', new Map([['a.jsonl', new Blob([rows.join('\r')])]]));
  const found = await list.at([2, 1]);
  expect(found.map(({ problem, row }) => [problem.question, row.line])).toEqual([
    ['q2', 3],
    ['q1', 2],
  ]);
});

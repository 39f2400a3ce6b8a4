import { afterEach, describe, expect, test, vi } from 'vitest';
import { filesOfDrop, filesOfInput, filesOfPicker } from './gather.ts';

interface Tree {
  readonly [name: string]: Tree | File;
}

const file = new File(['{}'], 'a');
const many = (count: number, make: (n: number) => Tree | File = () => file): Tree =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`n${n}`, make(n)]));
const nested = (depth: number): Tree => (depth === 0 ? { a: file } : { d: nested(depth - 1) });

/** As the browser hands entries over: a hundred at a time. Counts the lists that were read. */
function entry(name: string, node: Tree | File, read: { lists: number }): FileSystemEntry {
  if (node instanceof File)
    return { name, isFile: true, file: (done: (file: File) => void) => done(node) } as never;
  const createReader = () => {
    const waiting = Object.entries(node);
    const readEntries = (done: (entries: FileSystemEntry[]) => void): void => {
      read.lists += 1;
      done(waiting.splice(0, 100).map(([child, of]) => entry(child, of, read)));
    };
    return { readEntries };
  };
  return { name, isFile: false, createReader } as never;
}

function handle(name: string, node: Tree | File): unknown {
  if (node instanceof File) return { name, kind: 'file', getFile: () => Promise.resolve(node) };
  async function* values(): AsyncGenerator {
    for (const [child, of] of Object.entries(node)) yield await Promise.resolve(handle(child, of));
  }
  return { name, kind: 'directory', values };
}

const paths = (name: string, node: Tree | File): string[] =>
  node instanceof File
    ? [name]
    : Object.entries(node).flatMap(([child, of]) => paths(`${name}/${child}`, of));

const ways = {
  dropped: (tree: Tree, read = { lists: 0 }) =>
    filesOfDrop({
      items: [{ kind: 'file', webkitGetAsEntry: () => entry('top', tree, read), getAsFile: () => null }],
    } as never),
  picked: (tree: Tree) => {
    vi.stubGlobal('window', { showDirectoryPicker: () => Promise.resolve(handle('top', tree)) });
    return filesOfPicker();
  },
  chosen: async (tree: Tree) =>
    filesOfInput(
      paths('top', tree).map((path) =>
        Object.assign(new File(['{}'], 'a'), { webkitRelativePath: path }),
      ) as never,
    ),
};
afterEach(() => void vi.unstubAllGlobals());

describe.each(Object.entries(ways))('%s', (_, gather) => {
  test('10,000 files are taken, one more is not', async () => {
    expect((await gather(many(10_000)))?.files).toHaveLength(10_000);
    const refusal = { name: 'TooManyFiles', what: 'more than 10000 files and folders were dropped' };
    await expect(gather(many(10_001))).rejects.toMatchObject(refusal);
    await expect(gather(many(101, () => many(100)))).rejects.toMatchObject(refusal);
  });

  test('folders within 64 others are taken, within one more are not', async () => {
    expect((await gather(nested(64)))?.files).toHaveLength(1);
    const refusal = { name: 'TooDeep', remedy: 'Drop the checkpoint folders themselves.' };
    await expect(gather(nested(65))).rejects.toMatchObject(refusal);
    await expect(gather(nested(500))).rejects.toMatchObject({
      ...refusal,
      place: { file: expect.stringMatching(/^top\/d/) },
    });
  });
});

test.each(['dropped', 'picked'] as const)('empty folders count, %s', async (way) => {
  await expect(ways[way](many(10_001, () => ({})))).rejects.toMatchObject({ name: 'TooManyFiles' });
});

test('of a folder without end no more is listed than is taken', async () => {
  const read = { lists: 0 };
  await expect(ways.dropped(many(50_000), read)).rejects.toMatchObject({ name: 'TooManyFiles' });
  expect(read.lists).toBe(101);
});

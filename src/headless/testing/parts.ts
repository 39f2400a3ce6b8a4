/** Commands in parts, over the made-up engine. */
import { type Case, CASES } from './identity-cases.ts';
import type { World } from './identity-stage.ts';
import { type Around, written } from './written.ts';

/** Of each command that has parts, what it is run with besides its case's words. */
export const IN_PARTS: readonly (readonly [command: string, words: readonly string[]])[] = [
  ['swap', ['--answer-source']],
  ['swap', ['--samples', '1', '--definition', 'reference', '--mode', 'from-layer']],
  ['ablate', ['--system', 'Think.', '--parts', 'layer', '--parts', 'mlp', '--samples', '5', '--seed', '3']],
  ['attention', ['--heads', '--base', 'b']],
  ['lens', ['--topk', '2', '--samples', '4']],
  ['patch', []],
  ['tokens', ['--base', 'b']],
  ['energy', ['--model', 'm', '--cuts', '1,2']],
  ['diversity', ['--directions', '1', '--mode', 'fast', '--seed', '5']],
  ['overlap', ['--directions', '1']],
  ['transfer', ['--variants', 'IN', '--variants', 'RL:IN:IN', '--samples', '2']],
  ['necessity', []],
  ['disentangle', []],
];

/** The files of a run, as text. */
export type Files = ReadonlyMap<string, string>;

/** What one run of a command writes: of one that answers JSON, its text. @param around where its journals are, who is told of what is computed */
export async function whole(
  command: string,
  words: readonly string[],
  change: Partial<World> = {},
  around: Around = {},
): Promise<Files> {
  return textsOf(await ran(command, words, change, around));
}

/** A part folder, by path. */
export async function part(
  command: string,
  words: readonly string[],
  shard: string,
  change: Partial<World> = {},
  around: Around = {},
): Promise<Files> {
  return textsOf(await ran(command, [...words, '--shard', shard], change, around));
}

/** What `combine` writes of part folders, given under names of their own. */
export async function combined(parts: readonly Files[]): Promise<Files> {
  const handed = parts.flatMap((files, index) =>
    [...files].flatMap(([path, text]) => {
      const isRead = path.endsWith('part.json') || /(^|\/)records\/[^/]*$/.test(path);
      return isRead
        ? [[`${index}:${encodeURIComponent(`parts/${index}`)}/${path}`, new Blob([text])] as const]
        : [];
    }),
  );
  return textsOf(
    await written('combine', ['p', '--out', 'o', '--adapter', 'auto'], (CASES['swap'] as Case).world, {
      handed: new Map(handed),
    }),
  );
}

async function ran(
  command: string,
  words: readonly string[],
  change: Partial<World>,
  around: Around = {},
): Promise<ReadonlyMap<string, unknown>> {
  const { words: own, world } = CASES[command] as Case;
  return written(command, [...own, ...words, '--device', 'wasm'], { ...world, ...change }, around);
}

/** A JSON that is answered is a file as well; what the shell calls it, parts do not know. How a run went is left out of the comparison. */
function textsOf(files: ReadonlyMap<string, unknown>): Files {
  return new Map(
    [...files].map(([path, content]) => [
      path,
      withoutRun(typeof content === 'string' ? content : JSON.stringify(content)),
    ]),
  );
}

function withoutRun(text: string): string {
  return text
    .replace(/,?\s*"run":\s*\{\s*"seconds":(?:[^{}]|\{[^{}]*\})*\}/, '')
    .replace(/,\s*"frankenscope":\s*\{\s*\}/, '');
}

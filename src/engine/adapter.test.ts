/** Models under adapters answer as transformers and peft do. */
import { beforeAll, describe, expect, it } from 'vitest';
import { adapterFolder } from '../checkpoint/formats/peft/adapter-folder.ts';
import { adapterFiles, baseFiles, BASES, expectedOfPeft, type AdapterKind } from './testing/adapters.ts';
import { Engine } from './engine.ts';
import type { ModelId } from './subject.ts';
import { wholeModel } from './subject.ts';
import { wasmBackend } from './testing/golden-model.ts';
import { INLINE } from './testing/inline-surroundings.ts';

const { answers } = await expectedOfPeft();
const QUESTION = [{ role: 'user', content: [{ type: 'text', text: 'a b c' }] }] as const;

let engine: Engine;
beforeAll(() => {
  engine = new Engine({
    ...INLINE,
    decodeImage: () => Promise.reject(new Error('no picture is asked about')),
    createBackend: () => Promise.resolve(wasmBackend()),
  });
});

describe.each(['rslora', 'dora', 'tied'] as const satisfies readonly AdapterKind[])('%s', (kind) => {
  it('answers token by token as peft does, and otherwise than its base', async () => {
    const id = kind as string as ModelId;
    const base = await baseFiles(kind);
    const files = await adapterFolder(base, await adapterFiles(kind), { baseName: BASES[kind] });
    const { layers } = await engine.open(id, kind, files);
    await engine.load('load', id, { device: 'wasm', dtype: 'f32' }, () => undefined);
    const { rows } = await engine.generate(
      { job: kind, subject: wholeModel(id, layers), messages: QUESTION, images: [], maxNewTokens: 32 },
      () => undefined,
    );
    const expected = answers[kind];
    expect(rows[0]?.tokens).toEqual(expected?.tokens);
    expect(expected?.without).not.toEqual(expected?.tokens);
  });
});

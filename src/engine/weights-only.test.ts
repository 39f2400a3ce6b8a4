import { describe, expect, it } from 'vitest';
import { failureOf, folder } from '../checkpoint/testing/files.ts';
import { weightsOnlyFolder } from './testing/weights-only.ts';
import { writeSafetensors } from '../checkpoint/testing/safetensors.ts';
import type { NamedError } from '../named-error.ts';
import { ModelLibrary } from './model-library.ts';
import type { ModelId } from './subject.ts';

const ID = 'a' as ModelId;

/** Nothing is loaded: no device, and no threads. */
const library = (): ModelLibrary => new ModelLibrary({} as ConstructorParameters<typeof ModelLibrary>[0]);

describe('a folder of an architecture that is not run', () => {
  it('opens with layers, blocks and what no rule places, and says why it cannot run', async () => {
    const models = library();
    const summary = await models.open(ID, 'internvl-in', weightsOnlyFolder('internvl-in'));
    expect(summary).toMatchObject({
      ...{ modelType: 'internvl', layers: 3, visionBlocks: 2, hiddenSize: 8, vocabSize: 16, tiedHead: false },
      ...{ intermediateSize: null, heads: null, kvHeads: null, contextLength: null },
      ignored: [{ name: 'audio_adapter.proj.weight', reason: 'no rule places the name' }],
    });
    expect(summary.layerBytes.map(({ index }) => index)).toEqual([-2, -1, 0, 1, 2, 3]);
    expect(summary.weightsOnly).toMatch(/^Its weights are read.* it cannot run here: .*model_type internvl/);
    expect(summary.notices).toEqual([summary.weightsOnly]);
    expect(summary.parameters * 2).toBe(summary.bytes);
    expect(models.describe(ID).find(({ name }) => name.startsWith('audio'))).toMatchObject({
      layerIdx: null,
      section: 'Unplaced',
    });
    expect(models.modelFolder(ID).checkpoint.tensors.size).toBe(summary.tensors);
    expect(models.vocabulary(ID)).toBeNull();
  });

  it('is refused by whatever runs models, and forgotten when it is closed', async () => {
    const models = library();
    const { weightsOnly } = await models.open(ID, 'internvl-in', weightsOnlyFolder('internvl-in'));
    const load = models.load('load', ID, { device: 'wasm', dtype: 'f32', keep: false }, () => undefined);
    expect(await failureOf(load)).toMatchObject({ name: 'WeightsOnly', what: weightsOnly });
    await models.close(ID);
    expect(() => models.folder(ID)).toThrow(expect.objectContaining({ name: 'UnknownModel' }) as NamedError);
  });

  it.each([
    ['no LLM layer in its names', 'encoder.0.weight', 'whisper'],
    ['a type that nobody can read', 'model.layers.0.mlp.up_proj.weight', 'q'.repeat(101)],
  ])('is refused with %s', async (_, name, type) => {
    const weights = writeSafetensors([{ name, dtype: 'F32', shape: [1], bytes: new Uint8Array(4) }]);
    const files = folder({
      'model.safetensors': weights,
      'config.json': JSON.stringify({ model_type: type }),
    });
    expect(await failureOf(library().open(ID, 'other', files))).toMatchObject({
      name: 'UnsupportedArchitecture',
    });
  });
});

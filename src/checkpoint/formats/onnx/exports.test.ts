import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openCheckpoint, readTensorBytes } from '../../checkpoint.ts';
import { toFloat32 } from '../../decoding.ts';
import { DecodedFolder } from '../decoded-folder.ts';
import { readableFolder } from '../open.ts';

const DATA = new URL('../../../../tools/quantized/data/onnx/', import.meta.url);

interface Expected {
  readonly sets: Readonly<
    Record<
      string,
      {
        readonly files: readonly string[];
        readonly tensors: Readonly<
          Record<string, { readonly shape: readonly number[]; readonly sha256: string }>
        >;
      }
    >
  >;
}

const EXPECTED = JSON.parse(await readFile(new URL('expected.json', DATA), 'utf8')) as Expected;

/** The export's config, and the graphs named with their data. */
async function exported(graphs?: readonly string[]): Promise<Map<string, File>> {
  const names = (await readdir(new URL('onnx/', DATA))).filter(
    (name) => !graphs || graphs.some((graph) => name.startsWith(graph)),
  );
  const paths = ['config.json', ...names.map((name) => `onnx/${name}`)];
  const read = paths.map(
    async (path) => [path, new File([await readFile(new URL(path, DATA))], path)] as const,
  );
  return new Map(await Promise.all(read));
}

const LABELS: Readonly<Record<string, string>> = {
  q4f16: 'ONNX: language model in 4 bits in blocks of 32, embedding in float16, vision in 8 bits',
  q4: 'ONNX: language model in 4 bits in blocks of 16, embedding in 8 bits, vision in 8 bits',
  quantized: 'ONNX: language model in 8 bits, embedding in 8 bits, vision in 8 bits',
};

describe.each(Object.entries(EXPECTED.sets))('the export %s', (name, { files, tensors }) => {
  it('has the values of the codes and scales that the nodes use, to the bit', async () => {
    const folder = await readableFolder(await exported(files));
    expect(folder).toBeInstanceOf(DecodedFolder);
    expect((folder as DecodedFolder).format.label).toBe(LABELS[name]);
    const checkpoint = await openCheckpoint(folder, { name });
    const found: Record<string, unknown> = {};
    for (const entry of checkpoint.tensors.values()) {
      const values = toFloat32(await readTensorBytes(checkpoint, entry), entry.dtype);
      const sha256 = createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex');
      found[entry.storedName] = { shape: [...entry.shape], sha256 };
    }
    expect(found).toEqual(tensors);
  });
});

it('reads the most precise form of each part, and says so', async () => {
  const folder = (await readableFolder(await exported())) as DecodedFolder;
  expect(folder.format.label).toBe('ONNX: language model in 8 bits, embedding in float16, vision in 8 bits');
  expect(folder.format.notices.map(({ file, text }) => `${file}: ${text}`)).toEqual([
    'onnx/decoder_model_merged_quantized.onnx: read for the language model, the most precise of 3 forms; not used: onnx/decoder_model_merged_q4.onnx, onnx/decoder_model_merged_q4f16.onnx; to read another, move this one out of the folder',
    'onnx/embed_tokens_fp16.onnx: read for the embedding, the most precise of 2 forms; not used: onnx/embed_tokens_quantized.onnx; to read another, move this one out of the folder',
  ]);
});

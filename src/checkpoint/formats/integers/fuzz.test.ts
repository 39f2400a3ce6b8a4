/** Declarations and tensors that are almost right: a named error or an opening, at once, and never as plain where codes are. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { NamedError } from '../../../named-error.ts';
import { openCheckpoint, readTensorBytes } from '../../checkpoint.ts';
import { codecOf } from '../codecs.ts';
import { DecodedFolder } from '../decoded-folder.ts';
import { readableFolder } from '../open.ts';
import { TensorReader } from '../tensor-reader.ts';
import { integerCases, type ReadFixture } from '../testing/integer-cases.ts';
import { mutatedFolders } from '../testing/mutated-folder.ts';

const DATA = new URL('../../../../tools/quantized/data/integers/', import.meta.url);
const read: ReadFixture = (file) => new Uint8Array(readFileSync(new URL(file, DATA)));
const COUNT = Number(process.env.FUZZ_INTEGERS ?? 3000);
/** No folder here has more than some kilobytes. */
const MOST_VALUES = 2 ** 22;

it(
  `opens or refuses by name what is almost right: ${COUNT} folders`,
  async () => {
    const files = ['packed', 'compressed-tensors', 'compressed-tensors-0.17'];
    const cases = (await Promise.all(files.map((file) => integerCases(read, file)))).flat();
    const folders = mutatedFolders(cases, 16);
    const outcomes = new Map<string, number>();
    for (let at = 0; at < COUNT; at += 1) {
      const outcome = await outcomeOf(folders.next().value).catch((error: unknown) => {
        throw new Error(`folder ${at} of seed 16`, { cause: error });
      });
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    const seen = [...outcomes.keys()];
    expect(seen).toEqual(expect.arrayContaining(['decoded', 'QuantizedWeights', 'InvalidTensor']));
    if (process.env.FUZZ_INTEGERS) console.info(Object.fromEntries(outcomes));
  },
  Math.max(60_000, COUNT * 5),
);

async function outcomeOf(folder: Parameters<typeof readableFolder>[0]): Promise<string> {
  try {
    const files = await readableFolder(folder);
    const checkpoint = await openCheckpoint(files);
    for (const [name, entry] of checkpoint.tensors) {
      expect(entry.shape.reduce((product, dim) => product * dim, 1)).toBeLessThan(MOST_VALUES);
      await readTensorBytes(checkpoint, entry);
      // Codes and scales are never weights.
      expect(name).not.toMatch(/qweight|qzeros|g_idx|weight_(packed|scale|shape|zero_point)/);
    }
    if (!(files instanceof DecodedFolder)) return 'plain';
    for (const tensor of files.format.tensors) {
      const rows = { first: 0, count: tensor.shape[0] ?? 0 };
      if (codecOf(tensor).packing()) await new TensorReader(tensor, files.origin).packed(rows);
    }
    return 'decoded';
  } catch (error) {
    if (error instanceof NamedError) return error.name;
    throw error;
  }
}

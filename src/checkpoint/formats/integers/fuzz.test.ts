/** Declarations and tensors that are almost right: a named error or an opening, and never as plain where codes are. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { CheckpointFiles } from '../../byte-source.ts';
import { openCheckpoint } from '../../checkpoint.ts';
import { codecOf } from '../codecs.ts';
import { DecodedFolder } from '../decoded-folder.ts';
import { matrixOf } from '../encoded.ts';
import { readableFolder } from '../open.ts';
import { TensorReader } from '../tensor-reader.ts';
import { fuzzed, FUZZ_TIMEOUT } from '../testing/fuzz.ts';
import { integerCases, type ReadFixture } from '../testing/integer-cases.ts';
import { mutatedFolders } from '../testing/mutated-folder.ts';

const DATA = new URL('../../../../tools/quantized/data/integers/', import.meta.url);
const read: ReadFixture = (file) => new Uint8Array(readFileSync(new URL(file, DATA)));
const NO_WEIGHT = /qweight|qzeros|scales|g_idx|weight_(packed|scale|shape|zero_point)/;

it(
  'opens or refuses by name what is almost right',
  async () => {
    const files = ['packed', 'compressed-tensors', 'compressed-tensors-0.17'];
    const cases = (await Promise.all(files.map((file) => integerCases(read, file)))).flat();
    const folders = mutatedFolders(cases, 16);
    const outcomes = await fuzzed(800, () => outcomeOf(folders.next().value));
    for (const expected of ['decoded', 'QuantizedWeights', 'InvalidTensor'])
      expect(outcomes.get(expected), expected).toBeGreaterThan(20);
  },
  FUZZ_TIMEOUT,
);

async function outcomeOf(folder: CheckpointFiles): Promise<string> {
  const files = await readableFolder(folder);
  if (!(files instanceof DecodedFolder)) {
    // Where every code and scale was taken away, as some changes do, a norm is left, and it is plain.
    const { tensors, unread } = await openCheckpoint(files);
    checkNames([...tensors.keys(), ...unread.keys()]);
    return 'plain';
  }
  checkNames(files.format.tensors.map(({ storedName }) => storedName));
  for (const tensor of files.format.tensors) {
    const reader = new TensorReader(tensor, files.origin);
    const rows = { first: 0, count: matrixOf(tensor.shape).rows };
    await reader.values(rows);
    if (codecOf(tensor).packing()) await reader.packed(rows);
  }
  return 'decoded';
}

/** Codes and scales are never weights. */
function checkNames(names: readonly string[]): void {
  const found = names.filter((name) => NO_WEIGHT.test(name));
  if (found.length > 0) expect(found).toEqual([]);
}

import type { ByteSource } from '../byte-source.ts';
import { JoinedReads, type ByteRange } from '../joined-reads.ts';
import type { DecodedTensor } from './decoded-tensor.ts';

/** The tensors, each to be read whole and once: parts that lie side by side in a file, of one or of several, are read together. */
export function joinedTensors(tensors: readonly DecodedTensor[]): readonly DecodedTensor[] {
  const wanted = new Map<ByteSource, ByteRange[]>();
  for (const tensor of tensors) {
    for (const { file, ...range } of tensor.wholeParts()) {
      const source = tensor.files.get(file);
      if (source) wanted.set(source, [...(wanted.get(source) ?? []), range]);
    }
  }
  const joined = new Map([...wanted].map(([source, ranges]) => [source, new JoinedReads(source, ranges)]));
  return tensors.map((tensor) =>
    tensor.over(new Map([...tensor.files].map(([file, source]) => [file, joined.get(source) ?? source]))),
  );
}

import type { AnyEncoded } from '../codecs.ts';

/** "GPTQ, 4 bits in groups of 128"; of mixed ones "4 and 8 bits in groups of 64 and 128". */
export function integerLabel(method: string, tensors: readonly AnyEncoded[]): string {
  const all = tensors.flatMap((tensor) => (tensor.codec === 'integers' ? [tensor] : []));
  const bits = distinct(all.map(({ coding }) => coding.codes.bits));
  const groups = distinct(
    all.flatMap(({ coding: { group, scales } }) => (group !== null && scales.groups > 1 ? [group] : [])),
  );
  const shared = groups === '' ? '' : ` in groups of ${groups}`;
  const unordered = all.some(({ coding }) => coding.group === null) ? ', in order of activations' : '';
  return `${method}, ${bits} bits${shared}${unordered}`;
}

function distinct(values: readonly number[]): string {
  return [...new Set(values)].sort((a, b) => a - b).join(' and ');
}

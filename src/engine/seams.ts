/** Where subjects part that have layers in common from the first on. */
import type { Subject } from './subject.ts';

/** A layer before which a subject parts from another one. */
export interface Seam {
  readonly layer: number;
  /** How many subjects have all layers below it in common, and embed alike. */
  readonly subjects: number;
}

/** Where `subject` parts from any of `others` that embed alike, lowest first. */
export function seamsOf(subject: Subject, others: readonly Subject[]): readonly Seam[] {
  const { layers } = subject;
  const alike = others.filter(
    ({ rest, layers: own }) => rest === subject.rest && own.length === layers.length,
  );
  const distinct = [...new Map([subject, ...alike].map((one) => [JSON.stringify(one), one])).values()];
  const common = distinct.map((other) => {
    const parts = layers.findIndex((donor, layer) => donor !== other.layers[layer]);
    return parts < 0 ? layers.length : parts;
  });
  const seams = [...new Set(common)].filter((layer) => layer > 0 && layer < layers.length);
  return seams
    .sort((a, b) => a - b)
    .map((layer) => ({ layer, subjects: common.filter((length) => length >= layer).length }));
}

/** How much of the prompts' layers is read, of 1, where subjects that are asked the same prompts read together what they have in common. */
export function partRead(subjects: readonly Subject[]): number {
  const all = subjects.flatMap(({ layers, rest }) =>
    layers.map((_, layer) => JSON.stringify([rest, layers.slice(0, layer + 1)])),
  );
  return new Set(all).size / all.length;
}

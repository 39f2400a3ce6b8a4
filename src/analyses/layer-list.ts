import type { LayerRow } from '../layer-index.ts';
import { NamedError } from '../named-error.ts';

/**
 * Layers of a list of numbers and ranges, both ends included: `0,3,5-7` gives 0, 3, 5, 6, 7. Ascending, each once.
 * @param count how many layers there are; numbers begin at 0
 * @throws NamedError `BadValue` for a range that runs backwards, a layer that is not there, or anything else
 */
export function parseLayers(text: string, count: number, field: string): readonly LayerRow[] {
  const refuse = (what: string): NamedError =>
    new NamedError(
      'BadValue',
      what,
      { field },
      `give layers from 0 to ${count - 1}, like 0-${count - 1} or 0,3,5-7`,
    );
  const layers = new Set<number>();
  for (const part of text.split(',')) {
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(part.trim()) ?? [];
    if (from === undefined) throw refuse(`"${part}" is neither a layer nor a range`);
    const [first, last] = [Number(from), Number(to)];
    if (first > last) throw refuse(`"${part}" runs backwards`);
    if (last >= count) throw refuse(`there is no layer ${last} among ${count}`);
    for (let layer = first; layer <= last; layer++) layers.add(layer);
  }
  return [...layers].sort((a, b) => a - b);
}

/** The layers of such a list; all `count` where it is null. @throws NamedError `BadValue` */
export function layersOf(text: string | null, count: number, field: string): readonly LayerRow[] {
  return text === null ? Array.from({ length: count }, (_, layer) => layer) : parseLayers(text, count, field);
}

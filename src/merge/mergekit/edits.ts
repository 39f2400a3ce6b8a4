/** Shares as a recipe says them: a donor each, and edits where that is not all. */
import type { LayerPart } from '../../checkpoint/tensor-place.ts';
import type { DonorName, Edit, Rest } from '../recipe/recipe.ts';
import type { Shares } from './weights.ts';
import { LAYER_PARTS } from './weights.ts';

/** The donor with the larger share; of equal ones the first. */
export function larger(shares: Shares): DonorName {
  const [first, second] = [...shares];
  return second && second[1] > (first?.[1] ?? 0) ? second[0] : (first?.[0] ?? '');
}

/** What the other donor of a pair gives, as interpolation towards it. */
function blend(shares: Shares, donor: DonorName): { donor: DonorName; alpha: number } | null {
  const other = [...shares].find(([name]) => name !== donor);
  return other ? { donor: other[0], alpha: other[1] } : null;
}

/** The same donors with the same shares, to the bit. */
export function same(a: Shares, b: Shares): boolean {
  return a.size === b.size && [...a].every(([donor, share]) => b.get(donor) === share);
}

/** What `donors`, the donor of each layer, lack of the shares `made`; neighbouring layers with equal needs share an edit. */
export function layerEdits(
  made: readonly Readonly<Record<LayerPart, Shares>>[],
  donors: readonly DonorName[],
): readonly Edit[] {
  const edits: Edit[] = [];
  made.forEach((parts, i) => {
    const donor = donors[i] as DonorName;
    const alike = same(parts.attention, parts.mlp) && same(parts.mlp, parts.other);
    const wanted = alike
      ? ([['all', parts.other]] as const)
      : LAYER_PARTS.map((part) => [part, parts[part]] as const);
    const layers = { first: i + 1, last: i + 1 };
    // Norms alone are no part of a recipe: what they get is said of the whole layer first, then the parts differ.
    const whole = alike ? null : blend(parts.other, donor);
    if (whole) {
      edits.push({ kind: 'interpolate', layers, part: 'all', ...whole });
    }
    for (const [part, shares] of wanted) {
      if (part === 'other' || (whole && same(shares, parts.other))) continue;
      const from = larger(shares);
      if (from !== donor || whole) edits.push({ kind: 'replace', layers, part, donor: from });
      const mixed = blend(shares, from);
      if (mixed) edits.push({ kind: 'interpolate', layers, part, ...mixed });
    }
  });
  return joined(edits);
}

/** Joins equal edits of neighbouring layers, as long as each layer's own order is kept. */
function joined(edits: readonly Edit[]): readonly Edit[] {
  const groups: Edit[][] = [];
  const layerOf = (edit: Edit): number => (edit.kind === 'interpolate-rest' ? 0 : edit.layers.last);
  for (const edit of edits) {
    const open = groups.at(-1);
    if (open && layerOf(open[0] as Edit) === layerOf(edit)) open.push(edit);
    else groups.push([edit]);
  }
  const form = (group: readonly Edit[]): string =>
    JSON.stringify(group.map((edit) => ({ ...edit, layers: null })));
  const out: Edit[][] = [];
  for (const group of groups) {
    const before = out.at(-1);
    const adjoins = before && layerOf(before[0] as Edit) + 1 === layerOf(group[0] as Edit);
    if (before && adjoins && form(before) === form(group)) {
      const last = layerOf(group[0] as Edit);
      out[out.length - 1] = before.map((edit) =>
        edit.kind === 'interpolate-rest' ? edit : { ...edit, layers: { ...edit.layers, last } },
      );
    } else out.push(group);
  }
  return out.flat();
}

/** What the donors of `rest` lack of the shares of its pieces. */
export function restEdits(pieces: Readonly<Record<keyof Rest, Shares>>, rest: Rest): readonly Edit[] {
  const edits = new Map<string, Extract<Edit, { kind: 'interpolate-rest' }>>();
  for (const piece of Object.keys(pieces) as (keyof Rest)[]) {
    const mixed = blend(pieces[piece], rest[piece]);
    if (!mixed) continue;
    const key = JSON.stringify(mixed);
    edits.set(key, {
      kind: 'interpolate-rest',
      ...mixed,
      pieces: [...(edits.get(key)?.pieces ?? []), piece],
    });
  }
  return [...edits.values()];
}

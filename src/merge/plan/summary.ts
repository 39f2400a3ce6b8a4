import type { DonorName } from '../recipe/recipe.ts';
import type { Operation } from './operation.ts';
import type { MergePlan, PlannedTensor } from './plan.ts';

/** Neighbouring tensors of a plan that are made alike, for a table: "Layers 10–18 · RL · 218 tensors". */
export interface PlanRow {
  readonly what: string;
  readonly made: string;
  readonly donors: readonly DonorName[];
  readonly computed: boolean;
  readonly tensors: number;
  readonly bytes: number;
}

export const PIECE_NAMES = {
  visionTower: 'Vision tower',
  projector: 'Projector',
  frame: 'Embeddings',
  head: 'Final norm and head',
};
const PARTS = { attention: 'attention', mlp: 'MLP', other: 'norms' };

/**
 * What goes where: one row a piece, and one a run of layers made alike, parts apart only where they differ.
 * Tensors that are no part of the model have a row of their own.
 */
export function summarizePlan(plan: MergePlan): readonly PlanRow[] {
  const pieces = (Object.keys(PIECE_NAMES) as (keyof typeof PIECE_NAMES)[]).map((piece) =>
    plan.tensors.filter(({ placement }) => placement.kind === 'rest' && placement.piece === piece),
  );
  const [tower, projector, frame, head] = pieces.map((tensors, i) =>
    tensors.length > 0 ? [row(Object.values(PIECE_NAMES)[i] as string, tensors)] : [],
  );
  const others = plan.tensors.filter(({ placement }) => placement.kind === 'unknown');
  return [
    ...(tower ?? []),
    ...(projector ?? []),
    ...(frame ?? []),
    ...layerRows(plan),
    ...(head ?? []),
    ...(others.length > 0 ? [row('No part of the model', others)] : []),
  ];
}

/** How one tensor is made, in words that are equal when it is made alike. */
export function describeOperation(operation: Operation): string {
  const { from } = operation;
  if (operation.kind === 'copy') return from.donor;
  const { mix, noise } = operation;
  const mixed = mix
    ? `${percent(1 - mix.alpha)} ${from.donor} + ${percent(mix.alpha)} ${mix.with.donor}`
    : from.donor;
  return noise ? `${mixed}, noise r = ${noise.ratio} (seed ${noise.seed})` : mixed;
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(2))} %`;
}

function layerRows({ recipe, tensors }: MergePlan): readonly PlanRow[] {
  const byLayer = recipe.layers.map((_, i) =>
    tensors.filter(({ placement }) => placement.kind === 'layer' && placement.layer === i + 1),
  );
  const parts = (of: readonly PlannedTensor[]): ReadonlyMap<string, readonly PlannedTensor[]> => {
    const made = new Map<string, PlannedTensor[]>();
    for (const tensor of of) {
      const how = describeOperation(tensor.operation);
      const list = made.get(how);
      if (list) list.push(tensor);
      else made.set(how, [tensor]);
    }
    return made;
  };
  const alike = (of: readonly PlannedTensor[]): string =>
    JSON.stringify([...parts(of)].map(([made, list]) => `${partsOf(list)}: ${made}`).toSorted());
  const rows: PlanRow[] = [];
  for (let first = 0; first < byLayer.length;) {
    const layer = byLayer[first] as readonly PlannedTensor[];
    let next = first + 1;
    while (next < byLayer.length && alike(byLayer[next] as readonly PlannedTensor[]) === alike(layer))
      next += 1;
    const run = byLayer.slice(first, next).flat();
    const name = next - first === 1 ? `Layer ${next}` : `Layers ${first + 1}\u2013${next}`;
    const groups = parts(run);
    for (const list of groups.values())
      rows.push(row(groups.size === 1 ? name : `${name}, ${partsOf(list)}`, list));
    first = next;
  }
  return rows;
}

function partsOf(tensors: readonly PlannedTensor[]): string {
  const found = tensors.map(({ placement }) => (placement.kind === 'layer' ? PARTS[placement.part] : ''));
  return Object.values(PARTS)
    .filter((part) => found.includes(part))
    .join(' and ');
}

function row(what: string, tensors: readonly PlannedTensor[]): PlanRow {
  const operations = tensors.map(({ operation }) => operation);
  return {
    what,
    made: [...new Set(operations.map(describeOperation))].join('; '),
    donors: [
      ...new Set(
        operations.flatMap((operation) => [
          operation.from.donor,
          ...(operation.kind === 'compute' && operation.mix ? [operation.mix.with.donor] : []),
        ]),
      ),
    ],
    computed: operations.some(({ kind }) => kind === 'compute'),
    tensors: tensors.length,
    bytes: tensors.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** Updates that are known by factors: no dense matrix has to be made of them. */
import type { Checkpoint, TensorEntry } from '../../checkpoint/checkpoint.ts';
import { adapterUpdate, type AdapterUpdate, type Factors } from '../../checkpoint/formats/peft/factors.ts';
import type { DeltaSpec, Rounding } from './delta-spec.ts';
import type { CheckpointSet, TensorFamily } from './pairing.ts';

/** An update as a sum of products of factors, each with a sign. */
export type FactorTerms = readonly {
  readonly sign: 1 | -1;
  readonly update: Extract<AdapterUpdate, { kind: 'factors' }>;
}[];

/**
 * The update of a tensor by the factors of adapters: of an adapter against the base that it was put on, either way round, or of two
 * adapters on one base. Which base it is, fingerprints say. No terms at all where it is zero.
 *
 * @returns null where it has to be made densely
 */
export function factorTerms(
  checkpoints: CheckpointSet,
  { first, elements, entries }: TensorFamily,
  { to, from }: Pick<DeltaSpec, 'to' | 'from'>,
  rounding: Rounding,
): FactorTerms | null {
  const sides = [to, from].map((role) => ({
    checkpoint: checkpoints.get(role) as Checkpoint,
    entry: entries.get(role) as TensorEntry,
  })) as [Side, Side];
  const [one, other] = sides;
  const whole = sides.every(({ entry }) => first === 0 && sizeOf(entry) === elements);
  if (rounding !== 'stored' || !whole || one.entry.name !== other.entry.name) return null;
  const [a, b] = [one.checkpoint.adapterOf, other.checkpoint.adapterOf];
  if (a !== undefined && a === other.checkpoint.fingerprint) return termsOf(one, 1);
  if (b !== undefined && b === one.checkpoint.fingerprint) return termsOf(other, -1);
  if (a === undefined || a !== b) return null;
  const [plus, minus] = [termsOf(one, 1), termsOf(other, -1)];
  return plus && minus && [...plus, ...minus];
}

interface Side {
  readonly checkpoint: Checkpoint;
  readonly entry: TensorEntry;
}

const sizeOf = ({ shape }: TensorEntry): number => shape.reduce((product, dim) => product * dim, 1);

function termsOf({ checkpoint, entry }: Side, sign: 1 | -1): FactorTerms | null {
  const update = adapterUpdate(checkpoint, entry);
  if (update.kind === 'dense') return null;
  return update.kind === 'none' ? [] : [{ sign, update }];
}

/** Of the sum. */
export const rankOf = (terms: FactorTerms): number => terms.reduce((sum, { update }) => sum + update.rank, 0);

/** The sum as one product: left factors side by side, right factors one below the other. @throws NamedError those of reading */
export async function readTerms(terms: FactorTerms): Promise<Factors> {
  const read = await Promise.all(
    terms.map(async ({ sign, update }): Promise<Factors> => {
      const factors = await update.read();
      return sign === 1 ? factors : { ...factors, left: factors.left.map((value) => -value) };
    }),
  );
  const [only] = read;
  if (only && read.length === 1) return only;
  const rank = rankOf(terms);
  const rows = only ? only.left.length / only.rank : 0;
  const left = new Float64Array(rows * rank);
  const right = new Float64Array(read.reduce((sum, factors) => sum + factors.right.length, 0));
  let [column, at] = [0, 0];
  for (const factors of read) {
    for (let row = 0; row < rows; row += 1)
      left.set(factors.left.subarray(row * factors.rank, (row + 1) * factors.rank), row * rank + column);
    right.set(factors.right, at);
    column += factors.rank;
    at += factors.right.length;
  }
  return { rank, left, right };
}

/** Elements that no rank reaches: those of rows, and of columns, whose factors are all zero. */
export function untouched({ rank, left, right }: Factors): number {
  if (rank === 0) return 0;
  const [rows, columns] = [left.length / rank, right.length / rank];
  let usedRows = 0;
  for (let row = 0; row < rows; row += 1)
    if (left.subarray(row * rank, (row + 1) * rank).some((value) => value !== 0)) usedRows += 1;
  const used = new Uint8Array(columns);
  right.forEach((value, index) => {
    if (value !== 0) used[index % columns] = 1;
  });
  return rows * columns - usedRows * used.reduce((sum, value) => sum + value, 0);
}

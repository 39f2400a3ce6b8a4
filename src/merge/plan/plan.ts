/** A merge worked out tensor by tensor, before a byte of them is read: plain data, to be shown, sent and carried out. */
import type { TensorEntry } from '../../checkpoint/checkpoint.ts';
import type { Dtype } from '../../checkpoint/dtype.ts';
import { DTYPE_BYTES } from '../../checkpoint/dtype.ts';
import { listing } from '../../checkpoint/listing.ts';
import { canonicalName, writtenName } from '../../checkpoint/tensor-name.ts';
import { NamedError } from '../../named-error.ts';
import { EMBEDDINGS, HEAD, tensorPlace } from '../../checkpoint/tensor-place.ts';
import { canRun } from '../../vlm/weights-folder.ts';
import { expectedWeights } from '../../vlm/weights.ts';
import type { ChangedFile } from '../folder/both-spellings.ts';
import type { CopyOptions } from '../folder/changed-files.ts';
import { changedFiles } from '../folder/changed-files.ts';
import { COMPUTED_DTYPES, isComputedDtype } from '../arithmetic/encoding.ts';
import { checkRecipe } from '../recipe/check.ts';
import type { DonorName, Recipe } from '../recipe/recipe.ts';
import { donorsOf } from '../recipe/recipe.ts';
import { checkCompatible } from './compatibility.ts';
import type { Donor } from './donor.ts';
import { donorNotices } from './donor.ts';
import { headNotices } from './head-notices.ts';
import type { Operation } from './operation.ts';
import { operationOf } from './operation.ts';
import type { Placement } from './placement.ts';
import { placementOf } from './placement.ts';

export interface PlannedTensor {
  /** Canonical. */
  readonly name: string;
  /** As the merge spells it: like the frame's checkpoint, or as `mergedName` says. */
  readonly storedName: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly bytes: number;
  readonly placement: Placement;
  readonly operation: Operation;
}

/** A donor as the plan remembers it. */
export interface PlannedDonor {
  readonly name: DonorName;
  readonly checkpoint: string;
  readonly fingerprint: string;
  readonly bytes: number;
  /** Tensors that only this donor has: the merge, which has the frame's, leaves them behind. */
  readonly leftBehind: readonly string[];
}

export interface MergePlan {
  readonly recipe: Recipe;
  /** The frame first. */
  readonly donors: readonly PlannedDonor[];
  /** Every tensor of the frame's checkpoint, in its order. */
  readonly tensors: readonly PlannedTensor[];
  /** Of all tensors. */
  readonly bytes: number;
  /** Tensors that are no part of the model: they travel from the frame as they are. */
  readonly unknown: readonly string[];
  /** Where the frame's own weights lie: what else its folder holds may travel with the merge. */
  readonly frameWeightFiles: readonly string[];
  /** Files of the frame's folder that the merge has otherwise, or besides. */
  readonly changed: readonly ChangedFile[];
  readonly notices: readonly string[];
}

/**
 * Plans a merge. The merge has exactly the tensors of its frame's checkpoint, under the frame's names; a donor may
 * spell names otherwise and store other dtypes. Copies keep the dtype they are stored in; computed tensors, and those that are
 * stored quantized, get that of the frame's tensor (`plainDtype`).
 *
 * @throws NamedError those of `checkRecipe`, `checkCompatible` and `operationOf`; `MissingTensor` and
 * `ShapeMismatch` naming donor and tensor; `CannotCompute` for dtypes that arithmetic makes no sense in
 */
export function planMerge(
  recipe: Recipe,
  donors: ReadonlyMap<DonorName, Donor>,
  options: CopyOptions = {},
): MergePlan {
  const frame = donors.get(recipe.rest.frame);
  checkRecipe(recipe, [...donors.keys()], (frame ?? [...donors.values()][0])?.config.text.layers ?? 0);
  const used = donorsOf(recipe).map((name) => donors.get(name) as Donor);
  const [head] = used as [Donor];
  const notices = used.flatMap((donor) => checkCompatible(head, donor, recipe));
  const expected = weightsOf(head);

  const find = (donor: DonorName, name: string): TensorEntry => {
    const entry = donors.get(donor)?.checkpoint.tensors.get(name);
    if (entry) return entry;
    throw new NamedError(
      'MissingTensor',
      `${donor} does not have it`,
      { tensor: name },
      'open the whole checkpoint',
    );
  };
  const tensors = [...head.checkpoint.tensors.values()].map((entry) => ({
    ...plannedTensor(recipe, entry, expected, find),
    storedName: mergedName(entry, head),
  }));
  const names = new Set(tensors.map(({ name }) => name));
  const absent = [...expected].filter((name) => !names.has(name));
  if (absent.length > 0) {
    const what = `${head.name} does not have ${absent.length} tensors of its model: ${listing(absent)}`;
    throw new NamedError('MissingTensor', what, { tensor: absent[0] as string }, 'open the whole checkpoint');
  }
  return {
    recipe,
    donors: used.map(({ name, checkpoint }) => ({
      name,
      checkpoint: checkpoint.name,
      fingerprint: checkpoint.fingerprint,
      bytes: checkpoint.bytes,
      leftBehind: [...checkpoint.tensors.keys()].filter((tensor) => !names.has(tensor)),
    })),
    tensors,
    bytes: tensors.reduce((sum, { bytes }) => sum + bytes, 0),
    unknown: tensors.flatMap(({ name, placement }) => (placement.kind === 'unknown' ? [name] : [])),
    frameWeightFiles: head.checkpoint.weightFiles,
    changed: changedFiles(recipe, head, options),
    notices: [
      ...used.flatMap(donorNotices),
      ...notices,
      ...headNotices(head, used),
      ...dtypeNotices(tensors),
      ...decodedNotices(tensors, used),
    ],
  };
}

/** The weights of a donor's model: those it must have, or, where its architecture is not known, those that a rule places. */
function weightsOf({ config, checkpoint }: Donor): ReadonlySet<string> {
  if (canRun(config)) return new Set(expectedWeights(config).map(({ name }) => name));
  const repeated = config.text.tieWordEmbeddings ? HEAD : null;
  return new Set(
    [...checkpoint.tensors.keys()].filter((name) => name !== repeated && tensorPlace(name).part !== 'other'),
  );
}

/** A head that stands for the embeddings too is written as these: transformers 4 ties in that direction alone. */
function mergedName({ name, storedName }: TensorEntry, { config, checkpoint: { tensors } }: Donor): string {
  if (canonicalName(storedName) === name) return canRun(config) ? writtenName(storedName) : storedName;
  const nested = [...tensors.values()].some((other) => other.storedName.startsWith('model.language_model.'));
  return nested ? name.replace('model.', 'model.language_model.') : name;
}

function plannedTensor(
  recipe: Recipe,
  frame: TensorEntry,
  expected: ReadonlySet<string>,
  find: (donor: DonorName, name: string) => TensorEntry,
): Omit<PlannedTensor, 'storedName'> {
  const { name, shape } = frame;
  const placement = placeOf(name, expected);
  const made =
    name === HEAD && !expected.has(HEAD)
      ? tiedHead(recipe, frame, find)
      : operationOf(recipe, name, placement, find);
  const sources = [made.from, ...(made.kind === 'compute' && made.mix ? [made.mix.with] : [])];
  // What is stored quantized has no bytes of a plain checkpoint to copy.
  const decoded = made.kind === 'copy' && made.from.entry.plainDtype !== undefined;
  for (const { donor, entry } of sources) {
    if (entry.shape.join() === shape.join()) continue;
    throw new NamedError(
      'ShapeMismatch',
      `its shape is [${entry.shape.join(', ')}] in ${donor}, and [${shape.join(', ')}] in ${recipe.rest.frame}`,
      { file: entry.file, tensor: name },
      'merge checkpoints of the same model',
    );
  }
  // A repeated head in another dtype would be rounded otherwise, and be a head of its own.
  const like = name === HEAD && !expected.has(HEAD) ? find(recipe.rest.frame, EMBEDDINGS) : frame;
  const dtype = made.kind === 'copy' && !decoded ? made.from.entry.dtype : (like.plainDtype ?? like.dtype);
  const operation: Operation = decoded ? { kind: 'compute', from: made.from, mix: null, noise: null } : made;
  if (operation.kind === 'compute') {
    for (const { dtype: stored } of [frame, ...sources.map(({ entry }) => entry)]) {
      if (isComputedDtype(stored)) continue;
      throw new NamedError(
        'CannotCompute',
        `${stored} values are neither interpolated nor given noise; known are ${COMPUTED_DTYPES.join(', ')}`,
        { tensor: name },
        'save the donors in bfloat16, float16 or float32, or leave these layers as they are',
      );
    }
  }
  const elements = shape.reduce((product, size) => product * size, 1);
  return { name, dtype, shape, bytes: elements * DTYPE_BYTES[dtype], placement, operation };
}

/** A head that config.json ties to the embeddings goes with them where it is stored all the same. */
function placeOf(name: string, expected: ReadonlySet<string>): Placement {
  if (expected.has(name)) return placementOf(name);
  return name === HEAD ? placementOf(EMBEDDINGS) : { kind: 'unknown' };
}

/**
 * A stored copy of tied embeddings: made as they are where the recipe changes them. Left as it was, it would differ from
 * them, and transformers 5 then leaves the two untied and answers otherwise than this engine.
 */
function tiedHead(
  recipe: Recipe,
  stored: TensorEntry,
  find: (donor: DonorName, name: string) => TensorEntry,
): Operation {
  const operation = operationOf(recipe, EMBEDDINGS, placementOf(EMBEDDINGS), find);
  const kept = operation.kind === 'copy' && operation.from.donor === recipe.rest.frame;
  return kept ? { kind: 'copy', from: { donor: recipe.rest.frame, entry: stored } } : operation;
}

/** That the merge holds what quantized donors decode to, rounded. */
function decodedNotices(tensors: readonly PlannedTensor[], donors: readonly Donor[]): readonly string[] {
  return donors.flatMap(({ name, checkpoint: { format } }) => {
    const taken = tensors.filter(
      ({ operation: { from } }) => from.donor === name && from.entry.plainDtype !== undefined,
    );
    if (format === undefined || taken.length === 0) return [];
    const dtypes = [...new Set(taken.map(({ dtype }) => dtype))].join(', ');
    return [
      `${name} is stored as ${format}: ${taken.length} tensors have the values that it decodes to, rounded to ${dtypes}.`,
    ];
  });
}

function dtypeNotices(tensors: readonly PlannedTensor[]): readonly string[] {
  const counts = new Map<Dtype, number>();
  for (const { dtype } of tensors) counts.set(dtype, (counts.get(dtype) ?? 0) + 1);
  if (counts.size < 2) return [];
  const shown = [...counts].map(([dtype, count]) => `${count} ${dtype}`).join(', ');
  return [`The donors store different dtypes, and copies keep theirs: ${shown} tensors.`];
}

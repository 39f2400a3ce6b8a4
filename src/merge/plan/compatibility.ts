import { NamedError } from '../../named-error.ts';
import type { TextConfig, VisionConfig } from '../../vlm/config.ts';
import type { Recipe, Rest } from '../recipe/recipe.ts';
import type { Donor } from './donor.ts';
import { vocabularyDifference } from './vocabulary.ts';

/** Fields that may differ without a weight meaning something else. */
const MAY_DIFFER: ReadonlySet<string> = new Set(['maxPositionEmbeddings', 'tieWordEmbeddings']);

/**
 * Checks that `donor` can give tensors to the model whose config and tokenizer `frame` gives; says in notices what
 * differs and does no harm, or could not be compared.
 *
 * @throws NamedError `DifferentConfig` naming the field and both values, `DifferentTokenizer` naming the first token
 */
export function checkCompatible(frame: Donor, donor: Donor, recipe: Recipe): readonly string[] {
  if (donor === frame) return [];
  checkSame(frame, donor, 'text', frame.config.text, donor.config.text);
  const gives = (piece: keyof Rest): boolean => givesTo(recipe, donor, piece);
  if (gives('visionTower') || gives('projector')) {
    checkSame(frame, donor, 'vision', frame.config.vision, donor.config.vision);
  }
  const [tied, theirs] = [frame, donor].map(({ config }) => config.text.tieWordEmbeddings);
  if (gives('head') && tied !== theirs) {
    throw differs(frame, donor, 'text.tieWordEmbeddings', `${String(theirs)}, not ${String(tied)}`);
  }
  return [...contextNotices(frame, donor), ...vocabularyNotices(frame, donor)];
}

function givesTo({ rest, edits }: Recipe, { name }: Donor, piece: keyof Rest): boolean {
  const mixed = edits.some(
    (edit) => edit.kind === 'interpolate-rest' && edit.donor === name && edit.pieces.includes(piece),
  );
  return mixed || rest[piece] === name;
}

function checkSame<C extends TextConfig | VisionConfig>(
  frame: Donor,
  donor: Donor,
  section: string,
  a: C,
  b: C,
): void {
  for (const field of Object.keys(a) as (keyof C & string)[]) {
    if (MAY_DIFFER.has(field) || JSON.stringify(a[field]) === JSON.stringify(b[field])) continue;
    throw differs(
      frame,
      donor,
      `${section}.${field}`,
      `${JSON.stringify(b[field])}, not ${JSON.stringify(a[field])}`,
    );
  }
}

function differs(frame: Donor, donor: Donor, field: string, values: string): NamedError {
  return new NamedError(
    'DifferentConfig',
    `${donor.name} (${donor.checkpoint.name}) differs from ${frame.name} (${frame.checkpoint.name}): ${values}`,
    { file: 'config.json', field },
    'merge checkpoints that were fine-tuned from the same model',
  );
}

function contextNotices(frame: Donor, donor: Donor): readonly string[] {
  const [a, b] = [frame.config.text.maxPositionEmbeddings, donor.config.text.maxPositionEmbeddings];
  return a === b
    ? []
    : [`${donor.name} was configured for ${b} tokens; the merge keeps the ${a} of ${frame.name}.`];
}

function vocabularyNotices(frame: Donor, donor: Donor): readonly string[] {
  if (!frame.vocabulary || !donor.vocabulary) {
    const without = frame.vocabulary ? donor : frame;
    return [`${without.name} has no tokenizer.json: whether the tokenizers agree was not checked.`];
  }
  const difference = vocabularyDifference(frame.vocabulary, donor.vocabulary);
  if (difference === null) return [];
  const { token, a, b } = difference;
  const id = (value: number | undefined): string => (value === undefined ? 'no token' : `id ${value}`);
  throw new NamedError(
    'DifferentTokenizer',
    `${JSON.stringify(token)} is ${id(a)} in ${frame.name} and ${id(b)} in ${donor.name}`,
    { file: 'tokenizer.json' },
    'merge checkpoints with the same tokenizer: the layers of one would read the ids of another',
  );
}

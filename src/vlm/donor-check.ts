/** Whether one checkpoint can give parts of itself to the model of another: for merges, and for stitches that run unwritten. */
import { NamedError } from '../named-error.ts';
import type { TextConfig, VisionConfig, VlmConfig } from './config.ts';
import type { Contradiction, Vocabulary } from './vocabulary.ts';
import { compareVocabularies } from './vocabulary.ts';
import { canRun, type AnyConfig, type WeightsConfig } from './weights-folder.ts';

/** What of a checkpoint is given: LLM layers, or a piece of what is no layer. */
export type ModelPart = 'layers' | 'visionTower' | 'projector' | 'frame' | 'head';

export interface ComparedModel {
  /** What it goes by: "RL". */
  readonly name: string;
  /** Its folder. */
  readonly folder: string;
  readonly config: AnyConfig;
  /** null where the folder holds no tokenizer.json. */
  readonly vocabulary: Vocabulary | null;
}

/** Fields that may differ without a weight of a layer meaning something else. */
const MAY_DIFFER: ReadonlySet<string> = new Set(['maxPositionEmbeddings', 'tieWordEmbeddings', 'vocabSize']);
/** How many tokens a notice spells out. */
const TOKENS = 4;

/**
 * Checks that `donor` can give `parts` to the model whose config and tokenizer `frame` has. Layers see no ids: a donor of
 * layers may have other embeddings and further tokens, as long as no id means two things.
 *
 * @returns what differs and does no harm, or could not be compared, a sentence each
 * @throws NamedError `DifferentConfig` naming the field and both values, `DifferentTokenizer` naming the first token
 */
export function checkDonor(
  frame: ComparedModel,
  donor: ComparedModel,
  parts: ReadonlySet<ModelPart>,
): readonly string[] {
  if (donor === frame) return [];
  const [own, other] = [frame.config, donor.config];
  if (other.modelType !== own.modelType)
    throw differs(frame, donor, 'model_type', other.modelType, own.modelType);
  if (!canRun(own) || !canRun(other)) {
    if (!canRun(own) && !canRun(other)) checkFields(frame, donor, own, other);
    // Embeddings of other vocabularies have other shapes, which the plan compares.
    return vocabularyNotices(frame, donor, false);
  }
  checkSame(frame, donor, 'text', own.text, other.text);
  if (parts.has('visionTower') || parts.has('projector')) {
    checkSame(frame, donor, 'vision', own.vision, other.vision);
  }
  // A tied head is its final norm alone.
  const rows = parts.has('frame') || (parts.has('head') && !own.text.tieWordEmbeddings);
  const checkField = (field: keyof TextConfig, remedy?: string): void => {
    const values = [own, other].map(({ text }) => JSON.stringify(text[field]));
    if (values[0] !== values[1]) throw differs(frame, donor, `text.${field}`, values[1], values[0], remedy);
  };
  if (rows) checkField('vocabSize', 'take only layers from it, or everything but layers');
  if (parts.has('head')) checkField('tieWordEmbeddings');
  return [
    ...configNotices({ ...frame, config: own }, { ...donor, config: other }),
    ...vocabularyNotices(frame, donor, rows),
  ];
}

/** Fields of config.json that both have: releases of transformers write them in other places, or leave them out. */
function checkFields(frame: ComparedModel, donor: ComparedModel, a: WeightsConfig, b: WeightsConfig): void {
  for (const [path, own] of a.fields) {
    const other = b.fields.get(path);
    if (other !== undefined && other !== own) throw differs(frame, donor, path, other, own);
  }
}

/**
 * Checks that token ids of one checkpoint mean the same to the other, as far as both have tokenizers. Either may have further tokens.
 *
 * @throws NamedError `DifferentTokenizer` naming the first token
 */
export function checkTokens(frame: ComparedModel, donor: ComparedModel): void {
  if (!frame.vocabulary || !donor.vocabulary) return;
  const { contradiction } = compareVocabularies(frame.vocabulary, donor.vocabulary);
  if (contradiction)
    throw contradicts(frame, donor, contradiction, 'an id of the answer would be another token');
}

function checkSame<C extends TextConfig | VisionConfig>(
  frame: ComparedModel,
  donor: ComparedModel,
  section: string,
  a: C,
  b: C,
): void {
  for (const field of Object.keys(a) as (keyof C & string)[]) {
    const [own, other] = [JSON.stringify(a[field]), JSON.stringify(b[field])];
    if (!MAY_DIFFER.has(field) && own !== other)
      throw differs(frame, donor, `${section}.${field}`, other, own);
  }
}

function differs(
  frame: ComparedModel,
  donor: ComparedModel,
  field: string,
  other: string | undefined,
  own: string | undefined,
  remedy = 'take checkpoints that were fine-tuned from the same model',
): NamedError {
  return new NamedError(
    'DifferentConfig',
    `${called(donor)} differs from ${called(frame)}: ${other}, not ${own}`,
    { file: 'config.json', field },
    remedy,
  );
}

function called({ name, folder }: ComparedModel): string {
  return name === folder ? name : `${name} (${folder})`;
}

type RunModel = ComparedModel & { readonly config: VlmConfig };

function configNotices(frame: RunModel, donor: RunModel): readonly string[] {
  const [a, b] = [frame.config, donor.config];
  const eos = ({ tokens }: VlmConfig): string => tokens.eos.toSorted((one, other) => one - other).join(', ');
  const told = (differ: boolean, sentence: string): readonly string[] => (differ ? [sentence] : []);
  return [
    ...told(
      a.text.maxPositionEmbeddings !== b.text.maxPositionEmbeddings,
      `${donor.name} was configured for ${b.text.maxPositionEmbeddings} tokens; the merge keeps the ${a.text.maxPositionEmbeddings} of ${frame.name}.`,
    ),
    ...told(
      a.text.vocabSize !== b.text.vocabSize,
      `The embeddings of ${donor.name} have ${b.text.vocabSize} rows; the merge keeps the ${a.text.vocabSize} of ${frame.name}.`,
    ),
    ...told(
      eos(a) !== eos(b),
      `Answers of ${donor.name} end with token ${eos(b)}; those of the merge, as of ${frame.name}, with ${eos(a)}.`,
    ),
    ...(['image', 'video', 'visionStart', 'visionEnd'] as const).flatMap((token) =>
      told(
        a.tokens[token] !== b.tokens[token],
        `In ${donor.name} token ${b.tokens[token]} is ${TOKEN_NAMES[token]}; the merge keeps the ${a.tokens[token]} of ${frame.name}.`,
      ),
    ),
  ];
}

const TOKEN_NAMES = {
  image: 'the placeholder of an image',
  video: 'the placeholder of a video',
  visionStart: 'the beginning of an image',
  visionEnd: 'the end of an image',
};

/** @param rows whether embeddings or head are given, whose rows the tokens are */
function vocabularyNotices(frame: ComparedModel, donor: ComparedModel, rows: boolean): readonly string[] {
  if (!frame.vocabulary || !donor.vocabulary) {
    const without = frame.vocabulary ? donor : frame;
    return [`${without.name} has no tokenizer.json: whether the tokenizers agree was not checked.`];
  }
  const { contradiction, onlyA, onlyB } = compareVocabularies(frame.vocabulary, donor.vocabulary);
  if (contradiction)
    throw contradicts(frame, donor, contradiction, 'the layers of one would read the ids of another');
  const [more] = [...onlyA, ...onlyB];
  if (rows && more !== undefined) {
    const [owner, other] = onlyA.length > 0 ? [frame, donor] : [donor, frame];
    throw otherTokenizer(
      `${quoted(more)} is a token of ${owner.name} and none of ${other.name}, and embeddings or head of ${donor.name} are asked for`,
      `take only layers from ${donor.name}, or everything but layers`,
    );
  }
  const some = (tokens: readonly string[]): string =>
    `${tokens.slice(0, TOKENS).map(quoted).join(', ')}${tokens.length > TOKENS ? ` and ${tokens.length - TOKENS} more` : ''}`;
  return [
    ...(onlyB.length > 0
      ? [
          `Only ${donor.name} has ${some(onlyB)}: the tokenizer of ${frame.name}, which the merge keeps, never gives them.`,
        ]
      : []),
    ...(onlyA.length > 0
      ? [`Only ${frame.name} has ${some(onlyA)}: what ${donor.name} gives was not trained with them.`]
      : []),
  ];
}

/** @param why what would go wrong */
function contradicts(
  frame: ComparedModel,
  donor: ComparedModel,
  contradiction: Contradiction,
  why: string,
): NamedError {
  const what =
    'token' in contradiction
      ? `${quoted(contradiction.token)} is id ${contradiction.a} in ${frame.name} and id ${contradiction.b} in ${donor.name}`
      : `id ${contradiction.id} is ${quoted(contradiction.a)} in ${frame.name} and ${quoted(contradiction.b)} in ${donor.name}`;
  return otherTokenizer(what, `take checkpoints with the same tokenizer: ${why}`);
}

function quoted(token: string): string {
  return JSON.stringify(token);
}

function otherTokenizer(what: string, remedy: string): NamedError {
  return new NamedError('DifferentTokenizer', what, { file: 'tokenizer.json' }, remedy);
}

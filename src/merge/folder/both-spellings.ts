/**
 * Small files of a checkpoint in both spellings: what transformers 5 writes, which 4.57 does not read, gets the older
 * spelling beside it. Both versions then load the same model, tokenizer and processor (`tools/goldens/versions.py`).
 * What only the older spelling says is left as it is: transformers 5 reads that too.
 */
import type { Field } from './json-text.ts';
import { dedented, JsonText } from './json-text.ts';

/** A file as it is written in place of, or beside, those of the folder it comes from. */
export interface ChangedFile {
  readonly name: string;
  readonly text: string;
  /** What is other than in that folder, a sentence each. */
  readonly changes: readonly string[];
}

/** The files that are looked at. */
export const SPELLED_FILES: readonly string[] = [
  'config.json',
  'tokenizer_config.json',
  'processor_config.json',
];

/**
 * What has to be changed or added.
 *
 * @param texts those of `SPELLED_FILES` that the folder has
 * @param names every file of the folder
 */
export function bothSpellings(
  texts: ReadonlyMap<string, string>,
  names: ReadonlySet<string>,
): readonly ChangedFile[] {
  const read = (name: string): JsonText | null => JsonText.read(texts.get(name) ?? '');
  const [config, tokenizer, processor] = SPELLED_FILES.map(read);
  return [
    ...(config ? spelledConfig(config) : []),
    ...(tokenizer ? spelledTokenizer(tokenizer) : []),
    ...(processor ? processorsOf(processor, names) : []),
  ];
}

/** 4.57 reads token ids from the root alone, and takes Qwen2.5-VL's own where they are missing there. */
const TOKEN_IDS = ['image_token_id', 'video_token_id', 'vision_start_token_id', 'vision_end_token_id'];

function spelledConfig(json: JsonText): readonly ChangedFile[] {
  const section = json.type(['text_config']) === 'object' ? ['text_config'] : [];
  const ties = tiedLevels(json, section);
  const fields = [...olderRotary(json, section), ...ties.text];
  const dtype = json.has(['torch_dtype']) ? undefined : json.written(['dtype']);
  const [missing, defaults] = tokenIds(json, section);
  const root: Field[] = [
    ...(dtype === undefined ? [] : [['torch_dtype', dtype] as const]),
    ...ties.root,
    ...missing,
  ];
  const text = json.with(section, fields).with([], [...root, ...defaults]).text;
  const added = [...fields.map(([name]) => [...section, name].join('.')), ...root.map(([name]) => name)];
  const changes: string[] = [];
  if (added.length > 0) {
    const say = added.length === 1 ? 'says' : 'say';
    changes.push(`${added.join(', ')} ${say} in transformers 4's spelling what transformers 5's says.`);
  }
  for (const [name, id] of defaults) {
    changes.push(
      `${name} is ${id}, as text_config has it; the root's ${json.written([name]) ?? ''} is not what the weights were made with.`,
    );
  }
  return changed('config.json', json, text, changes);
}

/**
 * Ids of text_config that the root lacks, and those of which it holds another: transformers 5 fills the root of what 4.57
 * moved with its defaults, and neither version then finds the images (`parseTokens` reads text_config's).
 */
function tokenIds(
  json: JsonText,
  section: readonly string[],
): readonly [missing: readonly Field[], defaults: readonly Field[]] {
  const own = section.length === 0 ? [] : TOKEN_IDS.filter((name) => json.has([...section, name]));
  const field = (name: string): Field => [name, json.written([...section, name]) as string];
  const differs = (name: string): boolean => json.value([name]) !== json.value([...section, name]);
  return [
    own.filter((name) => !json.has([name])).map(field),
    own.filter((name) => json.has([name]) && differs(name)).map(field),
  ];
}

const TIE = 'tie_word_embeddings';

/** A tie at either level ties in transformers 5, which writes the root's alone; 4.57 reads that of text_config. */
function tiedLevels(
  json: JsonText,
  section: readonly string[],
): { readonly root: readonly Field[]; readonly text: readonly Field[] } {
  const isTied = (level: readonly string[]): boolean => json.value([...level, TIE]) === true;
  const [root, text] = [isTied([]), isTied(section)];
  if (section.length === 0 || root === text) return { root: [], text: [] };
  const tied: readonly Field[] = [[TIE, 'true']];
  return root ? { root: [], text: tied } : { root: tied, text: [] };
}

function olderRotary(json: JsonText, section: readonly string[]): readonly Field[] {
  const rope = [...section, 'rope_parameters'];
  if (json.type(rope) !== 'object') return [];
  const theta = json.written([...rope, 'rope_theta']);
  const fields: Field[] = [];
  if (theta !== undefined && !json.has([...section, 'rope_theta'])) fields.push(['rope_theta', theta]);
  if (!json.has([...section, 'rope_scaling'])) {
    const scaling = json.without([...rope, 'rope_theta']).written(rope) as string;
    fields.push(['rope_scaling', scaling]);
  }
  return fields;
}

function spelledTokenizer(json: JsonText): readonly ChangedFile[] {
  const changes: string[] = [];
  let now = json;
  if (json.type(['extra_special_tokens']) === 'array') {
    const older = json.value(['additional_special_tokens']);
    const tokens = Array.isArray(older) ? (older as unknown[]).map((token) => JSON.stringify(token)) : [];
    const extra = (json.value(['extra_special_tokens']) as unknown[]).map((token) => JSON.stringify(token));
    const list =
      tokens.length === 0
        ? (json.written(['extra_special_tokens']) as string)
        : `[${[...new Set([...tokens, ...extra])].join(', ')}]`;
    now = now.with(
      [],
      [
        ['additional_special_tokens', list],
        ['extra_special_tokens', '{}'],
      ],
    );
    changes.push(
      'The list extra_special_tokens stands under additional_special_tokens, where transformers 4 and 5 read it.',
    );
  }
  if (json.value(['tokenizer_class']) === 'TokenizersBackend') {
    now = now.with([], [['tokenizer_class', '"PreTrainedTokenizerFast"']]);
    changes.push(
      'tokenizer_class is PreTrainedTokenizerFast, the name that transformers 4 has for TokenizersBackend.',
    );
  }
  return changed('tokenizer_config.json', json, now.text, changes);
}

/** processor_config.json of transformers 5 holds what 4.57 wants as files of their own. */
const PROCESSORS = [
  ['image_processor', 'preprocessor_config.json'],
  ['video_processor', 'video_preprocessor_config.json'],
] as const;

function processorsOf(json: JsonText, names: ReadonlySet<string>): readonly ChangedFile[] {
  return PROCESSORS.flatMap(([field, name]) => {
    const own = json.type([field]) === 'object' ? json.written([field]) : undefined;
    const part = own === undefined || names.has(name) ? null : JsonText.read(dedented(own));
    if (!part) return [];
    const text = withClass(json, withLimits(olderType(part))).text;
    return [
      { name, text, changes: [`It is ${field} of processor_config.json, which transformers 4 reads here.`] },
    ];
  });
}

/** transformers 5 calls an image processor by what it computes with, 4 by the model alone. */
function olderType(part: JsonText): JsonText {
  const type = part.value(['image_processor_type']);
  return typeof type === 'string' && type.endsWith('Pil')
    ? part.with([], [['image_processor_type', JSON.stringify(type.slice(0, -'Pil'.length))]])
    : part;
}

/** transformers 4.51 takes the limits on an image's area from these names alone, and its own where they are missing. */
const LIMITS = [
  ['min_pixels', ['size', 'shortest_edge']],
  ['max_pixels', ['size', 'longest_edge']],
] as const;

function withLimits(part: JsonText): JsonText {
  const missing = LIMITS.flatMap(([name, place]) => {
    const limit = part.written(place);
    return limit === undefined || part.has([name]) ? [] : [[name, limit] as const];
  });
  return part.with([], missing);
}

function withClass(json: JsonText, part: JsonText): JsonText {
  const type = json.written(['processor_class']);
  return type === undefined || part.has(['processor_class'])
    ? part
    : part.with([], [['processor_class', type]]);
}

function changed(
  name: string,
  before: JsonText,
  text: string,
  changes: readonly string[],
): readonly ChangedFile[] {
  return text === before.text ? [] : [{ name, text, changes }];
}

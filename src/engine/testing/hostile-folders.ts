/** Checkpoint folders that ask for more than any reader should give, each a golden with one thing changed. For Node. */
import { cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RUNAWAY_TOKENIZERS } from './runaway-tokenizers.ts';

export interface HostileFolder {
  readonly title: string;
  /** The error's name; null where the oddity does not matter and the folder opens. */
  readonly error: string | null;
  /** What the error has to name: file, and field or tensor. */
  readonly names?: readonly string[];
  /** Takes hundreds of megabytes: on demand only. */
  readonly big?: true;
  readonly spoil: (folder: string) => void;
}

const GOLDEN = fileURLToPath(
  new URL('../../../tools/goldens/data/checkpoints/untied-gqa2-f16', import.meta.url),
);

/** Makes a folder under `parent`; the path of it. */
export function makeHostileFolder({ title, spoil }: HostileFolder, parent: string): string {
  const folder = join(parent, title);
  rmSync(folder, { recursive: true, force: true });
  cpSync(GOLDEN, folder, { recursive: true });
  spoil(folder);
  return folder;
}

type Json = Record<string, unknown>;

function edit(file: string, change: (json: Json) => void) {
  return (folder: string): void => {
    const path = join(folder, file);
    const json = JSON.parse(readFileSync(path, 'utf8')) as Json;
    change(json);
    writeFileSync(path, JSON.stringify(json));
  };
}

const write = (file: string, text: () => string) => (folder: string) =>
  writeFileSync(join(folder, file), text());

const part = (json: Json, name: string): Json => json[name] as Json;
const text = (fields: Json) =>
  edit('config.json', (config) => Object.assign(part(config, 'text_config'), fields));
const vision = (fields: Json) =>
  edit('config.json', (config) => Object.assign(part(config, 'vision_config'), fields));
const root = (fields: Json) => edit('config.json', (config) => Object.assign(config, fields));
const processor = (fields: Json) => edit('preprocessor_config.json', (json) => Object.assign(json, fields));
const tokenizer = (change: (json: Json) => void) => edit('tokenizer.json', change);
const template = (source: string) => write('chat_template.jinja', () => source);
const model = (change: (model: Json) => void) => tokenizer((json) => change(part(json, 'model')));

/** One shard that is nothing but this header. */
const header = (make: () => string) => (folder: string) => {
  const bytes = new TextEncoder().encode(make());
  const length = new DataView(new ArrayBuffer(8));
  length.setBigUint64(0, BigInt(bytes.length), true);
  writeFileSync(join(folder, 'model.safetensors'), length);
  writeFileSync(join(folder, 'model.safetensors'), bytes, { flag: 'a' });
};

const deep = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const sparse = (file: string, bytes: number) => (folder: string) => truncateSync(join(folder, file), bytes);
const split = (pattern: string) =>
  tokenizer((json) => {
    json['pre_tokenizer'] = {
      type: 'Split',
      pattern: { Regex: pattern },
      behavior: 'Isolated',
      invert: false,
    };
  });
const normalize = (...normalizers: Json[]) =>
  tokenizer((json) => {
    json['normalizer'] = { type: 'Sequence', normalizers };
  });
const dims = (count: number) => () =>
  `{"w":{"dtype":"U8","shape":[${Array<string>(count).fill('9007199254740991').join()}],"data_offsets":[0,0]}}`;
const empties = (count: number) => () =>
  `{${Array.from({ length: count }, (_, n) => `"t${n}":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}`).join()}}`;
/** The folder's shard is taken away, so that its index counts. */
const index = (weights: () => Json | string) => (folder: string) => {
  rmSync(join(folder, 'model.safetensors'));
  const map = weights();
  writeFileSync(
    join(folder, 'model.safetensors.index.json'),
    typeof map === 'string' ? map : JSON.stringify({ metadata: {}, weight_map: map }),
  );
};
/** A byte-pair vocabulary with tokens of two, three and four letters, and a merge for each. */
const grow = (tokens: number) => (json: Json) => {
  const vocab = json['vocab'] as Record<string, number>;
  const merges = json['merges'] as string[][];
  const letters = Object.keys(vocab).filter((token) => /^[A-Za-z]$/.test(token));
  const known = new Set(Object.keys(vocab));
  let shorter = letters;
  for (let length = 2; known.size < tokens; length += 1) {
    const longer: string[] = [];
    for (const head of shorter) {
      for (const tail of letters) {
        if (known.size === tokens) break;
        const token = head + tail;
        longer.push(token);
        if (known.has(token)) continue;
        known.add(token);
        vocab[token] = 500 + known.size;
        merges.push([head, tail]);
      }
    }
    shorter = longer;
  }
};
/** Where tokenizer_config.json says nothing of added tokens, that file does. */
const addedTokens = (json: () => string) => (folder: string) => {
  edit('tokenizer_config.json', (config) => delete config['added_tokens_decoder'])(folder);
  write('added_tokens.json', json)(folder);
};
const numbered = (count: number, value: (n: number) => unknown): Json =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`t${n}`, value(n)]));
const added = (count: number, content: (n: number) => string, id: (n: number) => number = (n) => 400 + n) =>
  tokenizer((json) => {
    const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
    for (let n = 0; n < count; n += 1) {
      (json['added_tokens'] as unknown[]).push({ id: id(n), content: content(n), ...flags });
    }
  });

const hostile = (
  title: string,
  error: string | null,
  spoil: HostileFolder['spoil'],
  ...names: readonly string[]
): HostileFolder => ({ title, error, spoil, ...(names.length > 0 ? { names } : {}) });
const big = (...of: Parameters<typeof hostile>): HostileFolder => ({ ...hostile(...of), big: true });

const CONFIG = 'config.json';
const TOKENIZER = 'tokenizer.json';
const TEMPLATE = 'chat_template.jinja';
const WEIGHTS = 'model.safetensors';
const LOOPS = '{% for a in range(99999) %}'.repeat(3) + 'x' + '{% endfor %}'.repeat(3);

export const HOSTILE_FOLDERS: readonly HostileFolder[] = [
  // Headers
  hostile('shape of 1 MB', 'OverLimit', header(dims(58_823)), WEIGHTS),
  big('shape of 99 MB', 'OverLimit', header(dims(5_800_000)), WEIGHTS),
  hostile(
    'tensor name of 20 MB',
    'OverLimit',
    header(() => `{"${'a'.repeat(2e7)}":1}`),
    WEIGHTS,
  ),
  hostile(
    'metadata key of 5 MB',
    'OverLimit',
    header(() => `{"__metadata__":{"${'a'.repeat(5e6)}":"b"}}`),
    WEIGHTS,
  ),
  hostile('30,000 empty tensors', 'OverLimit', header(empties(30_000)), WEIGHTS),
  big('1.7 million empty tensors', 'OverLimit', header(empties(1_700_000)), WEIGHTS),
  hostile(
    'header of blanks',
    'InvalidJson',
    header(() => ' '.repeat(2e7)),
    WEIGHTS,
  ),
  big(
    'header of 99 MB of blanks',
    'InvalidJson',
    header(() => ' '.repeat(99e6)),
    WEIGHTS,
  ),
  hostile(
    'deep header',
    'InvalidJson',
    header(() => deep(200_000)),
    WEIGHTS,
  ),
  hostile(
    'header that is one list',
    'OverLimit',
    header(() => `[${'[],'.repeat(1e6)}[]]`),
    WEIGHTS,
  ),
  hostile(
    'one tensor a million times',
    'DuplicateKey',
    header(() => `{${'"t":1,'.repeat(1e6)}"t":1}`),
    WEIGHTS,
  ),
  // Numbers of config.json
  hostile(
    '1e15 layers',
    'InvalidConfig',
    text({ num_hidden_layers: 1e15, layer_types: null, max_window_layers: 1e15 }),
    CONFIG,
    'num_hidden_layers',
  ),
  hostile(
    '1e8 layers',
    'InvalidConfig',
    text({ num_hidden_layers: 1e8, layer_types: null, max_window_layers: 1e8 }),
    CONFIG,
    'num_hidden_layers',
  ),
  hostile(
    '5e6 layers',
    'InvalidConfig',
    text({ num_hidden_layers: 5e6, layer_types: null, max_window_layers: 5e6 }),
    CONFIG,
    'num_hidden_layers',
  ),
  hostile(
    '900 layers',
    'MissingTensor',
    text({ num_hidden_layers: 900, layer_types: null, max_window_layers: 900 }),
    'model.layers',
  ),
  hostile(
    'a layer type for each of 1e5',
    'InvalidConfig',
    text({ num_hidden_layers: 1e5, layer_types: Array<string>(1e5).fill('full_attention') }),
    CONFIG,
  ),
  hostile('vision depth of 1e8', 'InvalidConfig', vision({ depth: 1e8 }), CONFIG, 'depth'),
  hostile(
    '5 million blocks with full attention',
    'OverLimit',
    vision({ fullatt_block_indexes: Array<number>(5e6).fill(0) }),
    CONFIG,
  ),
  hostile(
    '1 million blocks with full attention',
    'InvalidConfig',
    vision({ fullatt_block_indexes: Array<number>(1e6).fill(0) }),
    CONFIG,
  ),
  hostile(
    '1 million end tokens',
    'InvalidConfig',
    edit('generation_config.json', (json) => {
      json['eos_token_id'] = Array.from({ length: 1e6 }, (_, n) => n);
    }),
    'generation_config.json',
  ),
  hostile(
    'number beyond all',
    'InvalidConfig',
    (folder) => {
      const path = join(folder, CONFIG);
      writeFileSync(
        path,
        readFileSync(path, 'utf8').replaceAll(/"rope_theta": [\d.]+/g, '"rope_theta": 1e999'),
      );
    },
    CONFIG,
    'Infinity is not',
  ),
  hostile(
    'number of Python',
    'InvalidJson',
    (folder) => {
      const path = join(folder, CONFIG);
      writeFileSync(path, readFileSync(path, 'utf8').replace(/"rope_theta": [\d.]+/, '"rope_theta": NaN'));
    },
    CONFIG,
    'which Python writes',
  ),
  hostile('hidden size of 2^53', 'InvalidConfig', text({ hidden_size: 2 ** 53 - 2 }), CONFIG, 'hidden_size'),
  hostile(
    'hidden size and heads of 2^50',
    'InvalidConfig',
    text({ hidden_size: 2 ** 50, num_attention_heads: 2 ** 50, num_key_value_heads: 2 ** 50 }),
    CONFIG,
  ),
  hostile('intermediate size of 2^52', 'WrongShape', text({ intermediate_size: 2 ** 52 }), 'mlp'),
  hostile('vocabulary of 2^52', 'WrongShape', text({ vocab_size: 2 ** 52 }), 'embed_tokens'),
  hostile(
    'context of 2^50',
    'InvalidConfig',
    text({ max_position_embeddings: 2 ** 50 }),
    CONFIG,
    'max_position_embeddings',
  ),
  hostile(
    'patch of 2^40',
    'WrongShape',
    vision({ patch_size: 2 ** 40, window_size: 2 ** 45 }),
    'patch_embed',
  ),
  hostile(
    'merge of 2^40',
    'WrongShape',
    vision({ spatial_merge_size: 2 ** 26, window_size: 2 ** 40 }),
    'merger',
  ),
  hostile('temporal patch of 1e9', 'WrongShape', vision({ temporal_patch_size: 1e9 }), 'patch_embed'),
  hostile('window of 2^50', null, vision({ window_size: 2 ** 50 })),
  hostile(
    'rotary section of 1e15',
    'InvalidConfig',
    edit(CONFIG, (config) => {
      const rope = config['text_config'] as Json;
      rope['rope_scaling'] = { type: 'mrope', mrope_section: [1e15, 1e15, 1e15] };
    }),
    CONFIG,
    'mrope_section',
  ),
  hostile(
    'image token of 2^40',
    'InvalidConfig',
    (folder) => {
      root({ image_token_id: 2 ** 40 })(folder);
      text({ image_token_id: 2 ** 40 })(folder);
    },
    CONFIG,
    'image_token_id',
  ),
  hostile(
    'names of prototypes in config',
    null,
    root({ __proto__x: 1, constructor: { prototype: { polluted: 1 } } }),
  ),
  hostile(
    'model type that cannot be printed',
    'UnreadableFolder',
    root({ model_type: { toString: 1, valueOf: 2 } }),
    CONFIG,
  ),
  hostile('model type of 5 MB', 'UnsupportedArchitecture', root({ model_type: 'q'.repeat(5e6) }), CONFIG),
  hostile('weights name of 5 MB', null, root({ transformers_weights: `${'w'.repeat(5e6)}.safetensors` })),
  // Files
  ...[CONFIG, TOKENIZER, 'tokenizer_config.json', 'preprocessor_config.json', 'generation_config.json'].map(
    (file) =>
      hostile(
        `deep ${file}`,
        'OverLimit',
        write(file, () => deep(200_000)),
        file,
      ),
  ),
  hostile(
    'deep chat_template.json',
    'OverLimit',
    write('chat_template.json', () => deep(200_000)),
    'chat_template.json',
  ),
  hostile(
    'deep processor_config.json',
    'OverLimit',
    write('processor_config.json', () => deep(200_000)),
    'processor_config.json',
  ),
  hostile('tokenizer of 3 GiB', 'OverLimit', sparse(TOKENIZER, 3 * 2 ** 30), TOKENIZER),
  hostile('config of 2 GiB', 'OverLimit', sparse(CONFIG, 2 ** 31), CONFIG),
  hostile('config of 500 MB', 'OverLimit', sparse(CONFIG, 5e8), CONFIG),
  hostile(
    'generation config of 2 GiB',
    'OverLimit',
    sparse('generation_config.json', 2 ** 31),
    'generation_config.json',
  ),
  hostile(
    'template of 2 GiB',
    'OverLimit',
    (folder) => {
      writeFileSync(join(folder, TEMPLATE), '');
      sparse(TEMPLATE, 2 ** 31)(folder);
    },
    TEMPLATE,
  ),
  big(
    'tokenizer of 300 MB',
    'OverLimit',
    tokenizer((json) => {
      json['pad'] = 'x'.repeat(3e8);
    }),
    TOKENIZER,
  ),
  hostile('config of keys that repeat', null, (folder) => {
    const path = join(folder, CONFIG);
    const config = readFileSync(path, 'utf8').trim();
    writeFileSync(path, `${config.slice(0, -1)}${',"pad":1'.repeat(2e5)}}`);
  }),
  // The index
  hostile(
    'deep index',
    'InvalidJson',
    index(() => deep(200_000)),
    'index',
  ),
  hostile(
    'index of 300,000 shards',
    'IndexTooLarge',
    index(() => numbered(300_000, (n) => `s${n}.safetensors`)),
    'index',
  ),
  hostile(
    'index of 5,000 shards',
    'OverLimit',
    index(() => numbered(5000, (n) => `s${n}.safetensors`)),
    'index',
  ),
  hostile(
    'index of 100,000 tensors',
    'OverLimit',
    index(() => numbered(100_000, () => 'a.safetensors')),
    'index',
  ),
  hostile(
    'index that leads outside',
    'InvalidShardName',
    index(() => ({ a: '../../outside.safetensors' })),
    'index',
  ),
  hostile(
    'index that leads to the root',
    'InvalidShardName',
    index(() => ({ a: '/outside.safetensors' })),
    'index',
  ),
  hostile(
    'index of __proto__',
    'MissingShard',
    index(() => '{"weight_map":{"__proto__":"x.safetensors"}}'),
    'index',
  ),
  hostile(
    'index with a shard name of 5 MB',
    'MissingShard',
    index(() => ({ a: `${'s'.repeat(5e6)}.safetensors` })),
    'index',
  ),
  // The tokenizer
  ...RUNAWAY_TOKENIZERS.map(({ title, spoil }) => hostile(title, 'NotInTime', tokenizer(spoil), TOKENIZER)),
  hostile(
    'normalizers that make gigabytes',
    'OverLimit',
    normalize(...Array<Json>(40).fill({ type: 'Replace', pattern: { String: 'a' }, content: 'aaaaaaaa' })),
    TOKENIZER,
    'normalizer',
  ),
  hostile(
    'normalizer that writes megabytes',
    'OverLimit',
    normalize({ type: 'Replace', pattern: { String: 'a' }, content: 'a'.repeat(5e6) }),
    TOKENIZER,
    'normalizer',
  ),
  hostile(
    '1,000 normalizers',
    'OverLimit',
    normalize(...Array<Json>(1000).fill({ type: 'NFC' })),
    TOKENIZER,
    'normalizer',
  ),
  hostile(
    'decoder with a pattern',
    'UnsupportedTokenizer',
    tokenizer((json) => {
      json['decoder'] = { type: 'Replace', pattern: { Regex: '(a+)+$' }, content: '' };
    }),
    TOKENIZER,
    'decoder',
  ),
  hostile(
    '100,100 added tokens',
    'OverLimit',
    added(100_100, (n) => `<x${n}>`),
    TOKENIZER,
    'added_tokens',
  ),
  hostile(
    'added tokens of 2 million characters',
    'OverLimit',
    added(2000, (n) => `${n}`.padEnd(1000, 'x')),
    TOKENIZER,
    'added_tokens',
  ),
  hostile(
    'token of tokenizer_config.json alone',
    'InvalidTokenizer',
    edit('tokenizer_config.json', (json) => {
      part(json, 'added_tokens_decoder')['400'] = { content: '<answer>', special: true };
    }),
    'tokenizer_config.json',
    '<answer>',
  ),
  hostile(
    'token of added_tokens.json alone',
    'InvalidTokenizer',
    addedTokens(() => '{"<|im_end|>":1,"<answer>":400}'),
    'added_tokens.json',
    '<answer>',
  ),
  hostile(
    'added_tokens.json that is a list',
    'InvalidTokenizer',
    addedTokens(() => '["<answer>"]'),
    'added_tokens.json',
  ),
  hostile(
    'deep added_tokens.json',
    'OverLimit',
    addedTokens(() => deep(200_000)),
    'added_tokens.json',
  ),
  hostile(
    'token that is not UTF-8',
    'NotUtf8',
    (folder) => {
      const path = join(folder, TOKENIZER);
      const bytes = readFileSync(path);
      bytes[bytes.indexOf('"a":') + 1] = 0xff;
      writeFileSync(path, bytes);
    },
    TOKENIZER,
  ),
  hostile(
    '400,000 additional special tokens',
    'OverLimit',
    edit('tokenizer_config.json', (json) => {
      json['additional_special_tokens'] = Array.from({ length: 400_000 }, (_, n) => `<x${n}>`);
    }),
    'tokenizer_config.json',
    'additional_special_tokens',
  ),
  hostile(
    'tokenizer of 3.1 million lists',
    'OverLimit',
    tokenizer((json) => {
      json['pad'] = Array<never[]>(3.1e6).fill([]);
    }),
    TOKENIZER,
  ),
  hostile(
    'added token of 10 MB',
    'OverLimit',
    added(1, () => 'x'.repeat(1e7)),
    TOKENIZER,
    'added_tokens',
  ),
  hostile(
    'added token of id 2^40',
    'InvalidTokenizer',
    added(
      1,
      () => '<x>',
      () => 2 ** 40,
    ),
    TOKENIZER,
    'added_tokens',
  ),
  hostile(
    'names of prototypes in the vocabulary',
    null,
    model(({ vocab }) => Object.defineProperty(vocab, '__proto__', { value: 5, enumerable: true })),
  ),
  hostile(
    'ids that are no integers',
    'InvalidTokenizer',
    model(({ vocab }) => Object.assign(vocab as Json, { zzzz: -1, yyyy: 1e300, xxxx: 1.5 })),
    TOKENIZER,
    'model.vocab',
  ),
  hostile(
    'id of 2^31',
    'InvalidTokenizer',
    model(({ vocab }) => Object.assign(vocab as Json, { zzzz: 2 ** 31 })),
    TOKENIZER,
    'model.vocab',
  ),
  // 151,643 tokens and 151,387 merges: 6 MB.
  hostile('vocabulary as large as that of Qwen2.5-VL', null, model(grow(151_643))),
  big('vocabulary as large as is taken', null, model(grow(299_000))),
  hostile(
    'vocabulary of 310,000',
    'OverLimit',
    model((json) => {
      json['vocab'] = numbered(310_000, (n) => n);
    }),
    TOKENIZER,
    'model.vocab',
  ),
  hostile(
    'pieces of 3 million characters',
    'OverLimit',
    tokenizer((json) => {
      const vocab = Array.from({ length: 3000 }, (_, n) => [`${n}`.padEnd(1000, 'x'), -1]);
      json['model'] = { type: 'Unigram', unk_id: 0, vocab };
    }),
    TOKENIZER,
    'model.vocab',
  ),
  big(
    'vocabulary of 1.1 million',
    'OverLimit',
    model((json) => {
      json['vocab'] = numbered(1_100_000, (n) => n);
    }),
    TOKENIZER,
    'model.vocab',
  ),
  hostile(
    'merges of other kinds',
    'InvalidTokenizer',
    model((json) => {
      json['merges'] = [['a'], 5, null];
    }),
    TOKENIZER,
    'model.merges',
  ),
  hostile(
    'merges of two kinds',
    'InvalidTokenizer',
    model((json) => {
      json['merges'] = [['a', 'b'], 'a b'];
    }),
    TOKENIZER,
    'model.merges',
  ),
  hostile(
    'merge of three tokens',
    'InvalidTokenizer',
    model((json) => {
      json['merges'] = ['a b c'];
    }),
    TOKENIZER,
    'model.merges',
  ),
  hostile(
    'merge that makes no token',
    'InvalidTokenizer',
    model((json) => {
      (json['merges'] as unknown[]).push(['Q', 'Q']);
    }),
    TOKENIZER,
    'model.merges',
  ),
  hostile(
    '2.2 million merges',
    'OverLimit',
    model((json) => {
      json['merges'] = Array<string>(2.2e6).fill('a b');
    }),
    TOKENIZER,
    'model.merges',
  ),
  hostile(
    'vocabulary that is a text',
    'InvalidTokenizer',
    model((json) => {
      json['vocab'] = 'abc';
    }),
    TOKENIZER,
  ),
  hostile(
    'merges that are a number',
    'InvalidTokenizer',
    model((json) => {
      json['merges'] = 5;
    }),
    TOKENIZER,
  ),
  hostile('pattern that is no pattern', 'InvalidTokenizer', split('(?<'), TOKENIZER),
  hostile('pattern of 1 MB', 'InvalidTokenizer', split('('.repeat(1e6)), TOKENIZER),
  // The template
  hostile('template of loops', 'OverLimit', template(LOOPS), TEMPLATE),
  hostile('template of 8 MB', 'OverLimit', template('{{ messages[0].role }}'.repeat(380_000)), TEMPLATE),
  hostile('template of blanks', 'OverLimit', template(' '.repeat(250_000)), TEMPLATE),
  hostile('template of ranges', 'OverLimit', template('{{ range(1000000000) | length }}'), TEMPLATE),
  hostile(
    'template that calls itself',
    'OverLimit',
    template('{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}'),
    TEMPLATE,
  ),
  hostile(
    'template that doubles a text',
    'OverLimit',
    template(`{% set s = 'ab' %}${'{% set s = s ~ s %}'.repeat(40)}{{ s }}`),
    TEMPLATE,
  ),
  hostile(
    'template that doubles a list',
    'OverLimit',
    template(`{% set s = [1, 2] %}${'{% set s = s + s %}'.repeat(40)}{{ s }}`),
    TEMPLATE,
  ),
  hostile(
    'template of one list in another',
    'OverLimit',
    template(`{% set s = [1, 2] %}${'{% set s = [s, s] %}'.repeat(40)}{{ s | tojson }}`),
    TEMPLATE,
  ),
  hostile(
    'template that indents by 1e9',
    'OverLimit',
    template("{{ 'a\\nb' | indent(1000000000) }}"),
    TEMPLATE,
  ),
  hostile(
    'template that replaces nothing',
    'OverLimit',
    template(`{% set s = 'ab' %}${'{% set s = s ~ s %}'.repeat(20)}{{ s.replace('', s) | length }}`),
    TEMPLATE,
  ),
  hostile(
    'template that searches a long list',
    'OverLimit',
    template(
      "{% set l = range(99999) | list %}{% for i in range(9999) %}{% if 'x' in l %}a{% endif %}{% endfor %}",
    ),
    TEMPLATE,
  ),
  hostile(
    'template that nests',
    'OverLimit',
    template(`{{ ${'('.repeat(1e5)}1${')'.repeat(1e5)} }}`),
    TEMPLATE,
  ),
  hostile(
    'template of 100,000 ifs',
    'OverLimit',
    template(`${'{% if true %}'.repeat(1e5)}${'{% endif %}'.repeat(1e5)}`),
    TEMPLATE,
  ),
  // Pictures
  hostile(
    'min_pixels of 1e15',
    'InvalidConfig',
    processor({ min_pixels: 1e15, max_pixels: 2e15 }),
    'min_pixels',
  ),
  hostile(
    'min_pixels of 1e9',
    'InvalidConfig',
    processor({ min_pixels: 1e9, max_pixels: 2e9 }),
    'min_pixels',
  ),
  hostile('one pixel', null, processor({ min_pixels: 1, max_pixels: 1 })),
  hostile(
    'tiny deviation',
    'InvalidConfig',
    processor({ image_std: [1e-300, 1, 1], image_mean: [1e308, 1, 1] }),
    'image_std',
  ),
  hostile('huge factor', 'InvalidConfig', processor({ rescale_factor: 1e308 }), 'rescale_factor'),
  hostile(
    '1 million means',
    'InvalidConfig',
    processor({ image_mean: Array<number>(1e6).fill(0.5) }),
    'image_mean',
  ),
];

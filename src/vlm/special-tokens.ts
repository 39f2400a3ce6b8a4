import { listing } from '../checkpoint/listing.ts';
import type { TokenDefaults } from './architectures/architecture.ts';
import { JsonFields } from './json-fields.ts';

/** Token ids that mean something to the model rather than to the tokenizer. */
export interface SpecialTokens {
  readonly image: number;
  readonly video: number;
  readonly visionStart: number;
  readonly visionEnd: number;
  /** Any of these ends an answer; none where no file names one. */
  readonly eos: readonly number[];
}

/** Where the ids may stand; `text` is `root` in files without text_config. */
export interface TokenSources {
  readonly root: JsonFields;
  readonly text: JsonFields;
  readonly vocabSize: number;
  /** Where config.json names no id. */
  readonly defaults: TokenDefaults;
  /** generation_config.json, parsed. */
  readonly generation: unknown;
}

/**
 * Reads the token ids. Notices say where answers have no end, pictures no place, or transformers reads other ids.
 *
 * @throws InvalidConfig when an id is no integer from 0, or an image or vision id that is written lies beyond the vocabulary
 */
export function parseTokens(sources: TokenSources): {
  readonly tokens: SpecialTokens;
  readonly notices: readonly string[];
} {
  const { root, text, vocabSize, defaults } = sources;
  const notices: string[] = [];
  const token = (name: keyof TokenDefaults): number => {
    // 4.57 moves ids into a text_config that holds the field, as 4.52 to 4.56 write it (null); 5.x then fills the
    // root with its default. So what stands in text_config is what the weights were made with.
    const holder = text.has(name) ? text : root;
    if (!holder.has(name)) {
      root.refuseNull([name]);
      return defaults[name];
    }
    const id = holder.index(name);
    if (id >= vocabSize) throw holder.wrong(name, `a token id below vocab_size ${vocabSize}`);
    if ((root.raw(name) ?? defaults[name]) !== id) {
      notices.push(
        `config.json has ${name} ${id} in text_config alone, where transformers 4.57 puts it: ${id} is used. ` +
          `transformers 5 looks at the root only and takes ${String(root.raw(name) ?? defaults[name])}; ` +
          'copy the id to the root to make it agree.',
      );
    }
    return id;
  };
  const image = token('image_token_id');
  if (image >= vocabSize) {
    notices.push(
      `config.json names no image_token_id, and transformers' default ${image} is beyond the vocabulary of ` +
        `${vocabSize}: this model takes no pictures. Add image_token_id to config.json if it does.`,
    );
  }
  const end = parseEnd(sources);
  return {
    tokens: {
      image,
      video: token('video_token_id'),
      visionStart: token('vision_start_token_id'),
      visionEnd: token('vision_end_token_id'),
      eos: end.eos,
    },
    notices: [...notices, ...end.notices],
  };
}

/** generation_config.json first, then the root, then text_config, as `generate` of transformers looks for it. */
function parseEnd({ generation, root, text, vocabSize }: TokenSources): {
  readonly eos: readonly number[];
  readonly notices: readonly string[];
} {
  const own = generation === undefined ? [] : [new JsonFields(generation, 'generation_config.json')];
  const holder = [...own, root, text].find((fields) => {
    const value = fields.raw('eos_token_id');
    return Array.isArray(value) ? value.length > 0 : value !== undefined;
  });
  if (holder === undefined) {
    return {
      eos: [],
      notices: [
        'Neither generation_config.json nor config.json names an end token (eos_token_id): every answer runs to its ' +
          'token limit, as in transformers. Add "eos_token_id" to generation_config.json to end answers.',
      ],
    };
  }
  const eos = Array.isArray(holder.raw('eos_token_id'))
    ? holder.indices('eos_token_id')
    : [holder.index('eos_token_id')];
  const notices: string[] = [];
  const ends = listing(eos.map(String));
  if (eos.every((id) => id >= vocabSize)) {
    notices.push(
      `The end token ${ends} is beyond the vocabulary of ${vocabSize}: every answer runs to its token limit, ` +
        'as in transformers. Set "eos_token_id" in generation_config.json to end answers.',
    );
  } else if (own.length > 0 && holder !== own[0]) {
    notices.push(
      `generation_config.json names no end token: answers end at ${ends} of config.json, where ` +
        'transformers goes on to the token limit. Add "eos_token_id" to generation_config.json to make both agree.',
    );
  }
  return { eos, notices };
}

/** Where a folder's chat template stands, and which one counts where several do. */
import { normaliseLines } from './jinja/template.ts';
import { JsonFields } from './json-fields.ts';

export const ADDITIONAL_DEFAULT = 'additional_chat_templates/default.jinja';

/** The files that can hold a chat template: JSON parsed, .jinja as text; undefined where the folder has none. */
export interface ChatTemplateFiles {
  readonly processorConfig?: unknown;
  readonly chatTemplateJson?: unknown;
  readonly chatTemplateJinja?: string | undefined;
  readonly additionalDefaultJinja?: string | undefined;
  readonly tokenizerConfig?: unknown;
}

export interface ChatTemplateSource {
  readonly file: string;
  readonly text: string;
}

/**
 * Every template for plain chat, the one that counts first: the order in which AutoProcessor of transformers 5.24 (Qwen2.5-VL)
 * looks; tokenizer_config.json, which only AutoTokenizer reads, comes last. Held to transformers by
 * tools/goldens/chat_templates/sources.py.
 *
 * @throws InvalidConfig when a file's `chat_template` is neither text nor named templates.
 */
export function chatTemplateSources(files: ChatTemplateFiles): readonly ChatTemplateSource[] {
  const places: readonly (readonly [string, string | undefined])[] = [
    ['processor_config.json', inJson(files.processorConfig, 'processor_config.json')],
    ['chat_template.json', inJson(files.chatTemplateJson, 'chat_template.json')],
    ['chat_template.jinja', files.chatTemplateJinja],
    [ADDITIONAL_DEFAULT, files.additionalDefaultJinja],
    ['tokenizer_config.json', inJson(files.tokenizerConfig, 'tokenizer_config.json')],
  ];
  return places.flatMap(([file, text]) => (text === undefined ? [] : [{ file, text }]));
}

function inJson(json: unknown, file: string): string | undefined {
  const fields = new JsonFields(json ?? {}, file);
  const template = fields.raw('chat_template');
  if (template === undefined) return undefined;
  if (typeof template === 'string' || template === null || typeof template !== 'object') {
    return fields.string('chat_template');
  }
  // Several named templates: the one called default is for plain chat.
  return named(fields, file).get('default');
}

/** Templates by their names: a list of names and templates, or an object. */
function named(fields: JsonFields, file: string): ReadonlyMap<string, string> {
  const template = fields.raw('chat_template');
  if (Array.isArray(template)) {
    const entries = template.map((entry) => new JsonFields(entry, file, 'chat_template'));
    return new Map(entries.map((entry) => [entry.string('name'), entry.string('template')]));
  }
  const members = fields.object('chat_template');
  return new Map(Object.keys(template as object).map((name) => [name, members.string(name)]));
}

/** What a folder without a template for plain chat is told: it has none, or only ones with other names. */
export function nonePlain({ tokenizerConfig }: ChatTemplateFiles, layout: string): string {
  const fields = new JsonFields(tokenizerConfig ?? {}, 'tokenizer_config.json');
  const names =
    fields.raw('chat_template') === undefined ? [] : [...named(fields, 'tokenizer_config.json').keys()];
  if (names.length === 0) return `The folder has no chat template: ${layout} is used.`;
  return (
    `None of the folder's chat templates is called default (${names.join(', ')}), and transformers asks for a name: ` +
    `${layout} is used.`
  );
}

/** A sentence for each further place whose template is another one; line ends do not count. */
export function disagreements([taken, ...others]: readonly ChatTemplateSource[]): readonly string[] {
  if (taken === undefined) return [];
  // jinja2 drops one line end at the very end.
  const plain = ({ text }: ChatTemplateSource): string => normaliseLines(text).replace(/\n$/, '');
  const same = (source: ChatTemplateSource): boolean => plain(source) === plain(taken);
  const different = others.filter((source) => !same(source)).map(({ file }) => file);
  if (different.length === 0) return [];
  return [
    `The folder has several chat templates that differ: that of ${taken.file} is used, as by AutoProcessor of transformers, ` +
      `not that of ${different.join(' and ')}, which other programs may take. Keep one.`,
  ];
}

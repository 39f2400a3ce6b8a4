/** A chat template of the recipe's own, in every place where transformers or an older server looks for one. */
import type { ChangedFile } from './both-spellings.ts';
import { JsonText } from './json-text.ts';

const CHANGE = 'The chat template is that of the recipe.';

/**
 * @param texts small files of the frame's folder; of these tokenizer_config.json is looked at
 * @param names every file of the folder
 */
export function chatTemplateFiles(
  template: string,
  texts: ReadonlyMap<string, string>,
  names: ReadonlySet<string>,
): readonly ChangedFile[] {
  const written = JSON.stringify(template);
  const config = JsonText.read(texts.get('tokenizer_config.json') ?? '');
  const changed = (name: string, text: string): ChangedFile => ({ name, text, changes: [CHANGE] });
  return [
    changed('chat_template.jinja', template),
    ...(names.has('chat_template.json')
      ? [changed('chat_template.json', `{\n  "chat_template": ${written}\n}\n`)]
      : []),
    ...(config?.has(['chat_template'])
      ? [changed('tokenizer_config.json', config.with([], [['chat_template', written]]).text)]
      : []),
  ];
}

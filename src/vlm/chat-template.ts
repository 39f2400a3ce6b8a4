/** A checkpoint's chat template: read, checked and rendered as transformers renders it. */
import { NamedError } from '../named-error.ts';
import { type ChatMessage, hasImage, messageText } from './chat.ts';
import type { ChatTemplateSource } from './chat-template-source.ts';
import { TemplateOverBudget } from './jinja/bounded-interpreter.ts';
import { type CompiledTemplate, compileTemplate } from './jinja/template.ts';

export interface ChatTemplate {
  readonly file: string;
  readonly notices: readonly string[];
  /**
   * The prompt as text.
   * @throws InvalidChatTemplate; ImageTokenMismatch for images in a text model's template.
   */
  render(messages: readonly ChatMessage[], addGenerationPrompt: boolean): string;
}

/** `specialTokens` are those that templates can name: bos_token, eos_token and the like. What is wrong is told in `notices`.
 * @throws OverLimit for a template that asks for more than any conversation needs */
export function chatTemplate(
  { file, text }: ChatTemplateSource,
  specialTokens: Readonly<Record<string, string>>,
): ChatTemplate {
  const compiled = compile(text);
  if (compiled instanceof TemplateOverBudget) throw overBudget(file, compiled);
  const render = (messages: readonly unknown[], addGenerationPrompt: boolean): string => {
    if (compiled instanceof Error) throw compiled;
    return compiled.render({
      messages,
      tools: null,
      documents: null,
      add_generation_prompt: addGenerationPrompt,
      ...specialTokens,
    });
  };
  const ofText = !(compiled instanceof Error) && rendersTextOnly(file, (messages) => render(messages, true));
  return {
    file,
    notices: [...compilationNotices(file, compiled), ...textNotices(file, text, ofText)],
    render(messages, addGenerationPrompt) {
      if (ofText && messages.some(hasImage)) throw textModel(file);
      // A text model's template adds strings: parts that are all text are one.
      const given = ofText
        ? messages.map((message) => ({ ...message, content: messageText(message) }))
        : messages;
      try {
        return render(given, addGenerationPrompt);
      } catch (cause) {
        throw invalid(file, cause);
      }
    },
  };
}

function compile(text: string): CompiledTemplate | Error {
  try {
    return compileTemplate(text);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function compilationNotices(file: string, compiled: CompiledTemplate | Error): readonly string[] {
  if (compiled instanceof Error) {
    return [`${file}: the chat template cannot be read (${compiled.message}): no prompt can be made.`];
  }
  const { differences } = compiled;
  if (differences.length === 0) return [];
  return [
    `${file}: the chat template uses what is rendered otherwise here than in Python: ${differences.join('; ')}. ` +
      'Compare a prompt (its ids stand in the result of headless logits) with that of transformers.',
  ];
}

function textNotices(file: string, text: string, ofText: boolean): readonly string[] {
  const notices: string[] = [];
  if (ofText) {
    notices.push(
      `${file} is a text model's chat template: it has no place for images, and prompts with one are refused.`,
    );
  }
  if (text.startsWith('\ufeff')) {
    notices.push(
      `${file} begins with a byte order mark, which is put into every prompt, as transformers does: save it as UTF-8 without one.`,
    );
  }
  return notices;
}

function rendersTextOnly(file: string, render: (messages: readonly unknown[]) => string): boolean {
  try {
    return isOfTextModel(render);
  } catch (error) {
    throw invalid(file, error);
  }
}

const PROBE = 'probe of the parts';

function overBudget(file: string, cause: TemplateOverBudget): NamedError {
  return new NamedError(
    'OverLimit',
    `the chat template asks for too much: ${cause.message}`,
    { file },
    'Use the chat template of the model this checkpoint was made from.',
    { cause },
  );
}

/** Whether the template renders a string as content but prints or refuses a list of parts. */
function isOfTextModel(render: (messages: readonly unknown[]) => string): boolean {
  const rendered = (content: unknown): string | undefined => {
    try {
      return render([{ role: 'user', content }]);
    } catch (error) {
      if (error instanceof TemplateOverBudget) throw error;
      return undefined;
    }
  };
  if (rendered(PROBE)?.includes(PROBE) !== true) return false;
  const parts = rendered([{ type: 'text', text: PROBE }]);
  // As a Python list or as JSON.
  return parts === undefined || /['"]type['"]: ?['"]text['"]/.test(parts);
}

function textModel(file: string): NamedError {
  return new NamedError(
    'ImageTokenMismatch',
    'the chat template is that of a text model: it knows no images',
    { file },
    'Use the chat template of the vision model this checkpoint was made from.',
  );
}

function invalid(file: string, cause: unknown): NamedError {
  if (cause instanceof TemplateOverBudget) return overBudget(file, cause);
  return new NamedError(
    'InvalidChatTemplate',
    `the chat template cannot be rendered: ${cause instanceof Error ? cause.message : String(cause)}`,
    { file },
    'Use the chat template of the model this checkpoint was made from.',
    { cause },
  );
}

export type ChatPart = { readonly type: 'text'; readonly text: string } | { readonly type: 'image' };

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string | readonly ChatPart[];
}

const IMAGE = '<|vision_start|><|image_pad|><|vision_end|>';

/**
 * One question in the usual shape: images first, then the text; without images a string, as Python users send it and
 * text models' templates need it. `system` undefined leaves the template its own system
 * prompt; an empty string gives an empty one (the template cannot do without).
 */
export function question(prompt: string, images: number, system?: string): readonly ChatMessage[] {
  const pictures = Array.from({ length: images }, () => ({ type: 'image' }) as const);
  return [
    ...(system === undefined ? [] : [{ role: 'system', content: system } as const]),
    { role: 'user', content: images === 0 ? prompt : [...pictures, { type: 'text', text: prompt }] },
  ];
}

/**
 * One question whose pictures stand within its text: a picture between each piece and the next, empty pieces left out, as EasyR1
 * and verl split a text at `<image>`.
 */
export function placedQuestion(pieces: readonly string[], system?: string): readonly ChatMessage[] {
  const content = pieces.flatMap((text, index): ChatPart[] => [
    ...(index === 0 ? [] : [{ type: 'image' } as const]),
    ...(text === '' ? [] : [{ type: 'text', text } as const]),
  ]);
  return [
    ...(system === undefined ? [] : [{ role: 'system', content: system } as const]),
    { role: 'user', content },
  ];
}

export const hasImage = ({ content }: ChatMessage): boolean =>
  typeof content !== 'string' && content.some(({ type }) => type === 'image');

/** Everything a person or data set wrote into the message. */
export function messageText({ content }: ChatMessage): string {
  if (typeof content === 'string') return content;
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/**
 * ChatML, for folders that bring no chat template: one placeholder per image, `system` before messages that have none of
 * their own.
 */
export function chatMl(
  messages: readonly ChatMessage[],
  addGenerationPrompt: boolean,
  system: string | null = 'You are a helpful assistant.',
): string {
  const own = system === null || messages[0]?.role === 'system';
  const turns = own ? messages : [{ role: 'system', content: system } as const, ...messages];
  const rendered = turns.map(({ role, content }) => {
    const parts: readonly ChatPart[] =
      typeof content === 'string' ? [{ type: 'text', text: content }] : content;
    const body = parts.map((part) => (part.type === 'image' ? IMAGE : part.text)).join('');
    return `<|im_start|>${role}\n${body}<|im_end|>\n`;
  });
  return rendered.join('') + (addGenerationPrompt ? '<|im_start|>assistant\n' : '');
}

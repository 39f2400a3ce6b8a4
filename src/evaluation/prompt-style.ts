/** How questions are put. It belongs to the recipe, never to a model's name: merges are asked as their donors are. */
export interface PromptStyle {
  readonly name: string;
  /** Undefined leaves the chat template its own. */
  readonly system?: string;
  /** Before the question. */
  readonly prefix: string;
  /** Between "Image Description:" or "Question:" and what follows, and between the two. */
  readonly separators: { readonly after: string; readonly between: string };
}

/** P1's query prefix (docs/method.md §7.3). */
const STEP_BY_STEP = 'Please solve the problem step by step and put your answer in one "\\boxed{}".\n\n';
const PARAGRAPHS = { after: '\n', between: '\n\n' };

/** The system prompts are those the recipes' models were trained with, as P1 uses them. */
export const PROMPT_STYLES = {
  reasoner: {
    name: 'reasoner',
    system:
      'You are a helpful assistant. When the user asks a question, your response must include two parts: first, the reasoning process enclosed in <think>...</think> tags, then the final answer enclosed in <answer>...</answer> tags. Please provide a clear, concise response within <answer> </answer> tags that directly addresses the question.',
    prefix: STEP_BY_STEP,
    separators: PARAGRAPHS,
  },
  revisual: {
    name: 'revisual',
    system:
      'You FIRST think about the reasoning process as an internal monologue and then provide the final answer. The reasoning process MUST BE enclosed within <think> </think> tags. The final answer MUST BE put in \\boxed{}.',
    prefix: STEP_BY_STEP,
    separators: PARAGRAPHS,
  },
  none: { name: 'none', prefix: STEP_BY_STEP, separators: PARAGRAPHS },
  /** The question alone, as the demo family was trained. */
  demo: { name: 'demo', prefix: '', separators: { after: ' ', between: ' ' } },
} as const satisfies Readonly<Record<string, PromptStyle>>;

export type PromptStyleName = keyof typeof PROMPT_STYLES;

export const PROMPT_STYLE_NAMES = Object.keys(PROMPT_STYLES) as readonly PromptStyleName[];

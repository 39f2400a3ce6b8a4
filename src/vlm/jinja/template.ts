/** Chat templates by @huggingface/jinja, with what is known to be rendered otherwise than in Python repaired or named. */
import { Template } from '@huggingface/jinja';
import { differences } from './differences.ts';
import type { Node } from './node.ts';
import { BoundedInterpreter, boundedEnvironment, TemplateOverBudget } from './bounded-interpreter.ts';
import { repairStrip, stripFunctions } from './python-strip.ts';

export interface CompiledTemplate {
  /** The constructs that this template uses and that Python renders otherwise. */
  readonly differences: readonly string[];
  /** The text with `variables`, which are JSON-like data. Throws TemplateOverBudget, and what the library throws. */
  render(variables: Readonly<Record<string, unknown>>): string;
}

/** Line ends as jinja2's lexer normalises them, wherever the source stands. */
export function normaliseLines(source: string): string {
  return source.replace(/\r\n?/g, '\n');
}

/** The longest published chat templates have some 20,000 characters; so many compile in a second. */
const MAX_SOURCE_CHARACTERS = 2 ** 18;
/** From each of them the library looks through all that follow. Indentation has some dozens. */
const MAX_BLANKS = 1000;

/** Throws TemplateOverBudget, and what the library throws for a source that is no template. */
export function compileTemplate(source: string): CompiledTemplate {
  checkSource(source);
  const template = bounded(() => new Template(normaliseLines(source)));
  // The library's own classes: objects with a type and fields.
  const program = template.parsed as unknown as Node;
  const named = bounded(() => differences(program));
  bounded(() => {
    repairStrip(program);
  });
  return {
    differences: named,
    render: (variables) => {
      const environment = boundedEnvironment({ ...variables, ...stripFunctions });
      return bounded(() => String(new BoundedInterpreter(environment).run(template.parsed).value));
    },
  };
}

function checkSource(source: string): void {
  if (source.length > MAX_SOURCE_CHARACTERS)
    throw new TemplateOverBudget(`it has more than ${MAX_SOURCE_CHARACTERS} characters`);
  for (const [blanks] of source.matchAll(/\s+/g)) {
    if (blanks.length > MAX_BLANKS)
      throw new TemplateOverBudget(`it has more than ${MAX_BLANKS} blanks or line ends in a row`);
  }
}

/** The engine's own ways of saying that a stack or a text is full, in words about the template. */
function bounded<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new TemplateOverBudget('it nests or calls itself without end, or makes too long a text', { cause });
  }
}

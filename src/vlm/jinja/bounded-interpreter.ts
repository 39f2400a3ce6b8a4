/** @huggingface/jinja's interpreter with a budget: a template from a folder may ask for any amount of time and memory. */
import { Environment, Interpreter } from '@huggingface/jinja';
import { strftimeNow } from './strftime-now.ts';

/** Units of work; Qwen2.5-VL's template takes some 200 a message. A unit takes some 0.2 µs. */
const MAX_STEPS = 5_000_000;
/** A text of 4 million characters is a prompt of some million tokens. */
const MAX_CHARACTERS = 4_000_000;
/** A conversation has thousands of messages at most. */
const MAX_ITEMS = 1_000_000;
/** What a value adds to the work besides its own step: so much memory for one more. */
const CHARACTERS_PER_STEP = 256;
const ITEMS_PER_STEP = 8;

/** Thrown where a template goes beyond its budget; `message` says which part. */
export class TemplateOverBudget extends Error {}

type Statement = Parameters<Interpreter['evaluate']>[0];
type Value = ReturnType<Interpreter['evaluate']>;

export class BoundedInterpreter extends Interpreter {
  #steps = 0;

  /** @throws TemplateOverBudget */
  override evaluate(statement: Statement, environment: Environment): Value {
    this.#count(1);
    const value = super.evaluate(statement, environment);
    const held: unknown = value.value;
    if (typeof held === 'string') {
      if (held.length > MAX_CHARACTERS)
        throw new TemplateOverBudget(`it makes a text of more than ${MAX_CHARACTERS} characters`);
      this.#count(held.length / CHARACTERS_PER_STEP);
    } else if (Array.isArray(held)) {
      if (held.length > MAX_ITEMS)
        throw new TemplateOverBudget(`it makes a list of more than ${MAX_ITEMS} items`);
      this.#count(held.length / ITEMS_PER_STEP);
    }
    return value;
  }

  #count(steps: number): void {
    this.#steps += steps;
    if (this.#steps > MAX_STEPS) throw new TemplateOverBudget(`it takes more than ${MAX_STEPS} steps`);
  }
}

/** The names that jinja2 in transformers' environment knows, as the library has them, and `variables`. */
export function boundedEnvironment(variables: Readonly<Record<string, unknown>>): Environment {
  const environment = new Environment();
  const known = {
    ...{ false: false, true: true, none: null, False: false, True: true, None: null },
    raise_exception: (message: string) => {
      throw new Error(message);
    },
    range,
    strftime_now: strftimeNow,
  };
  for (const [name, value] of Object.entries({ ...known, ...variables })) environment.set(name, value);
  return environment;
}

/** jinja2's sandbox, in which transformers renders, makes no longer ones. */
const MAX_RANGE = 100_000;

/** Python's `range`; its length is known before the list is made. */
function range(first: number, last?: number, step = 1): number[] {
  const [start, stop] = last === undefined ? [0, first] : [first, last];
  if (![start, stop, step].every((part) => Number.isInteger(Number(part))))
    throw new Error('range() takes integers');
  if (step === 0) throw new Error('range() step must not be zero');
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (length > MAX_RANGE) throw new TemplateOverBudget(`it makes a range of more than ${MAX_RANGE} numbers`);
  return Array.from({ length }, (_, index) => start + index * step);
}

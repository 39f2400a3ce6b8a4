/** @huggingface/jinja's interpreter with a budget: a template from a folder may ask for any amount of time and memory. */
import { Environment, Interpreter } from '@huggingface/jinja';
import { strftimeNow } from './strftime-now.ts';

/** Units of work; Qwen2.5-VL's template takes some 200 a message. */
const MAX_STEPS = 2_000_000;
/** A text of 4 million characters is a prompt of some million tokens. */
const MAX_CHARACTERS = 4_000_000;
/** Items of a list and of all lists in it: a conversation has thousands of messages at most. */
const MAX_ITEMS = 1_000_000;
/** Expressions within one another; the interpreter's own stack ends at some thousands. */
const MAX_DEPTH = 500;
/** What a text adds to the work besides the step that makes it. */
const CHARACTERS_PER_STEP = 256;
/** What each turn of a loop takes before it begins: two scopes of their own. */
const STEPS_PER_TURN = 10;

/** Thrown where a template goes beyond its budget; `message` says which part. */
export class TemplateOverBudget extends Error {}

/** Comparing or copying so many takes as long as a step. */
const ITEMS_PER_STEP = 8;

type Statement = Parameters<Interpreter['evaluate']>[0];
type Value = ReturnType<Interpreter['evaluate']>;

export class BoundedInterpreter extends Interpreter {
  #steps = 0;
  #depth = 0;
  /** What loops run over: the interpreter makes something for each item, without an evaluation. */
  readonly #loopedOver = new WeakSet<object>();
  /** What is searched or filtered: likewise gone through, item by item. */
  readonly #iterated = new WeakSet<object>();
  readonly #itemsOf = new WeakMap<object, number>();

  /** @throws TemplateOverBudget */
  override evaluate(statement: Statement, environment: Environment): Value {
    this.#count(1);
    if (this.#depth >= MAX_DEPTH) throw new TemplateOverBudget('it nests or calls itself without end');
    if (statement?.type === 'For') {
      const { iterable } = statement as unknown as { iterable: { type: string; lhs?: object } };
      this.#loopedOver.add(iterable.type === 'SelectExpression' && iterable.lhs ? iterable.lhs : iterable);
    }
    const passed = passedOver(statement);
    if (passed) this.#iterated.add(passed);
    this.#depth += 1;
    try {
      const value = super.evaluate(statement, environment);
      this.#weigh(value, statement !== undefined && this.#loopedOver.has(statement));
      if (statement !== undefined && this.#iterated.has(statement) && Array.isArray(value.value)) {
        this.#count(value.value.length / ITEMS_PER_STEP);
      }
      return value;
    } finally {
      this.#depth -= 1;
    }
  }

  #weigh(value: Value, loopedOver: boolean): void {
    const held: unknown = value.value;
    if (typeof held === 'string') {
      if (held.length > MAX_CHARACTERS) {
        throw new TemplateOverBudget(`it makes a text of more than ${MAX_CHARACTERS} characters`);
      }
      this.#count(held.length / CHARACTERS_PER_STEP);
    } else if (Array.isArray(held) || held instanceof Map) {
      const items = this.#items(value);
      if (items > MAX_ITEMS) throw new TemplateOverBudget(`it makes a list of more than ${MAX_ITEMS} items`);
      if (loopedOver) this.#count(STEPS_PER_TURN * (Array.isArray(held) ? held.length : held.size));
    }
  }

  /** Items of a list or dict and of all within: a list that holds another twice prints it twice. */
  #items(value: Value): number {
    const known = this.#itemsOf.get(value);
    if (known !== undefined) return known;
    // A dict that comes to hold itself counts once.
    this.#itemsOf.set(value, 1);
    const held: unknown = value.value;
    const inner = Array.isArray(held) ? held : held instanceof Map ? [...held.values()] : [];
    this.#count(inner.length);
    let items = 1;
    for (const item of inner as readonly Value[]) items += this.#items(item);
    this.#itemsOf.set(value, items);
    return items;
  }

  #count(steps: number): void {
    this.#steps += steps;
    if (this.#steps > MAX_STEPS) throw new TemplateOverBudget(`it takes more than ${MAX_STEPS} steps`);
  }
}

/** The list that an `in` searches, or a filter is given. */
function passedOver(statement: Statement): object | undefined {
  if (statement?.type === 'FilterExpression') return (statement as unknown as { operand: object }).operand;
  if (statement?.type !== 'BinaryExpression') return undefined;
  const { operator, right } = statement as unknown as { operator: { value: string }; right: object };
  return operator.value.endsWith('in') ? right : undefined;
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

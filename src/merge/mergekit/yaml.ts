/** The YAML of a foreign file as plain values, in time that grows with its length. */
import type { Node, ParsedNode, Range } from 'yaml';
import { isAlias, isMap, isPair, isScalar, isSeq, Lexer, parseDocument, YAMLParseError } from 'yaml';
import { overLimit } from '../../checkpoint/limits.ts';
import { NamedError } from '../../named-error.ts';

/**
 * Names, values, brackets, dashes, colons. mergekit's own examples have some hundred; what we write for 128 layers of six donors,
 * each layer mixed otherwise, has 25,602 (`yaml.test.ts`).
 */
export const MOST_TOKENS = 50_000;
/** In quoted text: names need none, and of each that means nothing the library makes an error. */
const MOST_BACKSLASHES = 5000;
/** With every alias and merge written out. A file of the greatest length without any has a fourth of it. */
export const MOST_CHARACTERS = 2 ** 20;

/**
 * Lists and maps within one another. The library calls itself once a level and more; where the stack runs out within a regular
 * expression that V8 just then compiles, it ends the process, which nothing can catch.
 */
const MOST_DEPTH = 64;

const REMEDY = 'give a mergekit configuration in YAML';

/**
 * Reads one document of YAML 1.1, as PyYAML does for mergekit: merge keys, and "no" for false. Stricter in that no key may stand
 * twice in a map, none may be a list or a map, and no alias may stand within what it stands for.
 *
 * @throws NamedError `InvalidMergekit` with the line; `OverLimit`
 */
export function readYaml(text: string, file: string): unknown {
  checkForm(text, file);
  // The library compares each key with all before it, and follows aliases by walking the whole document: both are done here.
  const options = { version: '1.1', logLevel: 'error', prettyErrors: false, uniqueKeys: false } as const;
  try {
    const document = parseDocument(text, options);
    const [error] = document.errors;
    if (error) throw error;
    return new Values(text, file).of(document.contents);
  } catch (cause) {
    if (cause instanceof NamedError) throw cause;
    const said = cause instanceof Error ? cause.message : String(cause);
    const place = cause instanceof YAMLParseError ? ` at ${lineAt(text, cause.pos[0])}` : '';
    throw new NamedError('InvalidMergekit', `${said}${place}`, { file }, REMEDY, { cause });
  }
}

/** Before the library parses it: how much there is, and how deep. */
function checkForm(text: string, file: string): void {
  const most = (what: string, found: number | string, limit: number, remedy = REMEDY): NamedError =>
    overLimit(what, found, limit, { file }, remedy);
  const backslashes = text.split('\\').length - 1;
  if (backslashes > MOST_BACKSLASHES) throw most('backslashes of the YAML', backslashes, MOST_BACKSLASHES);
  const depth = new Depth();
  let tokens = 0;
  for (const token of new Lexer().lex(text)) {
    const wrong = depth.take(token);
    if (wrong) throw new NamedError('InvalidMergekit', wrong, { file }, REMEDY);
    if (token.trim() === '' || token.startsWith('#') || ++tokens <= MOST_TOKENS) continue;
    const remedy =
      'write fewer slices and conditions: neighbouring layers that are made alike share one slice';
    throw most('names, values and signs of the YAML', `over ${MOST_TOKENS}`, MOST_TOKENS, remedy);
  }
}

/** Brackets that are open, and beyond them the columns and signs before the first word of a line: each level takes one. */
class Depth {
  #open = 0;
  #signs = 0;
  #indent = 0;
  #line = 1;
  #begins = true;

  /** The lexer's next token; returns what is wrong. */
  take(token: string): string | null {
    if (token === '[' || token === '{') this.#open += 1;
    else if (token === ']' || token === '}') this.#open -= 1;
    else if (token === '?' || (this.#open === 0 && (token === '-' || token === ':'))) this.#signs += 1;
    else if (this.#begins && this.#open === 0 && token.trim() === '') this.#indent = token.length;
    if (this.#open > MOST_DEPTH || this.#signs > MOST_DEPTH || this.#indent > 2 * MOST_DEPTH)
      return `lists and maps within one another, deeper than any configuration, at line ${this.#line}`;
    // The library makes an error of each.
    if (this.#open < 0) return `a bracket that closes nothing, at line ${this.#line}`;
    this.#begins = token.endsWith('\n');
    this.#line += token.split('\n').length - 1;
    if (this.#begins) this.#signs = this.#indent = 0;
    return null;
  }
}

const lineAt = (text: string, at: number): string => `line ${text.slice(0, at).split('\n').length}`;

type Entries = Record<string, unknown>;

class Values {
  readonly #text: string;
  readonly #file: string;
  readonly #anchors = new Map<string, unknown>();
  /** Characters of a list or map, all that it holds written out. */
  readonly #sizes = new Map<unknown, number>();
  /** Characters that merge keys have copied so far. */
  #copied = 0;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  of(node: ParsedNode | Node | null | undefined): unknown {
    if (isAlias(node)) {
      if (this.#anchors.has(node.source)) return this.#anchors.get(node.source);
      throw this.#invalid(`*${node.source} stands for nothing that ends before it`, node);
    }
    const value = this.#value(node);
    // An anchor may be given again: the last before an alias counts.
    if (node && 'anchor' in node && node.anchor !== undefined) this.#anchors.set(node.anchor, value);
    return value;
  }

  #value(node: Node | null | undefined): unknown {
    if (isScalar(node)) return typeof node.value === 'object' ? this.#object(node.value) : node.value;
    if (isMap<Node, Node | null>(node)) return this.#sized(this.#map(node));
    if (!isSeq<Node>(node)) return null;
    const items = node.items.map((item) => {
      // Of !!omap and !!pairs.
      if (isPair(item)) throw this.#invalid(`a list of pairs (${node.tag})`, node);
      return this.of(item);
    });
    return this.#sized(items);
  }

  #map(
    node: { readonly items: readonly { readonly key: Node; readonly value: Node | null }[] } & Node,
  ): Entries {
    const own = new Map<string, unknown>();
    const merged = new Map<string, unknown>();
    for (const { key, value } of node.items) {
      const of = this.of(value);
      if (!isScalar(key)) throw this.#invalid('a key that is not a plain value', key);
      if (typeof key.value === 'symbol') {
        for (const source of Array.isArray(of) ? (of as unknown[]) : [of]) {
          this.#checkSize((this.#copied += this.#sizeOf(source)));
          if (!isEntries(source)) throw this.#invalid('a merge key whose value is not a map', key);
          for (const [name, merging] of Object.entries(source))
            if (!merged.has(name)) merged.set(name, merging);
        }
        continue;
      }
      const name = String(key.value ?? '');
      if (own.has(name)) throw this.#invalid(`the key ${JSON.stringify(name)} stands twice in one map`, key);
      own.set(name, of);
    }
    return Object.fromEntries([...merged, ...own]);
  }

  #sized<T extends object>(value: T): T {
    let size = 2;
    for (const [name, item] of Object.entries(value)) {
      size += this.#sizeOf(item) + (Array.isArray(value) ? 1 : name.length + 2);
    }
    this.#checkSize(size);
    this.#sizes.set(value, size);
    return value;
  }

  /** A date or bytes, by their tags. */
  #object(value: object | null): unknown {
    if (value) this.#sizes.set(value, String(value).length);
    return value;
  }

  #sizeOf(value: unknown): number {
    return this.#sizes.get(value) ?? String(value).length;
  }

  #checkSize(characters: number): void {
    if (characters <= MOST_CHARACTERS) return;
    const what = 'characters with aliases and merges written out';
    const remedy = 'write out what the aliases stand for, or use fewer of them';
    throw overLimit(what, `over ${MOST_CHARACTERS}`, MOST_CHARACTERS, { file: this.#file }, remedy);
  }

  #invalid(what: string, { range }: { readonly range?: Range | null }): NamedError {
    const place = range ? ` at ${lineAt(this.#text, range[0])}` : '';
    return new NamedError('InvalidMergekit', `${what}${place}`, { file: this.#file }, REMEDY);
  }
}

function isEntries(value: unknown): value is Entries {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

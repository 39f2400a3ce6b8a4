/** JSON kept as the text it was written as: single fields change, and not a character of anything else. */
import type { Node } from 'jsonc-parser';
import { applyEdits, findNodeAtLocation, modify, parseTree } from 'jsonc-parser';
import { withoutEnd } from '../../trim.ts';

export type JsonPath = readonly (string | number)[];

/** A field and its value, written as JSON. */
export type Field = readonly [name: string, json: string];

export class JsonText {
  readonly text: string;
  readonly #root: Node;

  private constructor(text: string, root: Node) {
    this.text = text;
    this.#root = root;
  }

  /** Null for what is no JSON object, such as a file with Python's NaN in it: it is then best left alone. */
  static read(text: string): JsonText | null {
    const errors: unknown[] = [];
    const root = parseTree(text, errors as Parameters<typeof parseTree>[1]);
    return root?.type === 'object' && errors.length === 0 ? new JsonText(text, root) : null;
  }

  type(path: JsonPath): Node['type'] | 'absent' {
    return this.#node(path)?.type ?? 'absent';
  }

  /** `null` counts as absent, as it does in transformers' configs. */
  has(path: JsonPath): boolean {
    return !['absent', 'null'].includes(this.type(path));
  }

  /** The value as it is written: "1000000.0" stays that. */
  written(path: JsonPath): string | undefined {
    const node = this.#node(path);
    return node && this.text.slice(node.offset, node.offset + node.length);
  }

  value(path: JsonPath): unknown {
    const written = this.written(path);
    return written === undefined ? undefined : (JSON.parse(written) as unknown);
  }

  /** With these fields in the object at `path`: one that is there gets the value, others follow its last, indented alike. */
  with(path: JsonPath, fields: readonly Field[]): JsonText {
    return fields.reduce<JsonText>((json, field) => json.#withField(path, field), this);
  }

  without(path: JsonPath): JsonText {
    return this.#reread(applyEdits(this.text, modify(this.text, [...path], undefined, {})));
  }

  #withField(path: JsonPath, [name, json]: Field): JsonText {
    const old = this.#node([...path, name]);
    if (old) return this.#splice(old.offset, old.length, json);
    const object = this.#node(path);
    if (object?.type !== 'object') throw new TypeError(`${path.join('.')} is not an object`);
    const last = object.children?.at(-1);
    const field = `${JSON.stringify(name)}: ${json}`;
    if (!last) return this.#splice(object.offset + 1, 0, field);
    const space = this.text.slice(object.offset + 1, last.offset);
    const before = space.slice(withoutEnd(space, /[ \t\r\n]/).length);
    return this.#splice(last.offset + last.length, 0, `,${before === '' ? ' ' : before}${field}`);
  }

  #splice(at: number, length: number, json: string): JsonText {
    return this.#reread(this.text.slice(0, at) + json + this.text.slice(at + length));
  }

  #reread(text: string): JsonText {
    const json = JsonText.read(text);
    if (!json) throw new TypeError('an edit left no JSON');
    return json;
  }

  #node(path: JsonPath): Node | undefined {
    return findNodeAtLocation(this.#root, [...path]);
  }
}

/** An object that stood within another, as a file of its own: its lines are moved to the left. */
export function dedented(json: string): string {
  const indent = /\n([ \t]*)\S[^\n]*$/.exec(json)?.[1] ?? '';
  return `${json.replaceAll(`\n${indent}`, '\n')}\n`;
}

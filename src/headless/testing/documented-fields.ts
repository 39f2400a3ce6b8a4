/** The tables of docs/results.md as trees of fields, and what of a written value they do not say. */
import type * as v from 'valibot';

export interface Field {
  optional: boolean;
  /** One of JSON's types, `object` and `any` for what is free in form; undefined until a row says it. */
  type?: string;
  readonly keys: Map<string, Field>;
  /** Of a key that depends on the work. */
  any?: Field;
  /** Of each element. */
  items?: Field;
}

const field = (): Field => ({ optional: false, keys: new Map() });

/** By heading: `Part \`Interval\`` → "Part Interval", each with the table that stands below it. */
export function documentedFields(markdown: string): ReadonlyMap<string, Field> {
  const tables = markdown
    .split(/^#{2,3} /m)
    .flatMap((section): [string, readonly (readonly string[])[]][] => {
      const [heading = '', ...lines] = section.split('\n');
      const rows = lines
        .filter((line) => line.startsWith('| `'))
        .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
      return rows.length === 0 ? [] : [[heading.replaceAll('`', ''), rows]];
    });
  const rowsOf = new Map(tables);
  const build = (rows: readonly (readonly string[])[], root: Field): Field => {
    for (const [, path = '', type = ''] of rows) {
      const place = at(root, path.replaceAll('`', ''));
      const part = rowsOf.get(`Part ${type}`);
      if (part) build(part, place);
      else place.type = type;
    }
    return root;
  };
  return new Map(tables.map(([heading, rows]) => [heading, build(rows, field())]));
}

function at(root: Field, path: string): Field {
  let place = root;
  for (const segment of path.split('.')) {
    const name = segment.replace(/\[\]|\?/g, '');
    const isKey = name.startsWith('{');
    const next = (isKey ? place.any : place.keys.get(name)) ?? field();
    if (isKey) place.any = next;
    else place.keys.set(name, next);
    next.optional ||= segment.includes('?');
    place = next;
    for (const _ of segment.matchAll(/\[\]/g)) place = place.items ??= field();
  }
  return place;
}

/** Where a value and its table disagree, as sentences; empty where it is as documented. `null` stands for whatever is not there. */
export function undocumented(value: unknown, { type, keys, any, items }: Field, path = ''): string[] {
  if (value === null || type === 'any' || (type === 'object' && typeof value === 'object')) return [];
  if (Array.isArray(value)) {
    if (!items) return [`${path} is a list`];
    return value.flatMap((item) => undocumented(item, items, `${path}[]`));
  }
  if (typeof value !== 'object') return typeof value === type ? [] : [`${path} is a ${typeof value}`];
  const own = value as Readonly<Record<string, unknown>>;
  const missing = [...keys].filter(([key, { optional }]) => !optional && !Object.hasOwn(own, key));
  return [
    ...missing.map(([key]) => `${path}.${key} is not written`),
    ...Object.entries(own).flatMap(([key, item]) => {
      const child = keys.get(key) ?? any;
      return child ? undocumented(item, child, `${path}.${key}`) : [`${path}.${key} is not documented`];
    }),
  ];
}

type Schema = v.GenericSchema & {
  readonly entries?: Readonly<Record<string, Schema>>;
  readonly item?: Schema;
  readonly value?: Schema;
  readonly wrapped?: Schema;
};

/** The same of a schema of records: both say the same fields, and the same of them may be left out. */
export function disagreements(schema: v.GenericSchema, { keys, any, items }: Field, path = ''): string[] {
  const { type, entries, item, value, wrapped } = schema as Schema;
  if (wrapped) return disagreements(wrapped, { optional: false, keys, any, items } as Field, path);
  if (type === 'array')
    return items ? disagreements(item as Schema, items, `${path}[]`) : [`${path} is a list`];
  if (type === 'record')
    return any ? disagreements(value as Schema, any, `${path}.{}`) : [`${path} has keys`];
  if (!entries) return keys.size > 0 || any || items ? [`${path} has no fields`] : [];
  const names = new Set([...keys.keys(), ...Object.keys(entries)]);
  return [...names].flatMap((name) => {
    const [known, entry] = [keys.get(name), entries[name]];
    if (!known || !entry) return [`${path}.${name} is ${known ? 'not in records' : 'not documented'}`];
    if (known.optional !== (entry.type === 'exact_optional'))
      return [`${path}.${name}: who may leave it out?`];
    return disagreements(entry, known, `${path}.${name}`);
  });
}

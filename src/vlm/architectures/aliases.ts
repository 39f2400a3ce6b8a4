import type { JsonFields } from '../json-fields.ts';
import { aliasedCount, writerOf } from '../vision-config.ts';

/** The first release that reads `attribute_map` of the vision towers' classes; earlier ones keep such a field and do not use it. */
const SINCE = { major: 5, minor: 17 } as const;

/** Blocks and heads of a tower, which later releases also take as `num_hidden_layers` and `num_attention_heads`. */
export function aliasedCounts(
  fields: JsonFields,
  root: JsonFields,
  defaults: { readonly depth: number; readonly num_heads: number },
): { readonly depth: number; readonly heads: number; readonly notices: readonly string[] } {
  const notices: string[] = [];
  const count = (name: 'depth' | 'num_heads', alias: string): number =>
    aliasedCount(fields, { name, alias, since: SINCE, fallback: defaults[name] }, writerOf(root), notices);
  return {
    depth: count('depth', 'num_hidden_layers'),
    heads: count('num_heads', 'num_attention_heads'),
    notices,
  };
}

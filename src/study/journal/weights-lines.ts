/** What weights held when a journal's records were computed: a fingerprint compares spots, so that a journal file says it besides. */
import * as v from 'valibot';
import { roleOfWeights } from '../../identity/identify.ts';
import { NamedError } from '../../named-error.ts';
import type { WeightsLedger } from '../weights/ledger.ts';
import type { Description } from './description.ts';
import { lineOf, valueOf } from './lines.ts';

const HASH = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
/** Of one checkpoint: hashes of the tensors that were read whole, by canonical name. */
const SHAPE = v.strictObject({ weights: v.string(), tensors: v.record(v.string(), HASH) });

/** Lines of a journal file that say what was known of the weights, one a checkpoint. */
export async function weightsLines(
  ledger: WeightsLedger,
  key: string,
  { inputs }: Description,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const lines: Uint8Array<ArrayBuffer>[] = [];
  for (const weights of fingerprintsOf(inputs)) {
    const tensors = Object.fromEntries(await ledger.known(weights));
    if (Object.keys(tensors).length === 0) continue;
    const line = await lineOf(placeOf(key), JSON.stringify({ weights, tensors }));
    lines.push(new TextEncoder().encode(line));
  }
  return lines;
}

/**
 * Takes such a line over into the ledger; later reading holds the weights here against it.
 *
 * @returns whether the line is one
 * @throws NamedError `OtherWeights` where a tensor is known here with another hash
 */
export async function takeWeights(
  ledger: WeightsLedger,
  key: string,
  { inputs }: Description,
  line: Uint8Array<ArrayBuffer>,
  file: string,
): Promise<boolean> {
  const said = await valueOf(placeOf(key), line);
  if (!v.is(SHAPE, said) || !fingerprintsOf(inputs).has(said.weights)) return false;
  const known = await ledger.known(said.weights);
  const theirs = new Map(Object.entries(said.tensors));
  for (const [tensor, hash] of theirs)
    if ((known.get(tensor) ?? hash) !== hash)
      throw new NamedError(
        'OtherWeights',
        `the journal was computed from weights that differ from those here between the spots that a fingerprint compares`,
        { file, tensor },
        'open the checkpoint that it was begun with',
      );
  await ledger.note(said.weights, theirs);
  return true;
}

function placeOf(key: string): string {
  return `${key}/weights.jsonl`;
}

function fingerprintsOf(inputs: Description['inputs']): ReadonlySet<string> {
  return new Set(
    Object.entries(inputs).flatMap(([name, input]) => (roleOfWeights(name) === null ? [] : [input])),
  );
}

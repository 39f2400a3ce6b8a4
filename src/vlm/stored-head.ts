/** Which stored matrix is the head, where config.json ties it to the embeddings: what the files hold decides. */
import type { CheckpointFiles } from '../checkpoint/byte-source.ts';
import type { Checkpoint, OpenOptions, TensorEntry } from '../checkpoint/checkpoint.ts';
import { openCheckpoint } from '../checkpoint/checkpoint.ts';
import { equalTensors } from '../checkpoint/equal-tensors.ts';
import { readJsonFile } from '../checkpoint/small-file.ts';
import { EMBEDDINGS, HEAD } from '../checkpoint/tensor-place.ts';
import { sha256OfText } from '../work/sha256.ts';

/**
 * Opens a folder's weights with the head found, for work that wants no model: `resolveHead` over `openCheckpoint`.
 *
 * @throws NamedError those of `openCheckpoint`, `readJsonFile` and `resolveHead`
 */
export async function openWeights(files: CheckpointFiles, options: OpenOptions = {}): Promise<Checkpoint> {
  const checkpoint = await openCheckpoint(files, options);
  if (!checkpoint.tensors.has(HEAD)) return checkpoint;
  return resolveHead(checkpoint, tiesEmbeddings(await readJsonFile(files, 'config.json')), options.signal);
}

/** The checkpoint as its updates are compared: a stored head that repeats the embeddings is left out, as where none is stored. */
export function withoutRepeatedHead(checkpoint: Checkpoint): Checkpoint {
  if (!checkpoint.tiedHead || !checkpoint.tensors.has(HEAD)) return checkpoint;
  return { ...checkpoint, tensors: new Map([...checkpoint.tensors].filter(([name]) => name !== HEAD)) };
}

/** Whether a parsed config.json ties, at either level, as transformers reads it; one that says nothing does not. */
function tiesEmbeddings(config: unknown): boolean {
  const field = (json: unknown, name: string): unknown =>
    typeof json === 'object' && json !== null ? (json as Record<string, unknown>)[name] : undefined;
  return [config, field(config, 'text_config')].some((level) => field(level, 'tie_word_embeddings') === true);
}

/**
 * The checkpoint as transformers 5 reads it (`tie_weights` of modeling_utils.py, 5.24) where `tied` says that its
 * config ties the head to the embeddings:
 *
 * - both are stored and equal, value by value: tied; the stored head is a repetition;
 * - both are stored and differ: the head is a matrix of its own, which transformers 4 never reads;
 * - only the head is stored: it becomes the embeddings, under their name.
 *
 * What was found is in `tiedHead` and in the notices. A head of its own makes another fingerprint: under the same
 * one, answers and converted weights of a model with the embeddings for a head may have been kept.
 *
 * Two matrices that are equal are read whole for it (a 7B's: 2.2 GB); two that differ, as far as the first difference. A
 * checkpoint whose head was found before is given back as it is.
 *
 * @throws NamedError `Cancelled`, those of `equalTensors`
 */
export async function resolveHead(
  checkpoint: Checkpoint,
  tied: boolean,
  signal?: AbortSignal,
): Promise<Checkpoint> {
  if (checkpoint.tiedHead !== undefined) return checkpoint;
  const head = checkpoint.tensors.get(HEAD);
  if (!tied) return { ...checkpoint, tiedHead: false };
  if (!head) return { ...checkpoint, tiedHead: true };
  const embeddings = checkpoint.tensors.get(EMBEDDINGS);
  if (!embeddings)
    return withNotice({ ...checkpoint, tensors: renamed(checkpoint, head), tiedHead: true }, ALONE);
  if (await equalTensors(checkpoint, head, embeddings, signal)) {
    return withNotice({ ...checkpoint, tiedHead: true }, REPEATED);
  }
  const fingerprint = await ownHeadFingerprint(checkpoint.fingerprint);
  return withNotice({ ...checkpoint, fingerprint, tiedHead: false }, OWN);
}

const REPEATED = `tie_word_embeddings is true, and ${HEAD} is stored all the same; it equals ${EMBEDDINGS}, and the head is tied.`;
const OWN =
  `tie_word_embeddings is true, but ${HEAD} and ${EMBEDDINGS} are both stored and differ: ${HEAD} is the head, as in ` +
  'transformers 5; transformers 4 takes the embeddings for it and answers otherwise. With tie_word_embeddings false, both read what is read here.';
const ALONE =
  `tie_word_embeddings is true, and of the two matrices only ${HEAD} is stored: it is the embeddings too, as in ` +
  'transformers 5; transformers 4 cannot run the folder.';

function withNotice(checkpoint: Checkpoint, text: string): Checkpoint {
  return { ...checkpoint, notices: [...checkpoint.notices, { file: 'config.json', text }] };
}

function renamed({ tensors }: Checkpoint, head: TensorEntry): ReadonlyMap<string, TensorEntry> {
  const entry = (name: string, found: TensorEntry): [string, TensorEntry] =>
    found === head ? [EMBEDDINGS, { ...head, name: EMBEDDINGS }] : [name, found];
  return new Map([...tensors].map(([name, found]) => entry(name, found)));
}

function ownHeadFingerprint(fingerprint: string): Promise<string> {
  return sha256OfText(`${fingerprint} own head`);
}

import * as v from 'valibot';
import { NamedError } from './named-error.mjs';

/** The lines of `headless worker`, one JSON each: what it reads from stdin, and what it writes to stdout. */

const ID = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const TEXT = v.pipe(v.string(), v.minLength(1));

/** A command to run: its words as a shell would have split them, and where its journals lie. */
const RUN = v.strictObject({
  id: ID,
  words: v.pipe(v.array(v.string()), v.minLength(1)),
  journal: v.optional(TEXT),
});

/** Ends the request of this id, running or waiting. */
const CANCEL = v.strictObject({ id: ID, cancel: v.literal(true) });

export const REQUEST = v.union([RUN, CANCEL]);

/** Every line that the worker writes. id null: of a line that is no request, or takes an id that is in use. */
export const ANSWER = v.union([
  v.strictObject({ ready: v.literal(true), version: TEXT }),
  v.strictObject({ id: ID, progress: v.string() }),
  v.strictObject({ id: ID, exit: v.literal(0), seconds: v.number() }),
  v.strictObject({
    id: v.nullable(ID),
    exit: v.picklist([1, 2, 3, 4]),
    error: TEXT,
    seconds: v.optional(v.number()),
  }),
]);

/** @typedef {v.InferOutput<typeof RUN>} RunRequest */
/** @typedef {v.InferOutput<typeof REQUEST>} WorkerRequest */
/** @typedef {v.InferOutput<typeof ANSWER>} WorkerAnswer */

/** A line that is no request; its id, where it has one. */
export class BadRequest extends NamedError {
  /**
   * @param {string} what
   * @param {string} remedy
   * @param {string | null} [id]
   */
  constructor(what, remedy, id = null) {
    super('BadRequest', what, '', remedy);
    this.id = id;
  }
}

const REMEDY = 'give one JSON object a line: {"id": …, "words": […]} or {"id": …, "cancel": true}';

/**
 * @param {Buffer | null} line null: one that was too long
 * @returns {WorkerRequest}
 * @throws {BadRequest}
 */
export function readRequest(line) {
  if (line === null) throw new BadRequest('the line is longer than 1 MiB', REMEDY);
  /** @type {unknown} */
  let given;
  try {
    given = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line));
  } catch {
    throw new BadRequest('the line is not JSON in UTF-8', REMEDY);
  }
  const { id, cancel } = /** @type {{id?: unknown, cancel?: unknown}} */ (given ?? {});
  const checked = v.safeParse(cancel === undefined ? RUN : CANCEL, given);
  if (checked.success) return checked.output;
  const [issue] = checked.issues;
  const field = v.getDotPath(issue);
  const what = field === null ? issue.message : `${field}: ${issue.message}`;
  throw new BadRequest(what, REMEDY, v.is(ID, id) ? id : null);
}

const NEWLINE = 10;

/** A request is a few words; whoever sends more has lost a newline. */
const MOST_BYTES = 2 ** 20;

/**
 * Cuts what comes in pieces into lines, without their ends. A line that is too long is told once, without its text, and never held whole.
 */
export class LineCutter {
  /** @type {Buffer[]} */
  #pieces = [];
  #bytes = 0;
  #onLine;
  #most;

  /**
   * @param {(line: Buffer | null) => void} onLine null: one that was too long
   * @param {number} [most] bytes
   */
  constructor(onLine, most = MOST_BYTES) {
    this.#onLine = onLine;
    this.#most = most;
  }

  /** @param {Buffer} piece */
  push(piece) {
    let start = 0;
    for (let end = piece.indexOf(NEWLINE); end !== -1; end = piece.indexOf(NEWLINE, start)) {
      this.#hold(piece.subarray(start, end));
      this.#tell();
      start = end + 1;
    }
    this.#hold(piece.subarray(start));
  }

  /** No more comes: what is held is the last line. */
  end() {
    if (this.#bytes > 0) this.#tell();
  }

  /** @param {Buffer} part */
  #hold(part) {
    this.#bytes += part.length;
    if (this.#bytes > this.#most) this.#pieces = [];
    else if (part.length > 0) this.#pieces.push(part);
  }

  #tell() {
    const line = this.#bytes > this.#most ? null : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#bytes = 0;
    this.#onLine(line);
  }
}

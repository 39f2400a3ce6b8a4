/** Chunks or boxes that are gone through; the largest pictures there are have some ten thousand. */
export const MAX_PARTS = 2 ** 20;

/** A file of more parts than `MAX_PARTS`, each counted as often as it is come by. */
export class TooManyParts extends Error {}

/** Numbers and names in a picture's header. What lies beyond the end reads as nothing: NaN, or an empty name. */
export class HeaderReader {
  readonly length: number;
  readonly #view: DataView;
  #parts = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.length = bytes.byteLength;
  }

  u8(at: number): number {
    return this.#holds(at, 1) ? this.#view.getUint8(at) : NaN;
  }

  u16(at: number, little = false): number {
    return this.#holds(at, 2) ? this.#view.getUint16(at, little) : NaN;
  }

  u24(at: number): number {
    return this.u16(at, true) + 2 ** 16 * this.u8(at + 2);
  }

  u32(at: number, little = false): number {
    return this.#holds(at, 4) ? this.#view.getUint32(at, little) : NaN;
  }

  i32(at: number, little = false): number {
    return this.#holds(at, 4) ? this.#view.getInt32(at, little) : NaN;
  }

  ascii(at: number, length: number): string {
    if (!this.#holds(at, length)) return '';
    return String.fromCharCode(...new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, length));
  }

  /** The name of a chunk or box. @throws TooManyParts */
  part(at: number): string {
    this.#parts += 1;
    if (this.#parts > MAX_PARTS) throw new TooManyParts();
    return this.ascii(at, 4);
  }

  #holds(at: number, length: number): boolean {
    return at >= 0 && at + length <= this.length;
  }
}

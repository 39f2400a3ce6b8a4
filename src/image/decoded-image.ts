/** Interleaved 8-bit RGB, row by row. */
export interface DecodedImage {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

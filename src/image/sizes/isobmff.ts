/** Sizes in files of boxes: AVIF and HEIF. */
import type { ImageSize } from './image-size.ts';
import type { HeaderReader } from './reader.ts';

/** Boxes that hold boxes, and the bytes between their head and the first of those. */
const HOLDERS: Readonly<Record<string, number>> = {
  ...{ meta: 4, iprp: 0, ipco: 0, moov: 0, trak: 0, mdia: 0, minf: 0, stbl: 0, stsd: 8 },
};
/** Samples of a track, by the codec's name: the size lies behind 24 bytes. */
const SAMPLES: ReadonlySet<string> = new Set(['av01', 'hvc1', 'hev1']);
/** What holds what is four deep; the bound keeps hostile files off the stack. */
const MAX_DEPTH = 12;

/** Every item's extent (`ispe`), and those of the tracks of a sequence. */
export function* boxSizes(file: HeaderReader, from = 0, end = file.length, depth = 0): Generator<ImageSize> {
  for (let at = from; at + 8 <= end;) {
    const name = file.part(at + 4);
    let length = file.u32(at);
    let head = 8;
    if (length === 1) {
      length = 2 ** 32 * file.u32(at + 8) + file.u32(at + 12);
      head = 16;
    }
    if (length === 0) length = end - at;
    if (!(length >= head)) return;
    const data = at + head;
    if (name === 'ispe') yield { width: file.u32(data + 4), height: file.u32(data + 8) };
    if (SAMPLES.has(name)) yield { width: file.u16(data + 24), height: file.u16(data + 26) };
    const skip = Object.hasOwn(HOLDERS, name) ? HOLDERS[name] : undefined;
    if (skip !== undefined && depth < MAX_DEPTH)
      yield* boxSizes(file, data + skip, Math.min(end, at + length), depth + 1);
    at += length;
  }
}

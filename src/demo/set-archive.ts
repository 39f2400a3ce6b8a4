/** Reads the archives in which the committed sets travel: ZIP, as `scripts/vite/data-sets.mjs` writes them. */
import { unzipSync } from 'fflate';
import { NamedError } from '../named-error.ts';

/**
 * The files of an archive by path.
 *
 * @throws NamedError `DamagedArchive` where it is none (a host that answers every address with its page), or not whole
 */
export async function readSetArchive(archive: Blob, file: string): Promise<ReadonlyMap<string, Blob>> {
  const bytes = new Uint8Array(await archive.arrayBuffer());
  try {
    return new Map(
      Object.entries(unzipSync(bytes)).map(([path, content]) => [
        path,
        new Blob([content], { type: mediaType(path) }),
      ]),
    );
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NamedError(
      'DamagedArchive',
      `its ${bytes.length} bytes are not a whole ZIP archive (${reason})`,
      { file },
      'reload the page; if it stays, build the app again',
      { cause },
    );
  }
}

function mediaType(path: string): string {
  return path.endsWith('.png') ? 'image/png' : 'application/x-ndjson';
}

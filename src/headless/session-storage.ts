import { placeRefusal } from '../merge/output/space.ts';
import { NamedError } from '../named-error.ts';
import type { LineStorage } from '../study/journal/storage.ts';

/** The status of a file that is not there. */
const NOTHING = 204;
/** The status of what the disk refused: its facts come as JSON. */
const REFUSED = 507;
const CHOICE = 'name another folder with FRANKENSCOPE_CACHE';

function refusal(status: number, text: string): Error {
  if (status !== REFUSED) return new Error(text);
  const { code, folder, free } = JSON.parse(text) as { code: string; folder: string; free: number | null };
  const refused = placeRefusal(code, { place: folder, free, choice: CHOICE });
  if (!refused) return new Error(text);
  return new NamedError('JournalFailed', `results cannot be kept: ${refused.what}`, {}, refused.remedy);
}

/**
 * Journals on the disk, over the headless command's server: they outlive its browser, so that a rerun resumes.
 * @param session the address below which it answers (`scripts/session.mjs`)
 */
export function sessionStorage(session: string): LineStorage {
  const request = async (method: string, path: string, body?: Uint8Array<ArrayBuffer>): Promise<Response> => {
    const response = await fetch(`${session}journal${path}`, { method, ...(body ? { body } : {}) });
    if (response.ok) return response;
    throw refusal(response.status, await response.text());
  };
  return {
    list: async () => (await (await request('GET', '')).json()) as { key: string; bytes: number }[],
    read: async (key, file) => {
      const response = await request('GET', `/${key}/${file}`);
      return response.status === NOTHING ? null : new Uint8Array(await response.arrayBuffer());
    },
    readPart: async (key, file, start, end) => {
      const response = await request('GET', `/${key}/${file}?start=${start}&end=${end}`);
      return new Uint8Array(await response.arrayBuffer());
    },
    append: async (key, file, bytes) => void (await request('POST', `/${key}/${file}`, bytes)),
    remove: async (key) => void (await request('DELETE', `/${key}`)),
  };
}

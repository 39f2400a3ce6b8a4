/** The files of a repository of a hub, all of one commit. */
import * as v from 'valibot';
import { foldersOf } from '../checkpoint/dropped-folders.ts';
import { ServedFile } from '../checkpoint/served-file.ts';
import { is, object, readShape } from '../json-shape.ts';
import { askJson, badListing } from './answers.ts';
import { type ListedFile, type ListedFolder, MOST_LISTED } from './listing.ts';
import type { Place } from './address.ts';
import type { Server } from './server.ts';

const MOST_PAGES = 100;

const COMMIT = v.pipe(v.string(is('a text')), v.regex(/^[0-9a-f]{40,64}$/, is('a commit')));
const BYTES = v.pipe(
  v.number(is('a number')),
  v.safeInteger(is('a count of bytes')),
  v.minValue(0, is('a count of bytes')),
);
const REVISION = object({ sha: COMMIT });
const TREE = v.array(
  object({
    type: v.string(is('a text')),
    path: v.string(is('a text')),
    size: v.optional(BYTES, 0),
    lfs: v.nullish(
      object({
        oid: v.pipe(v.string(is('a text')), v.regex(/^[0-9a-f]{64}$/, is('a SHA-256'))),
        size: BYTES,
      }),
    ),
  }),
  is('a list'),
);

/**
 * Looks the revision up first, so that what is listed and read later is of one commit, whatever is pushed meanwhile; then the
 * tree, page by page. A repository may hold several checkpoints in folders of their own; hidden files are left out.
 *
 * @throws NamedError `BadListing`, those of `Server.ask` and `checkStatus`
 */
export async function listRepository(
  { hub, id, revision }: Extract<Place, { kind: 'repository' }>,
  server: Server,
  signal?: AbortSignal,
): Promise<readonly ListedFolder[]> {
  const wrong = (what: string, field: string | undefined) =>
    badListing(`${field === undefined ? '' : `${field}: `}${what}`, id);
  const at = new URL(`api/models/${id}/revision/${encodeURIComponent(revision)}`, hub);
  const { sha: commit } = readShape(REVISION, (await askJson(server, at, id, signal)).json, wrong);
  const listed: ListedFile[] = [];
  let next: URL | null = new URL(`api/models/${id}/tree/${commit}?recursive=true`, hub);
  for (let page = 0; next; page += 1) {
    if (page === MOST_PAGES || listed.length > MOST_LISTED)
      throw badListing(`more than ${MOST_LISTED} files, or ${MOST_PAGES} pages of them`, id);
    const { json, headers } = await askJson(server, next, id, signal);
    for (const { type, path, size, lfs } of readShape(TREE, json, wrong)) {
      if (type !== 'file') continue;
      const url = new URL(
        `${id}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`,
        hub,
      );
      listed.push({ path, url, bytes: lfs?.size ?? size, ...(lfs ? { sha256: lfs.oid } : {}) });
    }
    next = nextPage(headers.get('link'), next, id);
  }
  return intoFolders(listed, id, commit);
}

/** RFC 8288: `<address>; rel="next"`. A token must not be led to another host. */
function nextPage(link: string | null, page: URL, id: string): URL | null {
  const [, address] = /<([^<>]+)>;[^<]*rel="?next"?/.exec(link ?? '') ?? [];
  if (address === undefined) return null;
  const url = URL.canParse(address, page) ? new URL(address, page) : null;
  if (url?.origin === page.origin) return url;
  throw badListing(`its next page, "${address}", is on another host`, id);
}

function intoFolders(listed: readonly ListedFile[], id: string, commit: string): readonly ListedFolder[] {
  const byPath = new Map(listed.map((file) => [file.path, file]));
  const dropped = listed.map(({ path, bytes }) => ({
    path,
    source: new ServedFile({ folder: '', path, name: path, size: bytes }),
  }));
  return foldersOf(dropped).folders.map(({ path: root, files }) => {
    const inside = [...files].flatMap(([path, source]) => {
      const file = byPath.get((source as ServedFile).path);
      return file ? [{ ...file, path }] : [];
    });
    const bytes = inside.reduce((sum, file) => sum + file.bytes, 0);
    return { name: root === '' ? id : `${id}/${root}`, files: inside, bytes, commit };
  });
}

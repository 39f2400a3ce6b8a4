/** What a person types to open a checkpoint from a server. */
import { NamedError } from '../named-error.ts';
import { publicAddress } from '../remote/public-address.ts';
import { withoutEnd } from '../trim.ts';

/** What a repository is read at where nobody says otherwise. */
export const DEFAULT_REVISION = 'main';

/** Where repositories are looked up unless another is named. */
export const HUB = 'https://huggingface.co';

export interface TypedAddress {
  /** `org/name`, `org/name@revision`, a repository's page, or the address of a folder, an index or a weight file. */
  readonly address: string;
  /** Branch, tag or commit; empty: `main`, or what stands behind the `@`. */
  readonly revision: string;
  /** Base address of the hub, or of a mirror of it. */
  readonly hub: string;
}

/** A repository of a hub, or files that lie beside each other. */
export type Place =
  | { readonly kind: 'repository'; readonly hub: URL; readonly id: string; readonly revision: string }
  | {
      readonly kind: 'folder';
      /** Ends with a slash. */
      readonly base: URL;
      /** What of it was named; undefined where the folder was. */
      readonly file?: string;
      /** What every address below it carries, a ticket perhaps; begins with `?`, or is empty. */
      readonly search: string;
    };

const REPOSITORY = /^(\w[\w.-]*\/\w[\w.-]*)(?:@([\w./-]+))?$/;
/** A repository's page as a browser shows it. */
const PAGE = /^(\w[\w.-]*\/\w[\w.-]*)(?:\/tree\/([\w.-]+))?$/;

/** @throws NamedError `BadAddress` for what is no repository and no address that a page may read */
export function placeOf({ address, revision, hub }: TypedAddress): Place {
  const text = address.trim();
  const base = readableAddress(hub.trim() === '' ? HUB : hub, 'hub');
  base.pathname = `${withoutEnd(base.pathname, /\//)}/`;
  const [, id, behind] = REPOSITORY.exec(text) ?? [];
  if (id !== undefined) return repository(base, id, revision, behind);
  const url = readableAddress(text, 'address');
  const path = withoutEnd(url.pathname.slice(base.pathname.length), /\//);
  const [, shown, tree] = (url.origin === base.origin && PAGE.exec(path)) || [];
  if (shown !== undefined) return repository(base, shown, revision, tree);
  url.hash = '';
  const { search } = url;
  url.search = '';
  const last = url.pathname.slice(url.pathname.lastIndexOf('/') + 1);
  if (/\.(?:json|safetensors|gguf)$/.test(last))
    return { kind: 'folder', base: new URL('.', url), file: decodeURIComponent(last), search };
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return { kind: 'folder', base: url, search };
}

function repository(hub: URL, id: string, typed: string, named: string | undefined): Place {
  const revision = typed.trim() === '' ? (named ?? DEFAULT_REVISION) : typed.trim();
  return { kind: 'repository', hub, id, revision };
}

/** As the content policy of the page allows it: encrypted, or on the user's own machine. */
function readableAddress(address: string, field: string): URL {
  const url = URL.canParse(address.trim()) ? new URL(address.trim()) : null;
  const local = url?.hostname === 'localhost' || url?.hostname === '127.0.0.1';
  if (url && url.username + url.password === '') {
    if (url.protocol === 'https:' || (url.protocol === 'http:' && local)) return url;
  }
  throw new NamedError(
    'BadAddress',
    `"${publicAddress(address)}" is no repository (org/name) and no address that this page may read`,
    { field },
    'give org/name, https://…, or http://localhost or http://127.0.0.1 for a server on this machine; a token has its own field',
  );
}

import { cacheRemedy } from '../../../scripts/hub-cache-messages.mjs';
import { listing } from '../../checkpoint/listing.ts';
import { NamedError } from '../../named-error.ts';

/** The cache calls a snapshot by its commit. */
const COMMIT = /^[0-9a-f]{40}$/;

/** Folders of links are empty to a browser: Chromium lists no symbolic link, neither dropped nor chosen. */
export function nothingListed(folders: readonly string[]): NamedError {
  const [folder = ''] = folders;
  const which = folders.length < 2 ? 'the folder lists' : `${folders.length} folders list`;
  return new NamedError(
    'NothingListed',
    `${which} no files: empty, or made of links, as in the Hugging Face cache, and browsers do not follow links`,
    folder === '' ? {} : { file: listing(folders) },
    COMMIT.test(folder) ? `drop models--OWNER--NAME, which holds it, or ${cacheRemedy()}` : cacheRemedy(),
  );
}

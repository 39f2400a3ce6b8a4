import { nameFiles } from '../../reading/client.ts';
import { lookUpSizes } from '../../reading/look-up-sizes.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import { asJobIfLong } from '../state/long-job.ts';
import type { Gathered } from './folder.ts';
import { type Folders, intoFolders } from './folders.ts';
import { t } from './texts.ts';

/**
 * As `intoFolders`; blobs of a hub cache are read by a worker, and the job bar offers to give it up.
 *
 * @throws NamedError those of `intoFolders`; `Cancelled`
 */
export async function openFolders(gathered: Gathered, jobs: Jobs): Promise<Folders> {
  await lookUpSizes(gathered.files.map(({ file }) => file));
  return asJobIfLong(jobs, t.readingCache, (work) =>
    intoFolders(gathered, (blobs) => nameFiles(blobs, work)),
  );
}

import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { repositoryOf, severalSnapshots, cacheRemedy } from './hub-cache-messages.mjs';
import { NamedError } from './named-error.mjs';

/** Folders of a repository in the cache beside which its snapshots lie. */
const PARTS = ['blobs', 'refs', 'snapshots'];

/** Files that change what a model says: one that is a link to nothing is never passed over. */
const MEANT =
  /^(?:config|generation_config|(?:pre)?processor_config|tokenizer|tokenizer_config)\.json$|^chat_template\.|\.safetensors(?:\.index\.json)?$/;

/**
 * The snapshot that a path into the Hugging Face cache means: `…/models--OWNER--NAME`, one of its parts, a snapshot
 * itself, or a cache that holds one model. Undefined for any other folder.
 * @param {string} folder an existing folder, absolute
 * @param {string} flag for errors, with its dashes
 * @returns {{name: string, folder: string} | undefined} the name is OWNER/NAME
 * @throws {NamedError} SeveralSnapshots, SeveralRepositories, NoSnapshot
 */
export function snapshotOf(folder, flag) {
  const parent = dirname(folder);
  const [own, above] = [repositoryOf(basename(folder)), repositoryOf(basename(parent))];
  if (own !== undefined) return only(folder, own, flag);
  if (above !== undefined && PARTS.includes(basename(folder))) return only(parent, above, flag);
  const snapshots = repositoryOf(basename(dirname(parent)));
  if (snapshots !== undefined && basename(parent) === 'snapshots') return { name: snapshots, folder };

  if (existsSync(join(folder, 'config.json'))) return undefined;
  const models = foldersIn(folder).filter((name) => repositoryOf(name) !== undefined);
  const [model, ...others] = models;
  if (model === undefined) return undefined;
  if (others.length > 0)
    throw new NamedError(
      'SeveralRepositories',
      `"${folder}" is a cache of ${models.length} models: ${models.join(', ')}`,
      flag,
      'give the folder of one of them',
    );
  return only(join(folder, model), repositoryOf(model) ?? model, flag);
}

/**
 * The only snapshot of a repository, or of several the one that refs/main names.
 * @param {string} folder
 * @param {string} repository OWNER/NAME
 * @param {string} flag
 */
function only(folder, repository, flag) {
  const snapshots = join(folder, 'snapshots');
  const commits = foldersIn(snapshots).filter((commit) => readdirSync(join(snapshots, commit)).length > 0);
  const main = commits.length > 1 ? mainCommit(folder) : commits[0];
  if (main !== undefined && commits.includes(main))
    return { name: repository, folder: join(snapshots, main) };
  if (commits.length > 0)
    throw new NamedError(
      'SeveralSnapshots',
      severalSnapshots(repository, commits),
      `${flag} › ${folder}`,
      `give one of its folders below snapshots, or ${cacheRemedy(repository)}`,
    );
  throw new NamedError(
    'NoSnapshot',
    `the cache holds no snapshot of ${repository}`,
    `${flag} › ${folder}`,
    `download it ("hf download ${repository}")`,
  );
}

/**
 * Files that a model cannot do without are never passed over because their link leads nowhere, as in a snapshot copied
 * without its blobs.
 * @param {string} folder
 * @param {string} flag
 * @param {string} [repository] OWNER/NAME
 * @throws {NamedError} BrokenLinks
 */
export function refuseBrokenLinks(folder, flag, repository) {
  const broken = readdirSync(folder).filter((name) => {
    const path = join(folder, name);
    return MEANT.test(name) && lstatSync(path).isSymbolicLink() && !existsSync(path);
  });
  if (broken.length === 0) return;
  throw new NamedError(
    'BrokenLinks',
    `${broken.length === 1 ? 'a link leads' : 'links lead'} nowhere: ${broken.sort().join(', ')}`,
    `${flag} › ${folder}`,
    cacheRemedy(repository),
  );
}

/** @param {string} folder */
function mainCommit(folder) {
  try {
    return readFileSync(join(folder, 'refs', 'main'), 'utf8').trim();
  } catch {
    return undefined;
  }
}

/**
 * Names of the folders in a folder, links to folders included, sorted.
 * @param {string} folder
 */
function foldersIn(folder) {
  const isFolder = (/** @type {string} */ path) =>
    statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  if (!isFolder(folder)) return [];
  return readdirSync(folder)
    .sort()
    .filter((name) => isFolder(join(folder, name)));
}

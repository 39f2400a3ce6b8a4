/** Part folders that were given, checked against each other: what all of them say, and their records in the plan's order. */
import type * as v from 'valibot';
import { canonicalJson, type Json } from '../../identity/canonical-json.ts';
import { NamedError, shortened } from '../../named-error.ts';
import { version } from '../../version.ts';
import { SharedValue } from './own-lists.ts';
import { eachRecord, type PartFile, type PartFolder, readPart, refusal, sharedOf } from './part-file.ts';

const SAID = 8;

interface ReadFolder {
  readonly folder: PartFolder;
  /** What reading its records takes. */
  readonly file: Pick<PartFile, 'records'>;
}

export class GivenParts {
  readonly command: string;
  readonly works: PartFile['works'];
  /** What the plan of the whole is laid out of. */
  readonly given: Json;
  /** In the order of the parts. */
  readonly #folders: readonly ReadFolder[];

  private constructor(first: PartFile, given: Json, folders: readonly ReadFolder[]) {
    this.command = first.command;
    this.works = first.works;
    this.given = given;
    this.#folders = folders;
  }

  /**
   * @param folders in any order
   * @throws NamedError `MissingPart`, `DuplicatePart`, `OtherPart`; those of `readPart`
   */
  static async of(folders: readonly PartFolder[]): Promise<GivenParts> {
    const read = new Map<number, ReadFolder>();
    let first: { readonly folder: PartFolder; readonly file: PartFile } | null = null;
    let shared: SharedValue | null = null;
    // One after another: of what is laid out again no more than the first's is held.
    for (const folder of folders) {
      const file = await readPart(folder);
      first ??= { folder, file };
      if (file.version !== version)
        throw refusal(
          'OtherPart',
          `it is of version ${file.version}, and this is ${version}`,
          folder.name,
          'combine parts with the version that wrote them',
        );
      shared ??= new SharedValue(sharedOf(first.file));
      const { part, of } = file.shard;
      const twice = of === first.file.shard.of ? read.get(part) : undefined;
      if (twice)
        throw refusal(
          'DuplicatePart',
          `it is part ${part} of ${of}, as ${twice.folder.name} is`,
          folder.name,
          'give each part once',
        );
      const difference = shared.add(sharedOf(file));
      if (difference) {
        const said = (value: Json | undefined): string =>
          value === undefined ? 'nothing' : shortened(canonicalJson(value), 60);
        throw refusal(
          'OtherPart',
          `its ${difference.field} is ${said(difference.other)}, and that of ${first.folder.name} is ${said(difference.one)}`,
          folder.name,
          'combine parts of one command alone, with the same inputs, settings, version and number of parts',
        );
      }
      read.set(part, { folder, file: { records: file.records } });
    }
    if (!first || !shared)
      throw new NamedError('MissingPart', 'no part is given', {}, 'give every part folder');
    const { of } = first.file.shard;
    const missing = Array.from({ length: of }, (_, at) => at + 1).filter((part) => !read.has(part));
    if (missing.length > 0) throw missingParts(missing, of);
    const whole = shared.whole();
    if ('incomplete' in whole)
      throw refusal('PartDamaged', `no part has all of its ${whole.incomplete}`, first.folder.name);
    const { given } = whole.value as { readonly given: Json };
    const inTurn = [...read].sort(([a], [b]) => a - b).map(([, one]) => one);
    return new GivenParts(first.file, given, inTurn);
  }

  /**
   * All records of a kind, in the order of `keys`.
   *
   * @param keys of the plan: a record of another is foreign
   * @throws NamedError `MissingPart` of a record, `DuplicatePart` of one that two parts have, `PartDamaged`; those of `eachRecord`
   */
  async records<Record>(
    of: string,
    shape: v.GenericSchema<Record>,
    keys: Iterable<string>,
  ): Promise<ReadonlyMap<string, Record>> {
    const wanted = new Set(keys);
    const found = new Map<string, Record>();
    const from = new Map<string, string>();
    for (const { folder, file } of this.#folders)
      await eachRecord(folder, file, of, shape, (key, record) => {
        const { name } = folder;
        const said = shortened(JSON.stringify(key), 80);
        if (!wanted.has(key))
          throw refusal('PartDamaged', `its record ${said} of ${of} is none of the work`, name);
        if (found.has(key))
          throw refusal(
            'DuplicatePart',
            `its record ${said} of ${of} is in ${from.get(key) ?? ''}, too`,
            name,
          );
        found.set(key, record);
        from.set(key, name);
      });
    const missing = [...wanted].find((key) => !found.has(key));
    if (missing !== undefined)
      throw new NamedError(
        'MissingPart',
        `no part has the record ${shortened(JSON.stringify(missing), 80)} of ${of}`,
        {},
        'run the parts again that are not whole',
      );
    return new Map([...wanted].map((key) => [key, found.get(key) as Record]));
  }

  /** The folders of an analysis within those of a study. */
  below(folder: string): readonly PartFolder[] {
    return this.#folders.map(({ folder: { name, files } }) => ({
      name: `${name}/${folder}`,
      files: new Map(
        [...files].flatMap(([path, file]) =>
          path.startsWith(`${folder}/`) ? [[path.slice(folder.length + 1), file] as const] : [],
        ),
      ),
    }));
  }
}

function missingParts(missing: readonly number[], of: number): NamedError {
  const more = missing.length > SAID ? ` and ${missing.length - SAID} more` : '';
  const are = missing.length === 1 ? 'part' : 'parts';
  return new NamedError(
    'MissingPart',
    `${are} ${missing.slice(0, SAID).join(', ')}${more} of ${of} ${missing.length === 1 ? 'is' : 'are'} missing`,
    {},
    'give every part folder',
  );
}

import type { WorkIdentity } from '../../identity/work-identity.ts';
import { lineOf } from '../journal/lines.ts';
import type { JournalStorage } from '../journal/storage.ts';

/** Keeps records as a build of other modules does. @returns the key of their journal */
export async function keepAsOtherBuild(
  storage: JournalStorage,
  work: WorkIdentity,
  records: Readonly<Record<string, unknown>>,
  { build = '0.0.1 (0123abcd)', modules = 'other', at = '2026-01-02T03:04:05.678Z' } = {},
): Promise<string> {
  const key = `other${build.replace(/\W/g, '')}`;
  const append = async (file: string, said: object): Promise<void> => {
    const line = await lineOf(`${key}/${file}`, JSON.stringify(said));
    await storage.append(key, file, new TextEncoder().encode(line));
  };
  const total = Object.keys(records).length;
  await append('work.jsonl', { ...work, total, complete: true, modules, build, at });
  for (const [name, record] of Object.entries(records)) await append('records.jsonl', { key: name, record });
  return key;
}

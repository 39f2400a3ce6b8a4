import { NamedError } from '../../named-error.ts';
import { Journals } from '../../study/journal/journals.ts';
import { readStudyFile } from '../../study/study-file.ts';
import type { Carried } from '../state/carried.svelte.ts';
import type { OpenedStudy } from '../state/opened-study.ts';
import { listedWork, type ListedWork } from '../state/shown-part.ts';

/**
 * The study that an address names: a file on the page's own host, or what travels with the app.
 *
 * @throws NamedError `NotAStudy`, `StudyTooLarge`, `FileUnreadable`
 */
export async function embeddedStudy(named: string | null, carried: Carried): Promise<OpenedStudy> {
  if (named !== null) return servedStudy(named);
  await carried.ask();
  if (carried.error) throw carried.error;
  if (!carried.study) throw noStudy('study/demo.frankenscope', 'nothing lies there');
  return carried.study;
}

async function servedStudy(named: string): Promise<OpenedStudy> {
  const address = URL.parse(named, document.baseURI);
  if (address?.origin !== location.origin)
    throw noStudy(named, 'only files of this page’s own host are read');
  const response = await fetch(address).catch(() => null);
  if (!response?.ok) throw noStudy(named, 'nothing lies there');
  const { study, storage } = await readStudyFile(new Uint8Array(await response.arrayBuffer()), named);
  const journals = new Journals(storage);
  const works = (await journals.shown()).flatMap((work) => listedWork(work) ?? []);
  return { id: address.href, name: study.name, result: study, journals, works };
}

/** @throws NamedError `NothingDrawn` where the study has none of that name */
export function embeddedWork({ name, works }: OpenedStudy, key: string): ListedWork {
  const work = works.find((one) => one.key === key);
  if (work) return work;
  throw new NamedError(
    'NothingDrawn',
    `"${name}" has no results under "${key}"`,
    { field: 'work' },
    'copy the embed code again where the chart stands',
  );
}

/** Of an address that names a chart which the work does not have. */
export function noChart(title: string, titles: readonly string[]): NamedError {
  return new NamedError(
    'NothingDrawn',
    `no chart is called "${title}"`,
    { field: 'chart' },
    `name one of: ${titles.join('; ')}`,
  );
}

function noStudy(file: string, why: string): NamedError {
  return new NamedError('NotAStudy', `no study is read: ${why}`, { file }, 'correct the address');
}

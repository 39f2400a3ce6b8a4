/** A study's report outside the app's pages: drawn by stores of its own, which nothing else uses. */
import type { EngineApi } from '../../engine/protocol.ts';
import { Journals } from '../../study/journal/journals.ts';
import { readStudyFile, STUDY_FILE } from '../../study/study-file.ts';
import { studyReport } from '../studies/report/study-report.ts';
import { listedWork } from '../state/shown-part.ts';
import { AppState } from './app.svelte.ts';
import '../theme/index.css';

/**
 * The report of a study's file, as the page saves it.
 *
 * @throws NamedError those of reading the file; `NothingDrawn`, `JournalFailed`
 */
export async function reportOfStudy(engine: EngineApi, file: Uint8Array<ArrayBuffer>): Promise<string> {
  const { study: result, storage } = await readStudyFile(file, STUDY_FILE);
  const journals = new Journals(storage);
  const works = (await journals.shown()).flatMap((work) => listedWork(work) ?? []);
  const nothingRuns = () => Promise.reject(new RangeError('a report shows what was measured'));
  const app = new AppState(engine, { journals, computers: nothingRuns });
  return studyReport(app, { id: STUDY_FILE, name: result.name, result, journals, works });
}

import { browserStorage } from '../../study/journal/browser-storage.ts';
import { Journals } from '../../study/journal/journals.ts';
import type { BrowserComputers } from '../../study/characterize/computers.ts';
import { browserComputers, spectraThreads } from '../../study/characterize/computers.ts';
import type { SpectraThreads } from '../../spectra/threads/spectra-threads.ts';

/** What long work of the pages needs of the browser. Tests bring their own. */
export interface StudySurroundings {
  readonly journals: Journals;
  threads(): SpectraThreads;
  computers(wanted: 'webgpu' | 'cpu', onNotice: (notice: string) => void): Promise<BrowserComputers>;
}

export function browserSurroundings(): StudySurroundings {
  return { journals: new Journals(browserStorage()), threads: spectraThreads, computers: browserComputers };
}

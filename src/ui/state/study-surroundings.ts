import { browserStorage } from '../../study/journal/browser-storage.ts';
import { Journals } from '../../study/journal/journals.ts';
import type { BrowserComputers } from '../../spectra/computers.ts';

/** What long work of the pages needs of the browser. Tests bring their own. */
export interface StudySurroundings {
  readonly journals: Journals;
  computers(wanted: 'webgpu' | 'cpu', onNotice: (notice: string) => void): Promise<BrowserComputers>;
}

export function browserSurroundings(): StudySurroundings {
  return {
    journals: new Journals(browserStorage()),
    computers: async (...asked) => (await import('../../spectra/computers.ts')).browserComputers(...asked),
  };
}

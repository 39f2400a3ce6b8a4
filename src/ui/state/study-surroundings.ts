import type { checkDevice } from '../../check/device-check.ts';
import { browserStorage } from '../../study/journal/browser-storage.ts';
import { Journals } from '../../study/journal/journals.ts';
import type { StudyFolder } from '../../study/kept-studies.ts';
import { browserStudies } from '../../study/study-folder.ts';
import type { BrowserComputers } from '../../spectra/computers.ts';

/** What long work of the pages needs of the browser. Tests bring their own. */
export interface StudySurroundings {
  readonly journals: Journals;
  computers(wanted: 'webgpu' | 'cpu', onNotice: (notice: string) => void): Promise<BrowserComputers>;
  /** Where studies are kept; left out: as long as the page is there. */
  readonly studies?: StudyFolder;
  /** Left out: the app's own. */
  readonly checkDevice?: typeof checkDevice;
  /** The file of the study that travels with the app; null where there is none, or no network. */
  carried?(): Promise<Uint8Array<ArrayBuffer> | null>;
}

/** Below the page: made by the command `study` of the spec beside it. */
const CARRIED = 'study/demo.frankenscope';

export function browserSurroundings(): StudySurroundings {
  return {
    journals: new Journals(browserStorage()),
    studies: browserStudies(),
    async carried() {
      const response = await fetch(new URL(CARRIED, document.baseURI)).catch(() => null);
      return response?.ok ? new Uint8Array(await response.arrayBuffer()) : null;
    },
    computers: async (...asked) => (await import('../../spectra/computers.ts')).browserComputers(...asked),
  };
}

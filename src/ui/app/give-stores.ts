import { setStores as toAnalysisPage } from '../analysis-page/stores.ts';
import { setStores as toCharacterize } from '../characterize/stores.ts';
import { setStores as toDemo } from '../demo/stores.ts';
import { setStores as toLocalize } from '../localize/stores.ts';
import { setStores as toNecessity } from '../necessity/stores.ts';
import { setStores as toOpen } from '../open/stores.ts';
import { setStores as toPerception } from '../perception/stores.ts';
import { setStores as toTransfer } from '../transfer/stores.ts';
import { setStores as toTryIt } from '../tryit/stores.ts';
import { setApp, type AppState } from './app.svelte.ts';

/** Gives every screen what it takes of the app. Called while the component that holds them all is made. */
export function giveStores(app: AppState): void {
  setApp(app);
  for (const give of [
    toAnalysisPage,
    toCharacterize,
    toDemo,
    toLocalize,
    toNecessity,
    toOpen,
    toPerception,
    toTransfer,
    toTryIt,
  ])
    give(app);
}

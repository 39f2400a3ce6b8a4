import { type ComponentProps, mount, unmount } from 'svelte';
import { NamedError } from '../../../named-error.ts';
import type { DrawnChart } from '../../charts/export/drawn-charts.ts';
import { loadPapers } from '../../published/load.ts';
import type { OpenedStudy } from '../../state/opened-study.ts';
import type { ListedWork } from '../../state/shown-part.ts';
import DrawnWork from './DrawnWork.svelte';

/** As wide as a page has it, in pixels. */
const WIDTH = 960;
/** Frames that a chart may take until it is drawn. */
const MOST_FRAMES = 600;

type Stores = ComponentProps<typeof DrawnWork>['stores'];

const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));

/**
 * Draws a work of a study where nobody sees it, light and at the size of a page, whatever this page looks like.
 *
 * @param use takes what it needs of the charts, in their order; they are gone afterwards. Null where the work cannot be shown
 * @throws NamedError `NothingDrawn`
 */
export async function withDrawnWork<T>(
  stores: Stores,
  { study, work }: { readonly study: OpenedStudy; readonly work: ListedWork },
  use: (charts: readonly DrawnChart[], sentences: readonly string[]) => T,
): Promise<T | null> {
  const target = document.createElement('div');
  Object.assign(target.style, {
    ...{ position: 'fixed', top: '0', left: '0', width: `${WIDTH}px`, visibility: 'hidden', zIndex: '-1' },
    ...{ colorScheme: 'light', fontSize: 'var(--size-2)' },
  });
  target.style.setProperty('--talk', '1');
  target.className = 'sized';
  target.inert = true;
  document.body.append(target);
  const charts = new Set<DrawnChart>();
  let sentences: readonly string[] | null = null;
  const onlaid = (laid: { readonly sentences: readonly string[] }): void => {
    sentences = laid.sentences;
  };
  const drawn = mount(DrawnWork, { target, props: { stores, charts, study, work, onlaid } });
  try {
    for (let frames = 0; sentences === null; frames += 1) {
      if (target.querySelector('[role="alert"]')) return null;
      if (frames > MOST_FRAMES) throw nothingDrawn(work);
      await frame();
    }
    // Marks of published numbers come with their file; charts do without where it is not there.
    await loadPapers().catch(() => null);
    await document.fonts.ready;
    for (let frames = 0; frames < 2 || [...charts].some((chart) => chart.svg() === null); frames += 1) {
      if (frames > MOST_FRAMES) throw nothingDrawn(work);
      await frame();
    }
    return use([...charts], sentences);
  } finally {
    await unmount(drawn);
    target.remove();
  }
}

function nothingDrawn({ title }: ListedWork): NamedError {
  return new NamedError(
    'NothingDrawn',
    `the charts of "${title}" were not drawn in time`,
    {},
    'keep this page in front and try again',
  );
}

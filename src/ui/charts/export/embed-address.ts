/** The address of a page that shows one chart of a study alone. */

const PAGE = 'embed.html';
const THEMES = ['light', 'dark'] as const;
/** Of a frame, in pixels: what a chart over layers takes with the texts about it. */
const SIZE = { width: 960, height: 620 } as const;

export interface Embedded {
  /** What its records are kept under. */
  readonly work: string;
  /** Title of the chart. */
  readonly chart: string;
  /** Null: as the reader's system has it. */
  readonly theme: (typeof THEMES)[number] | null;
  /** A study's file on the same host, from where the page lies; null of the one that travels with the app. */
  readonly study: string | null;
}

/** The inverse of `readEmbed`. @param base address of a page of the app */
export function embedAddress(base: string, { work, chart, theme, study }: Embedded): string {
  const address = new URL(PAGE, base);
  for (const [name, text] of Object.entries({ work, chart, theme, study }))
    if (text !== null) address.searchParams.set(name, text);
  return address.href;
}

/** What an address's query asks for, by names and texts that are still to be found in a study. */
export function readEmbed(search: string): Embedded {
  const query = new URLSearchParams(search);
  return {
    work: query.get('work') ?? '',
    chart: query.get('chart') ?? '',
    theme: THEMES.find((theme) => theme === query.get('theme')) ?? null,
    study: query.get('study'),
  };
}

/** A frame to be put into another page's HTML. */
export function embedCode(base: string, embedded: Embedded): string {
  const attribute = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const { width, height } = SIZE;
  return `<iframe src="${attribute(embedAddress(base, embedded))}" title="${attribute(embedded.chart)}" width="${width}" height="${height}" style="border: 0; max-width: 100%" loading="lazy"></iframe>`;
}

import { parquetReadObjects } from 'hyparquet';
import type { Component } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { clearStage, stage, svgText } from '../testing/stage.ts';
import { DEMO_FRAME, HIGHLIGHT, IN, spectraGrid } from './testing/samples.ts';
import { pngSize } from './testing/png-size.ts';
import { SHOTS, type Shot } from './testing/shots.ts';
import WithFacts from './testing/WithFacts.svelte';
import { framed, type Framing } from './export/framing.ts';
import { png } from './export/png.ts';
import { picture, svgText as standalone } from './export/standalone-svg.ts';
import type { LayerSeries } from './layer-lines/series.ts';
import { shadeOf } from './marks/shade.ts';
import { textWidth } from './marks/text-width.ts';

const WIDE = 1200;
const NARROW = 358;

function shot(name: string): Shot {
  const found = SHOTS.find((one) => one.name === name);
  if (!found) throw new Error(`no shot ${name}`);
  return found;
}

/** Puts a chart up and waits until it is drawn. */
async function draw(name: string, width: number, more: Record<string, unknown> = {}): Promise<SVGSVGElement> {
  const { component, props } = shot(name);
  const host = stage(
    WithFacts,
    { component: component as Component<Record<string, unknown>>, ...props, ...more },
    width,
  );
  await expect.poll(() => host.querySelector('.plot > svg')).not.toBeNull();
  return host.querySelector('.plot > svg') as SVGSVGElement;
}

const plot = () => page.getByRole('application');
const readout = () => document.querySelector('.readout')?.textContent?.replace(/\s+/g, ' ').trim();

afterEach(() => {
  HIGHLIGHT.index = null;
  document.documentElement.removeAttribute('data-theme');
  document.documentElement.removeAttribute('data-talk');
  clearStage();
});

/** Pairs of texts that cover one another. */
function covered(svg: SVGSVGElement): string[] {
  const boxes = [...svg.querySelectorAll('text')]
    .map((text) => ({ text: text.textContent?.trim() ?? '', box: text.getBoundingClientRect() }))
    .filter(({ text }) => text !== '');
  return boxes.flatMap(({ text, box }, i) =>
    boxes.slice(i + 1).flatMap((other) => {
      const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
      const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
      // Line boxes are taller than letters: touching by a few pixels is not covering.
      return across > 2 && down > 6 ? [`${text} / ${other.text}`] : [];
    }),
  );
}

/** Texts that reach over the sides of the picture. */
function outside(svg: SVGSVGElement): (string | null)[] {
  const frame = svg.getBoundingClientRect();
  return [...svg.querySelectorAll('text')].flatMap((text) => {
    const box = text.getBoundingClientRect();
    return box.left < frame.left - 2 || box.right > frame.right + 2 ? [text.textContent] : [];
  });
}

/** Of a picture without any words of its own. */
const FRAMING: Framing = {
  ...{ title: '', lines: [], footer: [], code: [], metadata: '' },
  ...{ scale: 1, page: null },
};

const NAMES = SHOTS.map(({ name }) => name);
/** On a phone a chart is another picture where its parts stand elsewhere. */
const OTHER_ON_PHONES = ['lines-swap', 'lines-energy', 'lines-floor', 'dots-transfer'];

test.each(NAMES)('%s looks as it should, says what it is, and its texts keep apart', async (name) => {
  const svg = await draw(name, WIDE);
  const { title, description } = shot(name).props as { title: string; description: string };
  await expect(svgText(svg)).toMatchFileSnapshot(`./snapshots/${name}.svg`);
  await expect.element(plot()).toHaveAccessibleName(title);
  await expect.element(plot()).toHaveAccessibleDescription(new RegExp(description.slice(0, 20)));
  await expect.element(page.getByRole('table', { name: title })).toBeInTheDocument();
  expect(covered(svg)).toEqual([]);
  expect(outside(svg)).toEqual([]);
});

test.each(NAMES)('%s fits a phone', async (name) => {
  const svg = await draw(name, NARROW);
  if (OTHER_ON_PHONES.includes(name))
    await expect(svgText(svg)).toMatchFileSnapshot(`./snapshots/${name}-narrow.svg`);
  expect(covered(svg)).toEqual([]);
  expect(outside(svg)).toEqual([]);
});

test.each(NAMES)('%s has room for its texts in talk mode', async (name) => {
  document.documentElement.toggleAttribute('data-talk', true);
  const svg = await draw(name, 1768);
  expect(svg.getBoundingClientRect().width).toBe(1768);
  expect(covered(svg)).toEqual([]);
  expect(outside(svg)).toEqual([]);
});

/** Both faces: what is drawn before they are there stands elsewhere. */
const lettersLoaded = () =>
  Promise.all(
    ['"Inter Variable"', '"JetBrains Mono Variable"'].map((face) => document.fonts.load(`13px ${face}`)),
  );

test('no text is wider than the guess that it was laid out by, in either face', async () => {
  await lettersLoaded();
  const wider: string[] = [];
  for (const name of ['lines-swap', 'components', 'dots-transfer', 'spectrum-two', 'lines-floor'])
    for (const text of (await draw(name, WIDE)).querySelectorAll('text')) {
      const said = text.textContent?.trim() ?? '';
      const { fontSize, fontFamily } = getComputedStyle(text);
      const guess = textWidth(said, parseFloat(fontSize), /mono/i.test(fontFamily) ? 'mono' : 'sans');
      if (text.getComputedTextLength() > guess)
        wider.push(`${said}: ${text.getComputedTextLength().toFixed(1)} > ${guess.toFixed(1)}`);
    }
  expect(wider).toEqual([]);
});

test('a reading of several lines moves nothing, and leaves nothing moved', async () => {
  await lettersLoaded();
  const svg = await draw('lines-swap', 640, { finding: 'Counting changes most.' });
  const tops = () => [svg, document.querySelector('.told')].map((one) => one?.getBoundingClientRect().top);
  const high = () => document.querySelector('.readout')?.getBoundingClientRect().height ?? 0;
  await expect.poll(readout).toBe('Counting changes most.');
  // The room of a line, in whole pixels.
  await expect.poll(() => document.querySelector<HTMLElement>('.room')?.style.minHeight).toBe('20px');
  const [before, line] = [tops(), high()];
  (plot().element() as HTMLElement).focus();
  await userEvent.keyboard('{ArrowRight}{ArrowDown}');
  await expect.poll(high).toBeGreaterThan(1.5 * line);
  expect(tops()).toEqual(before);
  await userEvent.keyboard('{Escape}');
  await expect.poll(high).toBe(line);
  expect(tops()).toEqual(before);
});

test('four panels stand in two columns where one would leave the first screen, in talk mode, too', async () => {
  document.documentElement.toggleAttribute('data-talk', true);
  const room = { first: 560, most: 780 };
  const svg = await draw('lines-swap', 1768, { room });
  const lefts = () => [...svg.querySelectorAll('.head')].map((head) => head.getBoundingClientRect().left);
  await expect.poll(() => new Set(lefts()).size).toBe(2);
  expect(lefts()).toHaveLength(4);
  expect(svg.getBoundingClientRect().height).toBeLessThanOrEqual(room.first + 1);
  expect(covered(svg)).toEqual([]);
  expect(outside(svg)).toEqual([]);
});

/** A shot of each type of chart; of the surface a small one, of few polygons. */
const TYPES: Readonly<Record<string, Record<string, unknown>>> = {
  ...{ 'lines-swap': {}, 'lines-frozen': {}, 'heat-heads': {}, 'spectrum-edge': {} },
  ...{ components: {}, 'dots-transfer': {}, 'tokens-answer': {} },
  'surface-spectra': {
    ...{ frame: DEMO_FRAME, grid: spectraGrid(DEMO_FRAME.body, 8), lines: [] },
    rows: { title: 'rank', first: 1, count: 8 },
  },
};
const THEMED = Object.keys(TYPES).flatMap((name) =>
  (['light', 'dark'] as const).map((theme) => [name, theme]),
);

test.each(THEMED)('%s looks as it should in the %s theme', async (name = '', theme = '') => {
  document.documentElement.dataset.theme = theme;
  const svg = await draw(name, WIDE, TYPES[name]);
  const exported = picture(svg, FRAMING).svg;
  await expect(svgText(exported)).toMatchFileSnapshot(`./snapshots/${theme}/${name}.svg`);
});

test('a chart says where image features enter: in its description, and of the layer that is read', async () => {
  const svg = await draw('lines-injecting', WIDE);
  // In each of the four panels.
  expect(svg.querySelectorAll('.injection')).toHaveLength(4 * 3);
  await expect
    .element(plot())
    .toHaveAccessibleDescription(/Triangles: image features enter after layers 1, 2, 3 \(DeepStack\)\./);
  (plot().element() as HTMLElement).focus();
  await userEvent.keyboard('{ArrowRight}');
  await expect.poll(readout).toMatch(/^Layer 1, Early, image features enter after it; /);
  HIGHLIGHT.index = 4;
  await expect.poll(readout).toMatch(/^Layer 4, Early; /);
  expect((await draw('lines-swap', WIDE)).querySelector('.injection')).toBeNull();
});

test('arrows read a chart of lines, the readout says what they find, Enter picks it', async () => {
  const onselect = vi.fn();
  await draw('lines-swap', WIDE, { onselect, finding: 'Counting changes most at layer 13.' });
  (plot().element() as HTMLElement).focus();
  await userEvent.keyboard('{ArrowRight}');
  expect(HIGHLIGHT.index).toBe(1);
  await userEvent.keyboard('{End}{ArrowLeft}{ArrowDown}');
  expect(HIGHLIGHT.index).toBe(27);
  await expect
    .poll(readout)
    .toMatch(/^Layer 27, Late; recognition .*counting [\d.]+ % \([\d.]+ % to [\d.]+ %\), n = 100;/);
  await userEvent.keyboard('{Enter}');
  expect(onselect).toHaveBeenLastCalledWith({ series: 'counting', layer: 27 });
  await userEvent.keyboard('{Escape}');
  expect(HIGHLIGHT.index).toBeNull();
  await expect.poll(readout).toBe('Counting changes most at layer 13.');
});

test('the readout speaks only in the chart that has the keyboard', async () => {
  await draw('lines-swap', WIDE);
  const live = () => document.querySelector('.readout')?.getAttribute('aria-live');
  expect(live()).toBe('off');
  HIGHLIGHT.index = 4;
  await expect.poll(readout).toMatch(/^Layer 4, Early/);
  (plot().element() as HTMLElement).focus();
  await expect.poll(live).toBe('polite');
});

test('a point under the pointer is read and picked', async () => {
  const onselect = vi.fn();
  const svg = await draw('lines-swap', WIDE, { onselect });
  const chosen = svg.querySelector('.chosen')?.getBoundingClientRect();
  const host = plot().element();
  const at = { clientX: (chosen?.x ?? 0) + 8, clientY: (chosen?.y ?? 0) + 8, bubbles: true };
  host.dispatchEvent(new PointerEvent('pointermove', at));
  host.dispatchEvent(new MouseEvent('click', at));
  expect(onselect).toHaveBeenLastCalledWith({ series: 'grounding', layer: 18 });
});

test('arrows read rank and layer of a heat map, and Shift turns a surface', async () => {
  await draw('heat-spectra', WIDE);
  (plot().element() as HTMLElement).focus();
  await userEvent.keyboard('{ArrowRight}{ArrowDown}{ArrowDown}');
  await expect.poll(readout).toMatch(/^Layer 1, Early; rank 3: \u2212/);
  const svg = await draw('surface-spectra', WIDE);
  const quad = () => svg.querySelector('.quad')?.getAttribute('d');
  const before = quad();
  (plot().element() as HTMLElement).focus();
  await userEvent.keyboard('{Shift>}{ArrowRight}{/Shift}');
  await expect.poll(quad).not.toBe(before);
});

test('arrows walk variants and metrics, Enter picks the cell', async () => {
  const onselect = vi.fn();
  await draw('dots-transfer', WIDE, { onselect });
  (plot().element() as HTMLElement).focus();
  await userEvent.keyboard('{ArrowDown}{ArrowDown}{ArrowRight}');
  await expect
    .poll(readout)
    .toMatch(/^IN, M_v2r \(%\); [\d.]+ % \(.* n = 100; p = 0.41 against IN; published/);
  await userEvent.keyboard('{Enter}');
  expect(onselect).toHaveBeenLastCalledWith({ row: 'IN', column: 'M_v2r' });
});

test('the table is shown on demand and says the numbers', async () => {
  await draw('components', WIDE);
  const table = page.getByRole('table', { name: 'Update energy by component' });
  expect(table.element().closest('.unseen')).not.toBeNull();
  await page.getByRole('button', { name: 'Table' }).click();
  expect(table.element().closest('.unseen')).toBeNull();
  await expect.element(page.getByRole('cell', { name: 'down_proj' })).toBeVisible();
});

test('what failed says so where it belongs, and keeps what had arrived', async () => {
  const svg = await draw('lines-failed', WIDE);
  await expect.element(page.getByRole('alert')).toHaveTextContent('Run again; it goes on at pair 42.');
  expect(svg.querySelectorAll('.trace').length).toBe(1);
});

test('the floor of rounding is drawn as steps under the layers that have one, and layers at it are hollow', async () => {
  const { series } = shot('lines-floor').props as { series: readonly LayerSeries[] };
  const points = series.flatMap((one) => one.points);
  const svg = await draw('lines-floor', WIDE);
  const all = (selector: string) => svg.querySelectorAll<SVGPathElement>(selector);
  expect(all('.floor')).toHaveLength(2);
  expect(all('.floor .hatching')).toHaveLength(points.filter(({ floor }) => floor !== undefined).length);
  expect(all('.line .hollow')).toHaveLength(points.filter(({ atFloor }) => atFloor).length);
  expect(all('.line .hollow').length).toBeGreaterThan(0);
  const [sft, rl] = [...all('.floor')].map((floor) => getComputedStyle(floor).color);
  expect(sft).not.toBe(rl);
  expect(svg.textContent).toContain('rounding alone, RL');
  // In a picture that leaves the page, too, and in its table.
  const exported = new DOMParser().parseFromString(
    await standalone(picture(svg, { ...FRAMING, title: 'Floor' })),
    'image/svg+xml',
  );
  const drawn = [...exported.querySelectorAll('path')].map((path) => path.getAttribute('d'));
  expect(drawn).toEqual(
    expect.arrayContaining([...all('.floor path')].map((path) => path.getAttribute('d'))),
  );
  await expect.element(page.getByRole('columnheader', { name: /RL, rounding alone/ })).toBeInTheDocument();
});

test('the edge of rounding lies across a spectrum at its height', async () => {
  const svg = await draw('spectrum-edge', WIDE);
  const lines = [...svg.querySelectorAll('.edge')].map((line) => line.getBoundingClientRect());
  expect(lines).toHaveLength(3);
  const [first, second, third] = lines.map(({ top }) => top) as [number, number, number];
  expect(second).toBeGreaterThan(first);
  expect(third).toBeLessThan(first);
  expect(svg.textContent).toContain('edge of rounding alone');
  await expect
    .element(page.getByRole('columnheader', { name: 'layer 2, edge of rounding alone' }))
    .toBeInTheDocument();
  expect((await draw('spectrum', WIDE)).querySelector('.edge')).toBeNull();
});

test('an exported SVG stands alone: no classes, no variables, its fonts inside', async () => {
  const svg = await draw('lines-energy', WIDE);
  const text = await standalone(picture(svg, { ...FRAMING, title: 'Update energy', lines: ['n = 3'] }));
  expect(text).not.toMatch(/\sclass=|var\(--|<!--|\sstyle="/);
  expect(text).toContain('>Update energy</text>');
  expect(text).toContain('@font-face{font-family:"Inter Variable"');
  const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
  expect(parsed.querySelector('parsererror')).toBeNull();
});

test('an export chosen before the browser has told of the opened list closes the list', async () => {
  await draw('lines-energy', WIDE);
  const unfold = page.getByText('Export', { exact: true }).element() as HTMLElement;
  const list = unfold.closest('details') as HTMLDetailsElement;
  const stopped = (event: Event) => event.target instanceof HTMLAnchorElement && event.preventDefault();
  document.addEventListener('click', stopped, true);
  const told = new Promise((resolve) => list.addEventListener('toggle', resolve, { once: true }));
  unfold.click();
  expect(list.open).toBe(true);
  [...list.querySelectorAll('button')].find(({ textContent }) => textContent === 'CSV')?.click();
  await told;
  document.removeEventListener('click', stopped, true);
  expect(list.open).toBe(false);
  expect(document.activeElement).toBe(unfold);
});

test('a chart is saved as Parquet with the rows of its table', async () => {
  await draw('lines-energy', WIDE);
  const made = vi.spyOn(URL, 'createObjectURL').mockReturnValue('data:,');
  const stopped = (event: Event) => event.target instanceof HTMLAnchorElement && event.preventDefault();
  document.addEventListener('click', stopped, true);
  await page.getByText('Export', { exact: true }).click();
  await page.getByRole('button', { name: 'Parquet' }).click();
  await expect.poll(() => made.mock.calls.length).toBe(1);
  document.removeEventListener('click', stopped, true);
  const blob = made.mock.calls[0]?.[0] as Blob;
  made.mockRestore();
  const rows = await parquetReadObjects({ file: await blob.arrayBuffer() });
  const table = document.querySelectorAll('figure tbody tr');
  expect(rows).toHaveLength(table.length);
  expect(rows.map((row) => row['layer'])).toEqual(
    [...table].map((row) => Number(row.firstElementChild?.textContent?.replace('−', '-'))),
  );
});

test('a figure is cited by keys: texts to copy, and back where one was', async () => {
  await draw('lines-energy', WIDE);
  const unfold = page.getByText('Export', { exact: true });
  await unfold.click();
  (page.getByRole('button', { name: 'Cite' }).element() as HTMLElement).focus();
  await userEvent.keyboard('{Enter}');
  const sheet = page.getByRole('dialog', { name: 'Cite this figure' });
  await expect.element(sheet).toBeVisible();
  await expect
    .element(sheet)
    .toHaveTextContent(/Figure made with Frankenscope .* IN \(demo:in, 0123456789ab\)/);
  await expect.element(sheet).toHaveTextContent('@misc{frankenscope-figure-');
  expect(sheet.getByRole('button', { name: 'Copy' }).elements()).toHaveLength(2);
  await userEvent.keyboard('{Escape}');
  await expect.element(sheet).not.toBeInTheDocument();
  expect(document.activeElement).toBe(unfold.element());
});

test('a slide shows a command whole where two lines hold it, else without words of its middle', () => {
  const written = (folders: number): readonly string[] => {
    const models = Array.from({ length: folders }, (_, i) => `--model demo:rl-frozen-${i}`);
    const command = ['npm run -s headless -- energy', ...models, '--out fro_norm.json'].join(' ');
    const page = { width: 1920, height: 1080 };
    const { texts } = framed({ width: 800, height: 300 }, { ...FRAMING, code: [command], scale: 2.4, page });
    const lines = texts.filter(({ face }) => face === 'mono').map(({ text }) => text);
    expect(lines.join(' ') === command).toBe(!lines.join(' ').includes('…'));
    return lines;
  };
  expect(written(3)).toHaveLength(1);
  expect(written(10)).toHaveLength(2);
  expect(written(10).join(' ')).not.toContain('…');
  const cut = written(60);
  expect(cut).toHaveLength(2);
  expect(cut.join(' ')).toMatch(/^npm run -s headless -- energy --model .* … .* --out fro_norm\.json$/);
});

test('shades of a checkpoint’s colour differ, and leave the page as colours that all programs know', async () => {
  const shades = [0, 1, 2].map((at) => shadeOf(IN.colour, at, 3));
  expect(new Set(shades).size).toBe(3);
  expect([shades[1], shadeOf(IN.colour, 0, 1)]).toEqual([IN.colour, IN.colour]);
  const { series } = shot('spectrum').props as { series: readonly object[] };
  const svg = await draw('spectrum', WIDE, {
    series: series.map((one, at) => ({ ...one, colour: shades[at] })),
  });
  const drawn = [...picture(svg, FRAMING).svg.querySelectorAll('path[stroke-width="2px"]')].map((path) =>
    path.getAttribute('stroke'),
  );
  expect(new Set(drawn).size).toBe(3);
  for (const colour of drawn) expect(colour).toMatch(/^rgb\(\d+, \d+, \d+\)$/);
});

test('an exported PNG is twice as fine as the page', async () => {
  const svg = await draw('spectrum', WIDE);
  const [width] = await pngSize(await png(picture(svg, FRAMING)));
  expect(width).toBe(2 * (WIDE + 48));
});

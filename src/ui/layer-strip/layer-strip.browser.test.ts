import { afterEach, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { highlight } from '../state/highlight.svelte.ts';
import { clearStage, stage, svgText } from '../testing/stage.ts';
import { identityAt } from '../theme/identity.ts';
import LayerStrip from './LayerStrip.svelte';
import { presetCuts } from '../../regions.ts';

const look = (position: number) => {
  const { label, colour } = identityAt(position);
  return { name: label, colour };
};
const [IN, RL] = [look(1), look(2)];
const donorsOf = (layers: number, handed: readonly number[] = []) =>
  Array.from({ length: layers }, (_, i) => (handed.includes(i + 1) ? RL : IN));
const recorder = () => ({ press: 'switch' as const, toggle: vi.fn(), hand: vi.fn(() => true) });

function svgOf(host: HTMLElement): SVGSVGElement {
  const svg = host.querySelector('svg');
  if (!svg) throw new Error('no strip was drawn');
  return svg;
}

/** Pointer events at the middle of layers, as a drag across them makes. */
function drag(host: HTMLElement, from: number, to: number): void {
  const svg = svgOf(host);
  const at = (index: number) => {
    const box = host.querySelector(`[data-index="${index}"] rect`)?.getBoundingClientRect();
    if (!box) throw new Error(`no layer ${index}`);
    return { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2, pointerId: 1, bubbles: true };
  };
  // A synthetic pointer cannot be captured.
  svg.setPointerCapture = () => undefined;
  svg.dispatchEvent(new PointerEvent('pointerdown', at(from)));
  svg.dispatchEvent(new PointerEvent('pointermove', at(to)));
  svg.dispatchEvent(new PointerEvent('pointerup', at(to)));
}

afterEach(clearStage);

test.each([
  {
    name: 'stitched-28+32',
    width: 1200,
    visionBlocks: 32,
    layers: 28,
    handed: [20, 21, 22],
    off: [7],
    editor: true,
  },
  {
    name: 'stitched-28+32-narrow',
    width: 342,
    visionBlocks: 32,
    layers: 28,
    handed: [20, 21, 22],
    off: [7],
    editor: true,
  },
  {
    name: 'injecting-36+24',
    ...{ width: 1200, visionBlocks: 24, layers: 36, injectedAfter: [0, 1, 2] },
    ...{ handed: [20, 21, 22], off: [2], editor: false },
  },
  { name: 'small-4+3', width: 342, visionBlocks: 3, layers: 4, handed: [], off: [], editor: false },
])('$name looks as it should', async ({ name, width, handed, off, editor, ...body }) => {
  const { layers } = body;
  const host = stage(
    LayerStrip,
    {
      body,
      label: name,
      donors: donorsOf(layers, handed),
      rest: IN,
      off: new Set(off),
      labels: 'donors' as const,
      cuts: presetCuts('thirds', layers),
      oncut: () => undefined,
      editor: editor ? recorder() : null,
    },
    width,
  );
  await expect.element(page.getByRole('group', { name })).toBeVisible();
  const injecting = 'injectedAfter' in body ? 3 : 0;
  expect(host.querySelectorAll('.injection')).toHaveLength(injecting);
  await expect(svgText(svgOf(host))).toMatchFileSnapshot(`./snapshots/${name}.svg`);
});

test('the keyboard walks, chooses, switches and hands over', async () => {
  const editor = recorder();
  stage(
    LayerStrip,
    { body: { visionBlocks: 2, layers: 6 }, label: 's', donors: donorsOf(6), rest: IN, editor },
    800,
  );
  await userEvent.tab();
  expect(document.activeElement?.getAttribute('aria-label')).toBe('Layer 1, IN');
  await userEvent.keyboard('{ArrowRight}{ArrowRight}');
  expect(document.activeElement?.getAttribute('aria-label')).toBe('Layer 3, IN');
  expect(highlight.index).toBe(3);
  await userEvent.keyboard(' ');
  expect(editor.toggle).toHaveBeenLastCalledWith([3]);
  await userEvent.keyboard('{Shift>}{ArrowRight}{ArrowRight}{/Shift}r');
  expect(editor.hand).toHaveBeenLastCalledWith([3, 4, 5], 'r');
  await userEvent.keyboard('{Home}');
  expect(document.activeElement?.getAttribute('aria-label')).toBe('Vision block \u22122, IN');
  await userEvent.keyboard(' ');
  expect(editor.toggle).toHaveBeenCalledTimes(1);
  await userEvent.keyboard('{End}');
  expect(document.activeElement?.getAttribute('aria-label')).toBe('Layer 6, IN');
});

test('a click switches a layer, a drag hands a range to the chosen donor, vision blocks take neither', async () => {
  const editor = recorder();
  const host = stage(
    LayerStrip,
    { body: { visionBlocks: 2, layers: 6 }, label: 's', donors: donorsOf(6), rest: IN, editor },
    800,
  );
  await expect.element(page.getByRole('switch', { name: 'Layer 2, IN' })).toBeVisible();
  drag(host, 4, 4);
  expect(editor.toggle).toHaveBeenLastCalledWith([4]);
  drag(host, 5, 2);
  expect(editor.hand).toHaveBeenLastCalledWith([2, 3, 4, 5], null);
  drag(host, -1, -1);
  expect(editor.toggle).toHaveBeenCalledTimes(1);
});

test('a layer under the pointer is lit in every strip', async () => {
  const host = stage(
    LayerStrip,
    { body: { visionBlocks: 2, layers: 6 }, label: 's', donors: donorsOf(6), rest: IN },
    800,
  );
  await userEvent.hover(page.getByRole('img', { name: 'Layer 5, IN' }));
  expect(highlight.index).toBe(5);
  highlight.index = 2;
  await expect.poll(() => host.querySelector('.lit')?.getAttribute('data-index')).toBe('2');
});

test('seams move by arrow keys and say where they are', async () => {
  const oncut = vi.fn();
  stage(
    LayerStrip,
    { body: { visionBlocks: 2, layers: 9 }, label: 's', cuts: presetCuts('thirds', 9), oncut },
    800,
  );
  const seam = page.getByRole('slider', { name: 'Seam between Early and Mid' });
  await expect.element(seam).toHaveAttribute('aria-valuetext', 'after layer 3');
  (seam.element() as SVGElement).focus();
  await userEvent.keyboard('{ArrowRight}');
  expect(oncut).toHaveBeenLastCalledWith(0, 4);
  await userEvent.keyboard('{End}');
  expect(oncut).toHaveBeenLastCalledWith(0, 8);
});

test('where image features enter is said of the layer, and in the table', async () => {
  const body = { visionBlocks: 1, layers: 3, injectedAfter: [0] };
  stage(LayerStrip, { body, label: 's', detail: (index: number) => `${index} B` }, 400);
  const first = page.getByRole('img', { name: 'Layer 1, image features enter after it, 1 B' });
  await expect.element(first).toBeInTheDocument();
  await expect.element(page.getByRole('img', { name: 'Layer 2, 2 B' })).toBeInTheDocument();
  const cells = page.getByRole('cell', { name: /features/ });
  expect(cells.elements().map((cell) => cell.textContent)).toEqual(['image features enter after it, 1 B']);
});

test('the strip has a table that says the same', async () => {
  stage(
    LayerStrip,
    {
      body: { visionBlocks: 1, layers: 2 },
      label: 's',
      donors: donorsOf(2, [2]),
      rest: IN,
      off: new Set([1]),
    },
    400,
  );
  const rows = page.getByRole('row');
  await expect
    .poll(() => rows.elements().map((row) => row.textContent?.replace(/\s+/g, ' ').trim()))
    .toEqual(['LayerPartFromStateDetail', '\u22121VisionINon', '0ProjectorINon', '1LLMINoff', '2LLMRLon']);
});

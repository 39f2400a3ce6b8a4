import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { Deck } from '../../study/deck.ts';
import { defaultDeck } from '../../study/default-deck.ts';
import { browserSurroundings } from '../state/study-surroundings.ts';
import { fakeFolder } from '../testing/fake-folder.ts';
import { clearStage, stage, stageApp } from '../testing/stage.ts';
import DeckEditor from './DeckEditor.svelte';
import ClaimPart from './ClaimPart.svelte';

const opened: Window[] = [];
const talk = () => page.getByRole('region', { name: 'Talk: The demo family' });
const slide = () => document.querySelector('.talk article');
const address = () => location.hash;

beforeEach(async () => {
  await page.viewport(1920, 1080);
  // The window's size is then that of the screen; a talk goes on where the browser refuses.
  vi.spyOn(document.documentElement, 'requestFullscreen').mockRejectedValue(new TypeError('refused'));
});
afterEach(() => {
  vi.restoreAllMocks();
  for (const window of opened.splice(0)) window.close();
  clearStage();
});

/** The app with the carried study, in a talk about it. */
async function given(at = 1) {
  const file = await (await fetch('/study/demo.frankenscope')).arrayBuffer();
  const carried = () => Promise.resolve(new Uint8Array(file));
  const staged = await stageApp({ layers: 6, visionBlocks: 2 }, { ...browserSurroundings(), carried });
  staged.app.view.give({ study: 'carried', slide: at });
  await expect.element(talk()).toBeVisible();
  await staged.app.carried.ask();
  const study = staged.app.carried.study;
  if (!study) throw new Error('no study is carried');
  return { ...staged, study };
}

const drawn = () => expect.poll(() => slide()?.querySelector('.plot > svg text')).toBeTruthy();
const opacity = (what: string) => {
  const found = slide()?.querySelector(what);
  return found ? getComputedStyle(found).opacity : null;
};

test('keys build each slide up and lead to the end; the address keeps the slide, Escape gives the page back', async () => {
  const { app } = await given();
  expect(document.querySelector('.shell')?.checkVisibility()).toBe(false);
  await userEvent.keyboard('{PageDown}');
  expect(address()).toBe('#open?talk=carried.2');
  await drawn();
  const said = () => getComputedStyle(slide()?.querySelector('h1') as Element).visibility;
  await expect.poll(() => [opacity('.line'), opacity('.plot text'), said()]).toEqual(['0', '1', 'hidden']);
  await userEvent.keyboard(' ');
  await expect.poll(() => [opacity('.line'), said()]).toEqual(['1', 'hidden']);
  await userEvent.keyboard('{ArrowRight}');
  await expect.poll(() => [opacity('.line'), said()]).toEqual(['1', 'visible']);
  expect(address()).toBe('#open?talk=carried.2');

  // 10 slides, 6 of them in three parts.
  for (let press = 0; press < 20; press++) await userEvent.keyboard('{PageDown}');
  expect(address()).toBe('#open?talk=carried.10');
  await expect.element(talk()).toHaveTextContent('Where this comes from');
  await expect.element(talk()).toHaveTextContent('123 (ablate, attention, lens)');
  await userEvent.keyboard('{Home}');
  expect(address()).toBe('#open?talk=carried.1');
  await userEvent.keyboard('{End}{PageUp}');
  expect(address()).toBe('#open?talk=carried.9');
  await userEvent.keyboard('b');
  expect(slide()?.checkVisibility({ visibilityProperty: true })).toBe(false);
  await userEvent.keyboard('{PageDown}');
  expect(slide()?.checkVisibility({ visibilityProperty: true })).toBe(true);
  expect(address()).toBe('#open?talk=carried.9');

  // The page's own keys are not the talk's.
  await userEvent.keyboard('2t');
  expect([app.view.page, app.view.trying]).toEqual(['open', false]);
  await userEvent.keyboard('{Escape}');
  expect(address()).toBe('#open');
  await expect.poll(() => document.querySelector('.shell')?.checkVisibility()).toBe(true);
  expect(document.documentElement.style.getPropertyValue('--talk')).toBe('');
});

test('a link opens its slide, whole; one of a study that is not here says so', async () => {
  const { app } = await given(4);
  await drawn();
  await expect.element(talk()).toHaveTextContent('OCR changes most at layer 11: 72.0 %');
  await expect
    .element(talk())
    .toHaveTextContent('Wilson 95 %: 52.4 % to 85.7 %, n = 25 · 100 samples · RL · Frankenscope');
  app.view.give({ study: 'gone', slide: 1 });
  await expect.element(page.getByRole('region', { name: 'Talk' })).toHaveTextContent('NotOpen');
  await page.getByRole('button', { name: 'To the page' }).click();
  expect(app.view.talk).toBeNull();
});

test('on a screen of 1920 by 1080 no text is under 24 pixels, and no sentence under 40', async () => {
  const { study } = await given();
  const slides = defaultDeck(study.result).slides.filter(({ out }) => !out);
  for (const [at, { shows }] of slides.entries()) {
    if (shows.kind === 'finding') await drawn();
    const small = [...(document.querySelector('.talk')?.querySelectorAll('*') ?? [])].filter((one) => {
      const own = [...one.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim(),
      );
      const seen = one.checkVisibility() && !one.closest('.unseen, table');
      return own && seen && parseFloat(getComputedStyle(one).fontSize) < 24;
    });
    expect(small.map(({ outerHTML }) => `${at}: ${outerHTML}`)).toEqual([]);
    const heading = slide()?.querySelector('h1') as Element;
    expect(parseFloat(getComputedStyle(heading).fontSize)).toBeGreaterThanOrEqual(40);
    expect(slide()?.scrollHeight).toBeLessThanOrEqual(1080);
    for (let press = 0; press < (shows.kind === 'finding' ? 3 : 1); press++)
      await userEvent.keyboard('{PageDown}');
  }
});

test('a second window has notes, what comes next and number; keys of either drive both', async () => {
  const open = vi.spyOn(window, 'open');
  await given(4);
  await userEvent.keyboard('p');
  const second = open.mock.results[0]?.value as Window;
  opened.push(second);
  const text = () => second.document.body.textContent;
  await expect.poll(text).toContain('Slide 4 of 10');
  expect(text()).toContain('Mean over Early 3.0 %');
  expect(text()).toContain('With layer 1 left out they are most');
  await userEvent.keyboard('{PageDown}');
  await expect.poll(text).toContain('Slide 5 of 10');
  second.dispatchEvent(new KeyboardEvent('keydown', { key: 'PageDown' }));
  second.dispatchEvent(new KeyboardEvent('keydown', { key: 'PageDown' }));
  second.dispatchEvent(new KeyboardEvent('keydown', { key: 'PageDown' }));
  await expect.poll(address).toBe('#open?talk=carried.6');
  await expect.poll(text).toContain('Slide 6 of 10');
  second.dispatchEvent(new KeyboardEvent('keydown', { key: 'd' }));
  await expect.poll(() => second.document.documentElement.dataset.theme).toBe('light');
  await userEvent.keyboard('{Escape}');
  await expect.poll(() => second.closed).toBe(true);
});

test('a second window that the browser blocks is told, with what to do', async () => {
  await given();
  vi.spyOn(window, 'open').mockReturnValue(null);
  await userEvent.keyboard('p');
  await expect.element(talk().getByRole('alert')).toHaveTextContent('Allow pop-ups for this page');
});

test('live slides show what was kept while no model is loaded, and say so', async () => {
  await given(6);
  await expect
    .element(talk())
    .toHaveTextContent('No model is loaded here, so nothing is asked. Below is what the study kept.');
  await drawn();
  await userEvent.keyboard('{End}{PageUp}');
  await expect
    .element(talk())
    .toHaveTextContent(
      'No two models are loaded here, so nothing is merged and asked. The study asked no merge:',
    );
});

test('what a live slide takes is one press away: the demo family, or what is open and not loaded', async () => {
  const { app } = await given(6);
  const opened = vi.spyOn(app.demo, 'open').mockResolvedValue();
  await talk().getByRole('button', { name: 'Open the demo family' }).click();
  expect(opened).toHaveBeenCalledOnce();
  await app.family.place(['X-SFT', 'X-RL'].map(fakeFolder));
  await userEvent.keyboard('{End}{PageUp}');
  await talk().getByRole('button', { name: 'Load IN, RL' }).click();
  await expect.element(talk()).toHaveTextContent('Layers 3–4 from RL.');
});

test('live slides ask again when a layer is switched off or a seam moved, and leave the model as it was', async () => {
  const { app, engine } = await given();
  await app.family.place(['X-SFT', 'X-RL'].map(fakeFolder));
  await app.family.loadAll();
  app.asking.question = 'How many?';
  app.stitch.toggle([2]);
  app.view.give({ study: 'carried', slide: 6 });
  await talk().getByRole('button', { name: 'Ask' }).click();
  await expect.poll(() => engine.requests.length).toBe(1);
  await talk().getByRole('switch', { name: 'Layer 4' }).click();
  await expect.poll(() => engine.requests.length).toBe(2);
  expect(engine.requests[1]?.rows?.[1]?.ablate?.map(({ layer }) => layer)).toEqual([1, 3]);
  // A key that moves along the layers is no key of the talk; one of a clicker is.
  await userEvent.keyboard('{ArrowRight}');
  expect(address()).toBe('#open?talk=carried.6');
  await userEvent.keyboard('{PageDown}');
  expect(address()).toBe('#open?talk=carried.7');
  expect([...app.stitch.off]).toEqual([2]);

  await userEvent.keyboard('{End}{PageUp}');
  await expect.element(talk()).toHaveTextContent('Layers 3–4 from RL.');
  const donors = () => engine.requests.at(-1)?.subject.layers;
  const mine = app.stitch.model?.checkpoint.id;
  await expect.poll(() => donors()?.map((id) => id === mine)).toEqual([true, true, false, false, true, true]);
  const seam = talk().getByRole('slider').first();
  (seam.element() as HTMLElement).focus();
  await userEvent.keyboard('{ArrowLeft}');
  await expect
    .poll(() => donors()?.map((id) => id === mine))
    .toEqual([true, false, false, false, true, true]);
  await userEvent.keyboard('{PageDown}');
  expect([app.stitch.stitched, [...app.stitch.off], app.asking.live]).toEqual([false, [2], false]);
});

test('slides are moved by keys and by dragging, left out, given titles and notes', async () => {
  const { study } = await given();
  const first = defaultDeck(study.result);
  let deck: Deck = first;
  const onchange = (changed: Deck) => (deck = changed);
  const claims = [{ id: 'rl-mid', says: 'RL changes the middle', verdict: 'supported', sentence: 'n = 50.' }];
  stage(DeckEditor, { study, deck: first, claims, onchange }, 800);
  const kinds = () =>
    deck.slides.slice(0, 3).map(({ shows }) => ('analysis' in shows ? `${shows.finding}` : shows.kind));
  const handle = (at: number) => page.getByRole('button', { name: `Move slide ${at},` });
  expect(kinds()).toEqual(['opening', '0', '1']);
  (handle(1).element() as HTMLElement).focus();
  await userEvent.keyboard('{ArrowUp}{ArrowDown}{ArrowDown}');
  expect(kinds()).toEqual(['0', '1', 'opening']);
  expect(document.activeElement).toBe(handle(3).element());
  await userEvent.dragAndDrop(handle(3), handle(1));
  expect(kinds()).toEqual(['opening', '0', '1']);
  await page.getByRole('checkbox').first().click();
  await page
    .getByRole('textbox', { name: 'Title of slide 2', exact: true })
    .fill('<img src=x onerror=alert(1)>');
  await page.getByText('Notes: none').first().click();
  await page.getByRole('textbox', { name: 'Notes of slide 1', exact: true }).fill('Say hello');
  await userEvent.keyboard('{Tab}');
  expect(deck.slides[0]).toMatchObject({ out: true, notes: 'Say hello' });
  expect(deck.slides[1]?.title).toBe('<img src=x onerror=alert(1)>');
  expect(document.querySelector('.deck img')).toBeNull();
  await page.getByLabelText('Add a claim').selectOptions('rl-mid');
  expect(deck.slides.map(({ shows }) => shows).slice(-2)).toEqual([
    { kind: 'claim', id: 'rl-mid' },
    { kind: 'provenance' },
  ]);
  const judge = () => Promise.resolve(claims);
  await page.getByRole('button', { name: 'As the study makes it' }).click();
  expect(deck).toEqual(first);
  const shown = stage(ClaimPart, { study, id: 'rl-mid', judge }, 800);
  await expect.poll(() => shown.textContent).toContain('RL changes the middle supported n = 50.');
  const other = stage(ClaimPart, { study, id: '<b>', judge }, 800);
  await expect.poll(() => other.textContent).toContain('knows no claim “<b>”');
});

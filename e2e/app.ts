import type { Locator, Page } from '@playwright/test';
import { expect } from './page.ts';

export type SlotName = 'Base' | 'IN' | 'RL';
export type Device = 'WASM' | 'WebGPU';

/** Of a load, and of an answer. */
const LONG = { timeout: 120_000 };

/** The app as a person meets it: found by roles and names, driven by pointer and keyboard. */
export class AppPage {
  readonly page: Page;
  readonly tryIt: Locator;

  constructor(page: Page) {
    this.page = page;
    this.tryIt = page.getByRole('complementary', { name: 'Try it' });
  }

  async start(): Promise<void> {
    await this.page.goto('./');
    await expect(this.page.getByRole('heading', { level: 1 })).toBeVisible();
  }

  slot(name: string): Locator {
    return this.page.getByRole('group', { name: `${name} checkpoint` });
  }

  /** Hands a folder to a slot as its folder dialog would, and waits until it was read or refused. */
  async choose(name: SlotName, folder: string): Promise<void> {
    await this.slot(name).locator('input[webkitdirectory]').setInputFiles(folder);
    await expect(this.slot(name).getByRole('button', { name: `Close ${name}` })).toBeVisible();
    await expect(this.slot(name).getByText('Reading headers')).toBeHidden();
  }

  /** Drops files or folders of the disk in the middle of the page, as a file manager does. */
  async drop(...paths: string[]): Promise<void> {
    const session = await this.page.context().newCDPSession(this.page);
    const { width, height } = this.page.viewportSize() ?? { width: 800, height: 600 };
    const data = { items: [], files: paths, dragOperationsMask: 1 };
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', { type, x: width / 2, y: height - 20, data });
    }
    await session.detach();
  }

  /** Opens a folder beside Base, IN and RL; the slot is called after it. */
  async add(folder: string): Promise<void> {
    const place = this.page.getByRole('group', { name: /^M\d checkpoint$/ });
    await this.page.getByRole('button', { name: 'Add another checkpoint' }).click();
    await place.locator('input[webkitdirectory]').setInputFiles(folder);
    await expect(place).toBeHidden();
  }

  async setLoading(device: Device, dtype: 'f32' | 'f16' | 'q8' | 'q4'): Promise<void> {
    await this.pick('Run on', device);
    await this.pick('Weights as', dtype);
  }

  async load(name: string): Promise<void> {
    await this.slot(name)
      .getByRole('button', { name: `Load ${name}` })
      .click();
    await expect(this.slot(name).getByRole('button', { name: `Try ${name}` })).toBeVisible(LONG);
  }

  async open(name: SlotName, folder: string, device: Device = 'WASM'): Promise<void> {
    await this.choose(name, folder);
    await this.setLoading(device, 'f32');
    await this.load(name);
  }

  /** Opens the drawer on a slot's model, with the goldens' number of tokens. */
  async try(name: SlotName, mostTokens = 32): Promise<void> {
    await this.slot(name)
      .getByRole('button', { name: `Try ${name}` })
      .click();
    const most = this.tryIt.getByRole('spinbutton', { name: 'Most new tokens' });
    if (!(await most.isVisible())) await this.tryIt.getByText('Settings').click();
    await most.fill(String(mostTokens));
    await most.blur();
  }

  async attach(image: string): Promise<void> {
    await this.tryIt.locator('input[accept]').setInputFiles(image);
  }

  async ask(question: string): Promise<void> {
    await this.tryIt.getByRole('textbox', { name: 'Question' }).fill(question);
    await this.tryIt.getByRole('button', { name: 'Ask' }).click();
  }

  /** What the answer columns say once both have ended; one where nothing was edited. */
  async answers(): Promise<string[]> {
    const columns = this.answer.locator('p[aria-busy]');
    await expect(columns.first()).toBeVisible();
    await expect(this.tryIt.getByRole('button', { name: 'Ask' })).toBeVisible(LONG);
    return columns.allTextContents();
  }

  get answer(): Locator {
    return this.tryIt.getByRole('region', { name: 'Answer' });
  }

  /** A layer (1…L) on the strip of Try it. */
  layer(index: number): Locator {
    return this.tryIt.getByRole('switch', { name: new RegExp(`^Layer ${index},`) });
  }

  private async pick(group: string, option: string): Promise<void> {
    await this.page.getByRole('group', { name: group }).getByText(option, { exact: true }).click();
  }
}

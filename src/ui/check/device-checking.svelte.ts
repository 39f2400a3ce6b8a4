import type { CaseName } from '../../check/case.ts';
import type { checkDevice } from '../../check/device-check.ts';
import type { CheckedAndSaid } from '../../check/report.ts';
import type { EngineApi } from '../../engine/protocol.ts';
import type { Device } from '../../engine/protocol/device.ts';
import type { NamedError } from '../../named-error.ts';
import { failureOf } from '../state/failure.ts';

/** The case under way, and its place from 0; or, behind them, that the device is measured. */
type UnderWay =
  { readonly name: CaseName; readonly done: number; readonly total: number } | 'measuring' | null;

/** What checks a device in place of the app's own, where something does. */
export type GivenCheck = () => Promise<typeof checkDevice | undefined>;

/** The check of each device: what was found last, and the one under way. Its modules come with the first. */
export class DeviceChecking {
  readonly #engine: EngineApi;
  readonly #given: GivenCheck;
  found = $state.raw<Readonly<Partial<Record<Device, CheckedAndSaid>>>>({});
  running = $state.raw<Device | null>(null);
  underWay = $state.raw<UnderWay>(null);
  error = $state.raw<NamedError | null>(null);
  #controller = new AbortController();

  constructor(engine: EngineApi, given: GivenCheck) {
    this.#engine = engine;
    this.#given = given;
  }

  async start(device: Device): Promise<void> {
    if (this.running) return;
    this.#controller = new AbortController();
    const { signal } = this.#controller;
    this.running = device;
    this.error = null;
    this.found = { ...this.found, [device]: undefined };
    try {
      const check = (await this.#given()) ?? (await import('../../check/device-check.ts')).checkDevice;
      const onCase = (name: CaseName, done: number, total: number): void => {
        this.underWay = { name, done, total };
      };
      const onMeasuring = (): void => {
        this.underWay = 'measuring';
      };
      const found = await check(this.#engine, device, { signal, onCase, onMeasuring });
      const { measured, adapter } = found.report.frankenscope.run;
      if (measured) {
        const [{ speedsOf }, { keepSpeeds, placeOf }] = await Promise.all([
          import('../../check/cost/run-seconds.ts'),
          import('../state/run-costs.svelte.ts'),
        ]);
        keepSpeeds(placeOf({ device, adapter }), speedsOf(measured));
      }
      this.found = { ...this.found, [device]: found };
    } catch (thrown) {
      this.error = failureOf(thrown);
    } finally {
      this.running = null;
      this.underWay = null;
    }
  }

  cancel(): void {
    this.#controller.abort();
  }
}

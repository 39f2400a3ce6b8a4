import { checkDevice } from '../../check/device-check.ts';
import type { Command } from '../context.ts';

/** Whether the device computes what others compute, and how fast it is. */
export const run: Command = async ({ checkpoints, engine, signal, notice }) => {
  const { device } = await checkpoints.loadOptions();
  const { report } = await checkDevice(engine, device, {
    signal,
    onCase: (name, done, total) => notice(`${name}, ${done + 1} of ${total}`),
    onMeasuring: () => notice('measuring'),
  });
  return report;
};

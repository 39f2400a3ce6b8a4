import { texts } from '../language/texts.ts';

/** Large numbers in words: from which size on, and what so many are called. */
type Magnitudes = readonly (readonly [size: number, name: string])[];

export const en = {
  noLimit: 'no limit',
  magnitudes: [
    [1e12, 'trillion'],
    [1e9, 'billion'],
    [1e6, 'million'],
  ] as Magnitudes,
  seconds: (seconds: number) => `${seconds} s`,
  minutes: (minutes: number, seconds: number) => (seconds ? `${minutes} min ${seconds} s` : `${minutes} min`),
  hours: (hours: number, minutes: number) => (minutes ? `${hours} h ${minutes} min` : `${hours} h`),
  /** What long work is doing, as it says it itself. */
  phase: (phase: string) => phase,
  phaseOf: (phase: string, name: string) => `${phase}: ${name}`,
  amount: {
    bytes: (done: string, total: string) => `${done} of ${total}`,
    tensors: (done: string, total: string) => `${done} of ${total} tensors`,
    samples: (done: string, total: string) => `${done} of ${total} samples`,
    answers: (done: string, total: string) => `${done} of ${total} answers`,
    engines: (done: string, total: string) => `${done} of ${total} engines`,
  },
  rate: {
    bytes: (rate: string) => `${rate}/s`,
    tensors: (rate: string) => `${rate} tensors/s`,
    samples: (rate: string) => `${rate} samples/s`,
    answers: (rate: string) => `${rate} answers/s`,
    engines: (rate: string) => `${rate} engines/s`,
  },
  left: (duration: string) => `${duration} left`,
};

export const t = texts('format', en);

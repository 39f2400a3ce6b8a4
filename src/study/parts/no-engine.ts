import type { AnsweringEngine } from '../../evaluation/answers/answer-all.ts';
import type { ProbeEngine } from '../../probes/probe-engine.ts';

const none = (): never => {
  throw new TypeError('parts are combined without an engine');
};

/** For plans that are laid out to be written, and never run. */
export const NO_ENGINE: ProbeEngine & AnsweringEngine = {
  ...{ generate: none, generateAll: none, forward: none, scoreAnswer: none },
  ...{ captureImageKv: none, captureImagesKv: none, releaseKv: none, cancel: none },
};

import type { EngineApi } from '../../engine/protocol.ts';

/** An engine whose thread begins with the first thing that is asked of it. */
export function engineWhenAsked(connect: () => EngineApi): EngineApi {
  let engine: EngineApi | null = null;
  return new Proxy({} as EngineApi, {
    get(_, name) {
      const connected = (engine ??= connect());
      const value: unknown = Reflect.get(connected, name);
      return typeof value === 'function' ? (value.bind(connected) as unknown) : value;
    },
  });
}

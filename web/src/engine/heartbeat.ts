/** The page's end of the worker that ticks. */
import workerUrl from './heartbeat.worker.ts?worker&url';
import type { Ticker } from './talk';

/** The trusted-types policy of this page; the gateway's Content-Security-Policy names it. */
const POLICY = 'giaoban';

/** A ticker in a worker of its own. */
export function workerTicker(tick: () => void): Ticker {
  const worker = new Worker(trusted(workerUrl) as string, { type: 'module' });
  worker.onmessage = tick;
  return {
    start: () => worker.postMessage('start'),
    stop: () => worker.postMessage('stop'),
    dispose: () => worker.terminate(),
  };
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): unknown };
}

/** Marks the address of our own worker as one that may run; every other address is refused. */
function trusted(url: string): unknown {
  const factory = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  if (factory === undefined) return url;
  const policy = factory.createPolicy(POLICY, {
    createScriptURL: (asked) => {
      if (asked !== workerUrl) throw new TypeError('not our worker');
      return asked;
    },
  });
  return policy.createScriptURL(url);
}

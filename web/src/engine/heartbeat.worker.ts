/** Ticks once a second from a worker: a hidden page's own timers may be held back for a minute. */

const PERIOD_MS = 1000;
let timer: ReturnType<typeof setInterval> | undefined;

self.onmessage = (event: MessageEvent<'start' | 'stop'>) => {
  clearInterval(timer);
  if (event.data === 'start') timer = setInterval(() => self.postMessage(null), PERIOD_MS);
};

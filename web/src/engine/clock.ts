/** The server's clock as seen from here. */

/** Samples kept: with one each two seconds, the last quarter of a minute. */
const SAMPLES = 8;

/** Estimates the difference of the clocks from pings; the quickest of the last few counts, as its error is least. */
export class ServerClock {
  private samples: { rtt: number; offset: number }[] = [];

  /** Takes a pong. `sentAt` and `now`: this computer's time, in ms; `serverTime`: the pong's. */
  add(sentAt: number, now: number, serverTime: number): void {
    const rtt = Math.max(0, now - sentAt);
    this.samples.push({ rtt, offset: serverTime - (sentAt + rtt / 2) });
    if (this.samples.length > SAMPLES) this.samples.shift();
  }

  /** Takes the time of a welcome: good enough until the first pong. */
  start(now: number, serverTime: number): void {
    this.samples = [{ rtt: Number.POSITIVE_INFINITY, offset: serverTime - now }];
  }

  /** Server time minus `Date.now()`, in ms. */
  get offset(): number {
    const [first, ...rest] = this.samples;
    if (first === undefined) return 0;
    return rest.reduce((best, next) => (next.rtt < best.rtt ? next : best), first).offset;
  }

  /** The last way there and back, in ms; `null` before the first pong. */
  get rtt(): number | null {
    const last = this.samples.at(-1)?.rtt;
    return last === undefined || !Number.isFinite(last) ? null : last;
  }
}

import { describe, expect, it } from 'vitest';
import { type Line, type LineSample, lineOf, verdictOf } from '../../src/engine/line';

/** Samples every 250 ms of a line that carries `down` and `up` bit/s from 1.5 s on and a tenth before. */
function samples(change: (at: number) => Partial<LineSample> = () => ({})): LineSample[] {
  return Array.from({ length: 17 }, (_, index) => {
    const at = index * 250;
    const carried = Math.min(at, 1500) / 10 + Math.max(0, at - 1500);
    return {
      at: 5000 + at,
      protocol: 'udp',
      bytesSent: carried * 250,
      bytesReceived: carried * 750,
      received: at,
      lost: 0,
      jitter: 2,
      rtt: 24,
      report: null,
      ...change(at),
    };
  });
}

describe('a line test', () => {
  it('gives the rates of the best second', () => {
    expect(lineOf(samples())).toMatchObject({ up: 2_000_000, down: 6_000_000, rtt: 24, loss: 0, jitter: 2 });
  });

  it('counts as lost what is lost before the line is filled, not what filling it loses', () => {
    const filled = samples((at) => ({ lost: at < 2000 ? 0 : at }));
    expect(lineOf(filled)?.loss).toBe(0);
    const bad = samples((at) => ({ received: at * 0.9, lost: at * 0.1 }));
    expect(lineOf(bad)?.loss).toBeCloseTo(0.1);
  });

  it('takes the mean of the reports about what went up, each once, and counts only what arrived', () => {
    const report = (time: number, loss: number) => ({ time, loss, jitter: 9, rtt: 18 });
    const lossy = samples((at) => ({
      report: at < 1000 ? null : at < 2000 ? report(1, 0.2) : at < 3000 ? report(2, 0.1) : report(3, 0),
    }));
    expect(lineOf(lossy)).toMatchObject({ rtt: 18, jitter: 9 });
    expect(lineOf(lossy)?.loss).toBeCloseTo(0.1);
    expect(lineOf(lossy)?.up).toBeCloseTo(1_800_000);
  });

  it('of nothing is no line', () => {
    expect(lineOf([])).toBeNull();
    expect(lineOf(samples(() => ({ received: 0 })))).toBeNull();
  });
});

describe('the verdict', () => {
  const good: Line = { protocol: 'udp', rtt: 24, jitter: 2, loss: 0.001, up: 2_400_000, down: 5_900_000 };
  it.each<[Partial<Line>, string, string]>([
    [{}, 'good', 'none'],
    [{ down: 2_000_000 }, 'fair', 'down'],
    [{ down: 500_000 }, 'weak', 'down'],
    [{ up: 300_000 }, 'fair', 'up'],
    [{ up: 100_000 }, 'weak', 'up'],
    [{ loss: 0.02 }, 'fair', 'loss'],
    [{ loss: 0.08 }, 'weak', 'loss'],
    [{ rtt: 450 }, 'weak', 'delay'],
    [{ jitter: 60 }, 'fair', 'jitter'],
    [{ rtt: 250, loss: 0.09 }, 'weak', 'loss'],
    [{ up: 100_000, loss: 0.09 }, 'weak', 'up'],
  ])('of %o is %s by %s', (change, level, cause) => {
    expect(verdictOf({ ...good, ...change })).toEqual({ level, cause });
  });
});

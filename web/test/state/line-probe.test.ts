import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../src/engine/api';
import type { LineResult } from '../../src/engine/line-test';
import { LineProbe } from '../../src/state/line-probe';

const measured: LineResult = {
  name: 'measured',
  line: { protocol: 'udp', rtt: 24, jitter: 2, loss: 0, up: 2e6, down: 6e6 },
};

describe('the line test of the lobby', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('begins by itself once the lobby has stood for a second, and again on demand', async () => {
    const test = vi.fn(async () => measured);
    const probe = new LineProbe(() => 'secret', test);
    probe.arrive();
    await vi.advanceTimersByTimeAsync(999);
    expect(test).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(probe.state.value).toEqual(measured);
    await vi.advanceTimersByTimeAsync(60_000);
    await probe.run();
    expect(test).toHaveBeenCalledTimes(2);
  });

  it('ends when one joins, and leaves no result behind', async () => {
    let until: AbortSignal | undefined;
    let finish = (_: LineResult) => {};
    const probe = new LineProbe(
      () => 'secret',
      (_, signal) => {
        until = signal;
        return new Promise((resolve) => {
          finish = resolve;
        });
      },
    );
    const run = probe.run();
    expect(probe.state.value.name).toBe('testing');
    probe.stop();
    expect(until?.aborted).toBe(true);
    finish(measured);
    await run;
    expect(probe.state.value.name).toBe('idle');
  });

  it('is not begun for who joins at once', async () => {
    const test = vi.fn(async () => measured);
    const probe = new LineProbe(() => 'secret', test);
    probe.arrive();
    probe.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(test).not.toHaveBeenCalled();
  });

  it('asks a busy gateway again, four times in all, and then no more', async () => {
    const test = vi.fn(async () => {
      throw new ApiError('overloaded');
    });
    const probe = new LineProbe(() => 'secret', test);
    probe.arrive();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(test).toHaveBeenCalledTimes(4);
    expect(probe.state.value).toEqual({ name: 'unknown', cause: 'busy' });
  });

  it.each([
    ['rate_limited', 'often'],
    ['unreachable', 'failed'],
  ] as const)('says of %s that it is %s', async (code, cause) => {
    const probe = new LineProbe(
      () => 'secret',
      async () => {
        throw new ApiError(code);
      },
    );
    await probe.run();
    expect(probe.state.value).toEqual({ name: 'unknown', cause });
  });
});

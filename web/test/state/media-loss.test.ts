import { describe, expect, it } from 'vitest';
import type { Counters } from '../../src/engine/network';
import { MediaLoss } from '../../src/state/media-loss';

const counters = (at: number, received: number): Counters => ({
  at,
  bytesSent: 0,
  bytesReceived: received * 1000,
  packetsReceived: received,
  packetsLost: 0,
  remoteLoss: 0,
  rtt: null,
});

describe('the loss of sound and picture', () => {
  it('began when packets came last, however late the browser notices', () => {
    const loss = new MediaLoss();
    loss.connected(true, 0);
    loss.counted(null, counters(100_000, 50));
    loss.counted(counters(100_000, 50), counters(102_000, 90));
    loss.counted(counters(102_000, 90), counters(104_000, 90));
    loss.connected(false, 108_500);
    expect(loss.since.value).toBe(102_000);
    loss.connected(false, 111_000);
    expect(loss.since.value).toBe(102_000);
  });

  it('begins when it is noticed where nothing came for long before', () => {
    const loss = new MediaLoss();
    loss.counted(null, counters(100_000, 50));
    loss.connected(false, 160_000);
    expect(loss.since.value).toBe(160_000);
  });

  it('ends when the path is up again', () => {
    const loss = new MediaLoss();
    loss.connected(false, 5);
    loss.connected(true, 6);
    expect(loss.since.value).toBeNull();
  });

  it('is a silence of two seconds where feedback or a speaker should be heard', () => {
    const sending = (at: number, received: number): Counters => ({
      ...counters(at, received),
      bytesSent: at * 4,
    });
    for (const [reading, expected] of [
      [sending, false],
      [counters, true],
    ] as const) {
      const loss = new MediaLoss();
      loss.connected(true, 99_000);
      loss.counted(null, reading(100_000, 50), expected);
      loss.counted(reading(100_000, 50), reading(101_000, 50), expected);
      expect(loss.since.value).toBeNull();
      loss.counted(reading(101_000, 50), reading(102_000, 50), expected);
      expect(loss.since.value).toBe(100_000);
      loss.counted(reading(102_000, 50), reading(103_000, 51), expected);
      expect(loss.since.value).toBeNull();
    }
  });

  it('is no loss that nothing comes where nothing should', () => {
    const loss = new MediaLoss();
    loss.connected(true, 99_000);
    loss.counted(counters(100_000, 50), counters(160_000, 50));
    expect(loss.since.value).toBeNull();
  });

  it('that the path is given up after a silence still counts from the last packet, and ends with the path alone', () => {
    const loss = new MediaLoss();
    loss.connected(true, 99_000);
    loss.counted(null, counters(100_000, 50), true);
    loss.counted(counters(100_000, 50), counters(102_000, 50), true);
    loss.connected(false, 105_000);
    loss.counted(counters(102_000, 50), counters(106_000, 52), true);
    expect(loss.since.value).toBe(100_000);
    loss.connected(true, 107_000);
    expect(loss.since.value).toBeNull();
  });
});

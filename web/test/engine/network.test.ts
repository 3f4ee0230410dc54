import { describe, expect, it } from 'vitest';
import { type Counters, countersOf, networkBetween } from '../../src/engine/network';

const counters = (more: Partial<Counters> = {}): Counters => ({
  at: 0,
  bytesSent: 0,
  bytesReceived: 0,
  packetsReceived: 0,
  packetsLost: 0,
  remoteLoss: 0,
  rtt: 30,
  ...more,
});

describe('the network', () => {
  it('is read from the pair in use, the streams received and the reports on those sent', () => {
    const report: [string, unknown][] = [
      [
        'a',
        {
          type: 'candidate-pair',
          state: 'succeeded',
          nominated: true,
          bytesSent: 7,
          currentRoundTripTime: 0.05,
        },
      ],
      ['b', { type: 'candidate-pair', state: 'failed', nominated: false, bytesSent: 900 }],
      ['c', { type: 'inbound-rtp', packetsReceived: 90, packetsLost: 4 }],
      ['d', { type: 'inbound-rtp', packetsReceived: 10, packetsLost: 6 }],
      ['e', { type: 'remote-inbound-rtp', fractionLost: 0.2 }],
    ];
    expect(countersOf(report, 5)).toEqual({
      at: 5,
      bytesSent: 7,
      bytesReceived: 0,
      packetsReceived: 100,
      packetsLost: 10,
      remoteLoss: 0.2,
      rtt: 50,
    });
  });

  it('has rates and loss between two readings', () => {
    const now = counters({ at: 2000, bytesSent: 250_000, packetsReceived: 90, packetsLost: 10 });
    expect(networkBetween(counters(), now, null)).toEqual({
      bars: 1,
      rtt: 30,
      loss: 0.1,
      sending: 1_000_000,
      receiving: 0,
    });
  });

  it('counts the worse direction, and the socket’s delay where the browser names none', () => {
    const now = counters({ at: 1000, remoteLoss: 0.02, rtt: null });
    expect(networkBetween(counters(), now, 20)).toMatchObject({ bars: 2, loss: 0.02, rtt: 20 });
    expect(networkBetween(counters(), counters({ at: 1000 }), null).bars).toBe(3);
    expect(networkBetween(counters(), counters({ at: 1000, rtt: 500 }), null).bars).toBe(1);
  });
});

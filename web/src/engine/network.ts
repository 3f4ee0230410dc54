/** The own network, from the browser's counters (Identifiers for WebRTC's Statistics API). */

/** What the status strip shows of it. */
export interface Network {
  /** 0 no connection, 1 weak, 2 fair, 3 good. */
  readonly bars: 0 | 1 | 2 | 3;
  /** Way there and back, in milliseconds. */
  readonly rtt: number;
  /** Packets lost in either direction, the worse of the two, 0 to 1. */
  readonly loss: number;
  /** Sent, in bit/s. */
  readonly sending: number;
  /** Received, in bit/s. */
  readonly receiving: number;
}

/** Counters that only rise, at one moment. */
export interface Counters {
  readonly at: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly packetsReceived: number;
  readonly packetsLost: number;
  /** The worst loss a receiver reported of what is sent here, 0 to 1. */
  readonly remoteLoss: number;
  /** Way there and back of the media path, in ms; `null` if the browser does not say. */
  readonly rtt: number | null;
}

type Row = Record<string, unknown> & { type: string };

/** Sums the counters of a report. */
export function countersOf(report: Iterable<[string, unknown]>, at: number): Counters {
  const counters = { bytesSent: 0, bytesReceived: 0, packetsReceived: 0, packetsLost: 0, remoteLoss: 0 };
  let rtt: number | null = null;
  for (const [, value] of report) {
    const row = value as Row;
    if (row.type === 'candidate-pair' && row.state === 'succeeded' && row.nominated === true) {
      counters.bytesSent += number(row.bytesSent);
      counters.bytesReceived += number(row.bytesReceived);
      if (typeof row.currentRoundTripTime === 'number') rtt = row.currentRoundTripTime * 1000;
    } else if (row.type === 'inbound-rtp') {
      counters.packetsReceived += number(row.packetsReceived);
      counters.packetsLost += number(row.packetsLost);
    } else if (row.type === 'remote-inbound-rtp') {
      counters.remoteLoss = Math.max(counters.remoteLoss, number(row.fractionLost));
    }
  }
  return { at, ...counters, rtt };
}

/** The network between two moments. `socketRtt`: the socket's way there and back, where the media's is not known. */
export function networkBetween(before: Counters, now: Counters, socketRtt: number | null): Network {
  const seconds = Math.max(0.001, (now.at - before.at) / 1000);
  const rate = (from: number, to: number) => Math.max(0, ((to - from) * 8) / seconds);
  const lost = Math.max(0, now.packetsLost - before.packetsLost);
  const received = Math.max(0, now.packetsReceived - before.packetsReceived);
  const downLoss = lost + received === 0 ? 0 : lost / (lost + received);
  const loss = Math.max(downLoss, now.remoteLoss);
  const rtt = Math.round(now.rtt ?? socketRtt ?? 0);
  return {
    bars: barsOf(rtt, loss),
    rtt,
    loss,
    sending: rate(before.bytesSent, now.bytesSent),
    receiving: rate(before.bytesReceived, now.bytesReceived),
  };
}

/** Bars by what a briefing bears: conversation suffers from 200 ms, pictures from 1.5 % loss. */
function barsOf(rtt: number, loss: number): 1 | 2 | 3 {
  if (loss > 0.05 || rtt > 400) return 1;
  if (loss > 0.015 || rtt > 200) return 2;
  return 3;
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

/** What a line test measured, from the browser's counters (Identifiers for WebRTC's Statistics API). Pure. */

/** The gateway sends little for so long: what is lost then, the line loses (`media/src/line_test.rs`). */
const CALM_MS = 1500;
/** Rates are those of the best stretch of this length. */
const STRETCH_MS = 1000;

/** The counters at one moment. */
export interface LineSample {
  readonly at: number;
  /** `udp` or `tcp`. */
  readonly protocol: string;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly received: number;
  readonly lost: number;
  /** Of what is received, in ms. */
  readonly jitter: number;
  /** Way there and back of the last check of the path, in ms. */
  readonly rtt: number | null;
  /** The gateway's last report of what is sent. `time` tells reports apart. */
  readonly report: {
    readonly time: number;
    readonly loss: number;
    readonly jitter: number;
    readonly rtt: number | null;
  } | null;
}

/** A line as it was measured. */
export interface Line {
  readonly protocol: string;
  /** The shortest way there and back, in ms. */
  readonly rtt: number;
  /** Of the worse direction, in ms. */
  readonly jitter: number;
  /** Share of packets lost in the worse direction, 0 to 1. */
  readonly loss: number;
  /** From here to the gateway, in bit/s. */
  readonly up: number;
  /** From the gateway to here, in bit/s. */
  readonly down: number;
}

/** Reads a sample; `null` while there is no path. */
export function sampleOf(report: RTCStatsReport, at: number): LineSample | null {
  const rows = [...report.values()] as Row[];
  const pair = rows.find(
    (row) => row.type === 'candidate-pair' && row.nominated === true && row.state === 'succeeded',
  );
  if (pair === undefined) return null;
  const candidate = rows.find((row) => row.id === pair.localCandidateId);
  const inbound = rows.find((row) => row.type === 'inbound-rtp');
  const remote = rows.find((row) => row.type === 'remote-inbound-rtp');
  return {
    at,
    protocol: typeof candidate?.protocol === 'string' ? candidate.protocol : 'udp',
    bytesSent: number(pair.bytesSent),
    bytesReceived: number(pair.bytesReceived),
    received: number(inbound?.packetsReceived),
    lost: Math.max(0, number(inbound?.packetsLost)),
    jitter: number(inbound?.jitter) * 1000,
    rtt: milliseconds(pair.currentRoundTripTime),
    report:
      remote === undefined
        ? null
        : {
            time: number(remote.timestamp),
            loss: number(remote.fractionLost),
            jitter: number(remote.jitter) * 1000,
            rtt: milliseconds(remote.roundTripTime),
          },
  };
}

/** The line that samples in the order of time show; `null` if nothing came through. */
export function lineOf(samples: readonly LineSample[]): Line | null {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.received === 0) return null;
  const calm = samples.findLast(({ at, received }) => at - first.at <= CALM_MS && received > 0) ?? last;
  const times = new Map(samples.flatMap(({ report }) => (report === null ? [] : [[report.time, report]])));
  const reports = [...times.values()];
  // Each covers about a second, and so about as many packets.
  const lossUp = reports.reduce((sum, { loss }) => sum + loss, 0) / Math.max(1, reports.length);
  const rtts = [...samples.map(({ rtt }) => rtt), ...reports.map(({ rtt }) => rtt)];
  return {
    protocol: last.protocol,
    rtt: least(rtts.filter((rtt) => rtt !== null)) ?? 0,
    jitter: Math.max(calm.jitter, least(reports.map(({ jitter }) => jitter)) ?? 0),
    loss: Math.max(lossUp, calm.lost / (calm.lost + calm.received)),
    up: best(samples, ({ bytesSent }) => bytesSent) * (1 - lossUp),
    down: best(samples, ({ bytesReceived }) => bytesReceived),
  };
}

/** What to tell a person of a line. */
export interface LineVerdict {
  readonly level: 'good' | 'fair' | 'weak';
  /** What holds it back most. */
  readonly cause: LineCause;
}

/** What can hold a line back. */
export type LineCause = 'none' | 'down' | 'up' | 'loss' | 'delay' | 'jitter';

/**
 * From where on a line is fair, and weak. A stage and four tiles are 2.5 Mbit/s. Upwards the limits are low: a browser begins
 * at 0.3 Mbit/s, and within four seconds Firefox comes to 0.5 and Chromium to 1.5 on any line (seen), so that more tells
 * of the browser alone. Conversation suffers from 200 ms and pictures from 1.5 % loss, as the bars in the room say. In
 * the order in which one explains the other: a line that is too narrow loses packets too.
 */
const LIMITS: readonly (readonly [LineCause, (line: Line) => number, number, number])[] = [
  ['down', ({ down }) => -down, -2_500_000, -600_000],
  ['up', ({ up }) => -up, -400_000, -150_000],
  ['loss', ({ loss }) => loss, 0.015, 0.05],
  ['delay', ({ rtt }) => rtt, 200, 400],
  ['jitter', ({ jitter }) => jitter, 40, 100],
];

/** Judges a line. */
export function verdictOf(line: Line): LineVerdict {
  const weak = LIMITS.find(([, value, , limit]) => value(line) > limit);
  if (weak !== undefined) return { level: 'weak', cause: weak[0] };
  const fair = LIMITS.find(([, value, limit]) => value(line) > limit);
  return fair === undefined ? { level: 'good', cause: 'none' } : { level: 'fair', cause: fair[0] };
}

type Row = Record<string, unknown> & { readonly type: string };

/** The greatest rise in {@link STRETCH_MS}, in bit/s. */
function best(samples: readonly LineSample[], bytes: (sample: LineSample) => number): number {
  let most = 0;
  for (const [index, from] of samples.entries()) {
    const to = samples.slice(index).find(({ at }) => at - from.at >= STRETCH_MS);
    if (to !== undefined) most = Math.max(most, ((bytes(to) - bytes(from)) * 8000) / (to.at - from.at));
  }
  return most;
}

function least(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.min(...values);
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function milliseconds(value: unknown): number | null {
  return typeof value === 'number' && value > 0 ? value * 1000 : null;
}

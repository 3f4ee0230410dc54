/**
 * What a person hands to an operator after a failed call (docs/diagnosis.md). Everything in it is a number, or a word of
 * a closed list: what the browser counts is picked field by field, so that no name, address, key or description of a
 * session can come along.
 */
import { PROTOCOL_VERSION } from '../gen/wire';
import { type DiagnosisEvent, type DiagnosisReading, type Notes, phaseWord, type Row } from './diary';
import type { DeviceState, Phase } from './room';

/** Version of the file's layout. */
export const DIAGNOSIS_VERSION = 1;
/** Streams in the file; a page with all its tiles has some ninety. */
const MOST_STREAMS = 120;

/** One stream, by the names of the browser's counters. */
export type DiagnosisStream = Readonly<Record<string, number | string>>;

/** The file. */
export interface Diagnosis {
  readonly format: 'giaoban-diagnosis';
  readonly version: number;
  readonly protocol: number;
  readonly browser: { readonly name: string; readonly major: number; readonly system: string };
  readonly cores: number;
  /** How long the page has been open, in seconds. */
  readonly open: number;
  readonly phase: string;
  readonly camera: string;
  readonly microphone: string;
  readonly events: readonly DiagnosisEvent[];
  readonly readings: readonly DiagnosisReading[];
  readonly transport: DiagnosisStream;
  readonly path: DiagnosisStream;
  readonly streams: readonly DiagnosisStream[];
}

/** Words that the browser may use, by field (W3C WebRTC, its Statistics API, and the codecs' registered names). */
const WORDS: Readonly<Record<string, RegExp>> = {
  type: /^(inbound-rtp|outbound-rtp|remote-inbound-rtp)$/,
  kind: /^(audio|video)$/,
  rid: /^[hmlfq0-9]$/,
  iceState: /^(new|checking|connected|completed|disconnected|failed|closed)$/,
  dtlsState: /^(new|connecting|connected|closed|failed)$/,
  tlsVersion: /^[0-9A-F]{4}$/,
  srtpCipher: /^(AEAD_AES_(128|256)_GCM|AES_CM_128_HMAC_SHA1_80)$/,
  candidateType: /^(host|srflx|prflx|relay)$/,
  protocol: /^(udp|tcp)$/,
  qualityLimitationReason: /^(none|cpu|bandwidth|other)$/,
  mimeType: /^(audio\/opus|video\/(VP8|VP9|AV1|H264|rtx))$/,
};

const TRANSPORT = [
  'iceState',
  'dtlsState',
  'tlsVersion',
  'srtpCipher',
  'bytesSent',
  'bytesReceived',
  'selectedCandidatePairChanges',
];
const PAIR = [
  'currentRoundTripTime',
  'availableOutgoingBitrate',
  'bytesSent',
  'bytesReceived',
  'requestsSent',
  'responsesReceived',
  'consentRequestsSent',
];
const CANDIDATE = ['candidateType', 'protocol'];
const STREAM = [
  'type',
  'kind',
  'rid',
  'packetsSent',
  'packetsReceived',
  'packetsLost',
  'retransmittedPacketsSent',
  'retransmittedPacketsReceived',
  'bytesSent',
  'bytesReceived',
  'jitter',
  'fractionLost',
  'roundTripTime',
  'nackCount',
  'pliCount',
  'framesPerSecond',
  'framesEncoded',
  'framesDecoded',
  'framesDropped',
  'keyFramesDecoded',
  'frameHeight',
  'freezeCount',
  'totalFreezesDuration',
  'concealedSamples',
  'totalSamplesReceived',
  'qualityLimitationReason',
];

/** The fields of a row that are named, if they are numbers or known words. */
function pick(row: Row | undefined, fields: readonly string[]): Record<string, number | string> {
  const picked: Record<string, number | string> = {};
  for (const field of fields) {
    const value = row?.[field];
    if (typeof value === 'number' && Number.isFinite(value)) picked[field] = value;
    else if (typeof value === 'string' && WORDS[field]?.test(value)) picked[field] = value;
  }
  return picked;
}

/** Which browser, of those that we know. */
export function browserOf(agent: string): Diagnosis['browser'] {
  const version = (mark: RegExp) => Number(mark.exec(agent)?.[1] ?? 0);
  const [firefox, chromium] = [version(/Firefox\/(\d{1,4})/), version(/Chrom(?:e|ium)\/(\d{1,4})/)];
  const systems = [
    ['android', /Android/],
    ['ios', /iPhone|iPad/],
    ['windows', /Windows/],
    ['mac', /Mac OS/],
    ['linux', /Linux/],
  ] as const;
  const system = systems.find(([, mark]) => mark.test(agent))?.[0] ?? 'other';
  if (firefox > 0) return { name: 'firefox', major: firefox, system };
  return { name: chromium > 0 ? 'chromium' : 'other', major: chromium, system };
}

function deviceWord(device: DeviceState): string {
  return device.name === 'failed' ? `failed:${device.problem}` : device.name;
}

/** What the page is like now, beside what was noted. */
export interface Present {
  readonly phase: Phase;
  readonly camera: DeviceState;
  readonly microphone: DeviceState;
  readonly agent: string;
  readonly cores: number;
}

/** The file. */
export function diagnosisOf(notes: Notes, { phase, camera, microphone, agent, cores }: Present): Diagnosis {
  const byId = new Map(notes.rows);
  const of = (type: string) => notes.rows.map(([, row]) => row).filter((row) => row.type === type);
  const pair = of('candidate-pair').find((row) => row.state === 'succeeded' && row.nominated === true);
  const streams = ['inbound-rtp', 'outbound-rtp', 'remote-inbound-rtp'].flatMap(of);
  return {
    format: 'giaoban-diagnosis',
    version: DIAGNOSIS_VERSION,
    protocol: PROTOCOL_VERSION,
    browser: browserOf(agent),
    cores,
    open: notes.open,
    phase: phaseWord(phase),
    camera: deviceWord(camera),
    microphone: deviceWord(microphone),
    events: notes.events,
    readings: notes.readings,
    transport: pick(of('transport')[0], TRANSPORT),
    path: { ...pick(pair, PAIR), ...pick(byId.get(String(pair?.localCandidateId)), CANDIDATE) },
    streams: streams.slice(0, MOST_STREAMS).map((row) => ({
      ...pick(row, STREAM),
      ...pick(byId.get(String(row.codecId)), ['mimeType']),
    })),
  };
}

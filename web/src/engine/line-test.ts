/**
 * Tests the line to the gateway before the seat is taken, over a peer connection of its own that takes the same way as the
 * room's. The gateway sends padding; what goes up is the browser's own encoder, fed with noise, at the rate that its
 * congestion control finds: what a camera would get.
 */
import { requestLineTest } from './api';
import { preferRoomCodecs } from './codecs';
import { type Line, type LineSample, lineOf, sampleOf } from './line';
import { packSdp } from './sdp';

/** How long is measured, and how often the counters are read, in ms. */
const DURATION_MS = 4200;
const SAMPLE_MS = 250;
/** A path that does not stand after so long is barred, in ms. */
const CONNECT_MS = 7000;
/** More than the camera sends. */
const LARGEST_RATE = 3_000_000;
const NOISE_WIDTH = 320;
const NOISE_HEIGHT = 180;
const NOISE_RATE = 30;

/** What a test came to. */
export type LineResult =
  | { readonly name: 'measured'; readonly line: Line }
  /** The gateway answered, but no media gets through to `address`. */
  | { readonly name: 'barred'; readonly address: string };

/** Tests once. Throws `ApiError` when the gateway does not take part, and whatever when the browser cannot. */
export async function testLine(link: string, until: AbortSignal): Promise<LineResult> {
  const pc = new RTCPeerConnection({ iceServers: [], bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require' });
  const noise = startNoise();
  const end = () => {
    noise.stop();
    pc.close();
  };
  until.addEventListener('abort', end);
  try {
    const address = await connect(pc, noise.track, link);
    if (!(await isConnected(pc))) return { name: 'barred', address };
    const line = lineOf(await measure(pc));
    return line === null ? { name: 'barred', address } : { name: 'measured', line };
  } finally {
    until.removeEventListener('abort', end);
    end();
  }
}

/** Offers and takes the answer; says where the gateway takes media. */
async function connect(pc: RTCPeerConnection, track: MediaStreamTrack, link: string): Promise<string> {
  const sending = pc.addTransceiver(track, {
    direction: 'sendonly',
    sendEncodings: [{ maxBitrate: LARGEST_RATE }],
  });
  const receiving = pc.addTransceiver('video', { direction: 'recvonly' });
  preferRoomCodecs(sending, 'video');
  preferRoomCodecs(receiving, 'video');
  await pc.setLocalDescription();
  const sdp = await requestLineTest({
    secret: link,
    sdp: await packSdp(pc.localDescription?.sdp ?? ''),
    sending: sending.mid ?? '',
    receiving: receiving.mid ?? '',
  });
  await pc.setRemoteDescription({ type: 'answer', sdp });
  return addressIn(sdp);
}

/** Where the gateway takes media: under the page's own address if it is among them, else the best. */
function addressIn(answer: string): string {
  const candidates = [...answer.matchAll(/^a=candidate:\S+ 1 \S+ \d+ (\S+) (\d+) /gm)];
  const addresses = candidates.map(
    ([, host = '', port]) => `${host.includes(':') ? `[${host}]` : host}:${port}`,
  );
  return addresses.find((address) => address.startsWith(`${location.hostname}:`)) ?? addresses[0] ?? '';
}

function isConnected(pc: RTCPeerConnection): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), CONNECT_MS);
    const look = () => {
      if (pc.connectionState !== 'connected' && pc.connectionState !== 'failed') return;
      clearTimeout(timer);
      resolve(pc.connectionState === 'connected');
    };
    pc.onconnectionstatechange = look;
    look();
  });
}

async function measure(pc: RTCPeerConnection): Promise<LineSample[]> {
  const samples: LineSample[] = [];
  const start = performance.now();
  while (pc.connectionState !== 'closed' && performance.now() - start < DURATION_MS) {
    const sample = sampleOf(await pc.getStats(), performance.now());
    if (sample !== null) samples.push(sample);
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
  }
  return samples;
}

/** A picture that no encoder can make small. */
function startNoise(): { readonly track: MediaStreamTrack; stop(): void } {
  const canvas = document.createElement('canvas');
  canvas.width = NOISE_WIDTH;
  canvas.height = NOISE_HEIGHT;
  const context = canvas.getContext('2d', { alpha: false });
  const image = new ImageData(NOISE_WIDTH, NOISE_HEIGHT);
  const paint = () => {
    // `getRandomValues` fills 64 KiB at a time.
    for (let from = 0; from < image.data.length; from += 65_536)
      crypto.getRandomValues(image.data.subarray(from, from + 65_536));
    context?.putImageData(image, 0, 0);
  };
  paint();
  const timer = setInterval(paint, 1000 / NOISE_RATE);
  const [track] = canvas.captureStream(NOISE_RATE).getVideoTracks();
  if (track === undefined) throw new Error('a canvas without a track');
  return {
    track,
    stop() {
      clearInterval(timer);
      track.stop();
    },
  };
}

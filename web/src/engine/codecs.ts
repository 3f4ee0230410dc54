/** What is offered: the room's codecs and nothing else, so that an offer stays small. Pure but for the browser's lists. */

/** Codecs of a room, each with its retransmissions. */
const CODECS: Readonly<Record<'audio' | 'video', readonly string[]>> = {
  audio: ['audio/opus'],
  video: ['video/VP8', 'video/rtx'],
};

/** From so many pixels on, a browser makes so many layers; of what is more, Chromium leaves out the last. */
const THREE_LAYERS_PIXELS = 960 * 540;
const TWO_LAYERS_PIXELS = 480 * 270;

/**
 * The camera's layers, always three by name, as many of them active as the picture is worth: the largest one sent is
 * always the whole picture. Firefox starts the top layer only if its share is large enough (measured: at 1.8 Mbit/s
 * and above); the others leave it what a line of 2.5 Mbit/s has.
 */
export function cameraEncodings(width: number, height: number): RTCRtpEncodingParameters[] {
  const pixels = width * height;
  const whole = { scaleResolutionDownBy: 1 };
  if (pixels >= THREE_LAYERS_PIXELS) {
    return [
      { rid: 'q', active: true, scaleResolutionDownBy: 4, maxBitrate: 150_000 },
      { rid: 'h', active: true, scaleResolutionDownBy: 2, maxBitrate: 500_000 },
      { rid: 'f', active: true, ...whole, maxBitrate: 2_000_000 },
    ];
  }
  const two = pixels >= TWO_LAYERS_PIXELS;
  return [
    { rid: 'q', active: true, scaleResolutionDownBy: two ? 2 : 1, maxBitrate: 200_000 },
    { rid: 'h', active: two, ...whole, maxBitrate: 800_000 },
    { rid: 'f', active: false, ...whole, maxBitrate: 2_000_000 },
  ];
}

/** Brings a sender's layers to the size of what it sends. Changes nothing that was negotiated. */
export async function fitCamera(sender: RTCRtpSender, track: MediaStreamTrack): Promise<void> {
  const { width, height } = track.getSettings();
  if (width === undefined || height === undefined) return;
  const parameters = sender.getParameters();
  const wanted = cameraEncodings(width, height);
  if (parameters.encodings.length !== wanted.length) return;
  parameters.encodings = parameters.encodings.map((encoding, index) => ({ ...encoding, ...wanted[index] }));
  await sender.setParameters(parameters);
}

/** The screen: one layer in its own size, so that text is never shown at half of it. */
export const SCREEN_ENCODINGS: readonly RTCRtpEncodingParameters[] = [
  { maxBitrate: 2_500_000, scaleResolutionDownBy: 1 },
];

/** On a narrow line a screen comes less often, never coarser: text that cannot be read is of no use. */
export async function keepLegible(sender: RTCRtpSender): Promise<void> {
  await sender.setParameters({ ...sender.getParameters(), degradationPreference: 'maintain-resolution' });
}

/** Limits a transceiver to the room's codecs, before the first offer. */
export function preferRoomCodecs(transceiver: RTCRtpTransceiver, kind: 'audio' | 'video'): void {
  const all = RTCRtpReceiver.getCapabilities(kind)?.codecs ?? [];
  transceiver.setCodecPreferences(roomCodecs(all, kind));
}

/** The room's codecs among a browser's. */
export function roomCodecs(all: readonly RTCRtpCodec[], kind: 'audio' | 'video'): RTCRtpCodec[] {
  return all.filter((codec) =>
    CODECS[kind].some((name) => name.toLowerCase() === codec.mimeType.toLowerCase()),
  );
}

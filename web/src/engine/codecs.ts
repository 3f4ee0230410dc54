/** What is offered: the room's codecs and nothing else, so that an offer stays small. Pure but for the browser's lists. */

/** Codecs of a room, each with its retransmissions. */
const CODECS: Readonly<Record<'audio' | 'video', readonly string[]>> = {
  audio: ['audio/opus'],
  video: ['video/VP8', 'video/rtx'],
};

/**
 * The camera's three layers. Firefox starts the top layer only if its share is large enough (measured: at 1.8 Mbit/s
 * and above); the others leave it what a line of 2.5 Mbit/s has.
 */
export const CAMERA_ENCODINGS: readonly RTCRtpEncodingParameters[] = [
  { rid: 'q', scaleResolutionDownBy: 4, maxBitrate: 150_000 },
  { rid: 'h', scaleResolutionDownBy: 2, maxBitrate: 500_000 },
  { rid: 'f', scaleResolutionDownBy: 1, maxBitrate: 2_000_000 },
];

/** The screen: one layer, so that text is never shown at half its size. */
export const SCREEN_ENCODINGS: readonly RTCRtpEncodingParameters[] = [{ maxBitrate: 2_500_000 }];

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

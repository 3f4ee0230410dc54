/** Whether this browser has what a room cannot do without. */

/** Chromium 120 and Firefox 140 have all of it. */
export function isSupported(): boolean {
  return (
    typeof RTCPeerConnection === 'function' &&
    typeof RTCRtpTransceiver === 'function' &&
    'setCodecPreferences' in RTCRtpTransceiver.prototype &&
    typeof CompressionStream === 'function' &&
    typeof HTMLVideoElement === 'function' &&
    // Without it nobody can tell whose picture a frame is.
    'requestVideoFrameCallback' in HTMLVideoElement.prototype &&
    typeof navigator.mediaDevices?.getUserMedia === 'function'
  );
}

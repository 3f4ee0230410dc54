import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isSupported } from '../../src/engine/support';

class Everything {
  setCodecPreferences(): void {}
  requestVideoFrameCallback(): void {}
}

beforeEach(() => {
  for (const name of ['RTCPeerConnection', 'RTCRtpTransceiver', 'CompressionStream', 'HTMLVideoElement']) {
    vi.stubGlobal(name, Everything);
  }
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: () => undefined } });
});

afterEach(() => vi.unstubAllGlobals());

describe('a browser', () => {
  it('that has all of it can be in the room', () => {
    expect(isSupported()).toBe(true);
  });

  it.each([
    ['peer connections', 'RTCPeerConnection', undefined],
    ['choice of codecs', 'RTCRtpTransceiver', class {}],
    ['deflation', 'CompressionStream', undefined],
    ['callbacks for painted frames', 'HTMLVideoElement', class {}],
    ['devices', 'navigator', { mediaDevices: {} }],
    ['devices on an insecure page', 'navigator', {}],
  ])('without %s is too old', (_what, name, value) => {
    vi.stubGlobal(name, value);
    expect(isSupported()).toBe(false);
  });
});

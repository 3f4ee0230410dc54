import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Sound } from '../../src/engine/sound';

/** An audio element that plays or refuses as the test says. */
class FakeAudio {
  static refusal: string | null = null;
  static plays = 0;
  srcObject: unknown = null;
  play(): Promise<void> {
    FakeAudio.plays += 1;
    if (FakeAudio.refusal === null) return Promise.resolve();
    return Promise.reject(Object.assign(new Error('no'), { name: FakeAudio.refusal }));
  }
  pause(): void {}
}

const settle = () => new Promise((resolve) => setTimeout(resolve));
const stream = () => ({}) as MediaStream;
let sound: Sound;

beforeEach(() => {
  vi.stubGlobal('HTMLMediaElement', FakeAudio);
  FakeAudio.refusal = null;
  FakeAudio.plays = 0;
  sound = new Sound(() => new FakeAudio() as unknown as HTMLAudioElement);
});

afterEach(() => vi.unstubAllGlobals());

describe('sound that the browser blocks', () => {
  it('is said so, and plays in every slot after one click', async () => {
    FakeAudio.refusal = 'NotAllowedError';
    sound.setStream(0, stream());
    sound.setStream(1, stream());
    await settle();
    expect(sound.blocked.value).toBe(true);
    FakeAudio.refusal = null;
    FakeAudio.plays = 0;
    await sound.unblock();
    expect(FakeAudio.plays).toBe(2);
    expect(sound.blocked.value).toBe(false);
  });

  it('is said so again when the click did not help', async () => {
    FakeAudio.refusal = 'NotAllowedError';
    sound.setStream(0, stream());
    await settle();
    await sound.unblock();
    expect(sound.blocked.value).toBe(true);
  });

  it('is not taken for blocked when another stream overtakes it', async () => {
    FakeAudio.refusal = 'AbortError';
    sound.setStream(0, stream());
    await settle();
    expect(sound.blocked.value).toBe(false);
  });

  it('is forgotten outside the room', async () => {
    FakeAudio.refusal = 'NotAllowedError';
    sound.setStream(0, stream());
    await settle();
    sound.stop();
    expect(sound.blocked.value).toBe(false);
  });
});

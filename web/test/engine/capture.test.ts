import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Capture, constraintsFor, DESK, problemOf } from '../../src/engine/capture';

class Track {
  stopped = false;
  label = 'HD Webcam';
  onended: (() => void) | null = null;
  constructor(readonly deviceId: string) {}
  stop = () => {
    this.stopped = true;
  };
  getSettings = () => ({ deviceId: this.deviceId, width: 1280, height: 720 });
}

let tries: MediaStreamConstraints[];
let given: (Track | Error)[];
let tracks: (string | null)[];
let unplugged: number;
let capture: Capture;

const failure = (name: string) => Object.assign(new Error(name), { name });

beforeEach(() => {
  vi.useFakeTimers();
  tries = [];
  given = [];
  tracks = [];
  unplugged = 0;
  vi.stubGlobal('navigator', {
    mediaDevices: {
      getUserMedia: (constraints: MediaStreamConstraints) => {
        tries.push(constraints);
        const next = given.shift() ?? new Track('c1');
        if (next instanceof Error) return Promise.reject(next);
        return Promise.resolve({ getTracks: () => [next] });
      },
    },
  });
  capture = new Capture('camera', {
    onTrack: (_kind, track) => void tracks.push(track === null ? null : (track as unknown as Track).deviceId),
    onUnplugged: () => unplugged++,
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a device', () => {
  it('that starts gives its track, name and size', async () => {
    await capture.start('', false);
    expect(capture.state.value).toEqual({
      name: 'on',
      deviceId: 'c1',
      label: 'HD Webcam',
      width: 1280,
      height: 720,
    });
    expect(tracks).toEqual(['c1']);
  });

  it.each([
    ['NotAllowedError', 'denied'],
    ['NotFoundError', 'missing'],
    ['OverconstrainedError', 'missing'],
    ['TypeError', 'failed'],
  ])('refused with %s is %s, after one try', async (name, problem) => {
    given = [failure(name)];
    await capture.start('', false);
    expect(capture.state.value).toEqual({ name: 'failed', problem });
    expect(tries).toHaveLength(1);
    expect(problemOf(failure(name))).toBe(problem);
  });

  it('that is busy is tried three times, a second apart', async () => {
    given = [1, 2, 3].map(() => failure('NotReadableError'));
    const started = capture.start('', false);
    await vi.advanceTimersByTimeAsync(1999);
    expect(capture.state.value).toEqual({ name: 'starting' });
    await vi.advanceTimersByTimeAsync(1);
    await started;
    expect(capture.state.value).toEqual({ name: 'failed', problem: 'busy' });
    expect(tries).toHaveLength(3);
  });

  it('that was busy and is free again starts', async () => {
    given = [failure('NotReadableError'), new Track('c1')];
    const started = capture.start('', false);
    await vi.advanceTimersByTimeAsync(1000);
    await started;
    expect(capture.state.value.name).toBe('on');
  });

  it('that comes after another was asked for is let go', async () => {
    const late = new Track('late');
    given = [late, new Track('chosen')];
    await Promise.all([capture.start('', false), capture.start('chosen', true)]);
    expect(late.stopped).toBe(true);
    expect(tracks).toEqual(['chosen']);
  });

  it('that takes another’s place does so without a gap', async () => {
    const first = new Track('c1');
    given = [first, new Track('c2')];
    await capture.start('', false);
    await capture.start('c2', true);
    expect(first.stopped).toBe(true);
    expect(tracks).toEqual(['c1', 'c2']);
  });

  it('that was chosen is asked for by name and by nothing else', () => {
    expect(constraintsFor('microphone', 'm1', true, DESK).deviceId).toEqual({ exact: 'm1' });
    expect(constraintsFor('microphone', '', false, DESK).deviceId).toBeUndefined();
  });
});

describe('the sound of a microphone', () => {
  it('is freed of echo and noise at a desk', () => {
    expect(constraintsFor('microphone', '', false, DESK)).toMatchObject({
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
    });
  });

  it('is left to the equipment of a conference room, but for noise if that is wanted', () => {
    expect(constraintsFor('microphone', '', false, { ...DESK, room: true })).toMatchObject({
      echoCancellation: false,
      noiseSuppression: true,
      autoGainControl: false,
    });
  });
});

describe('a device pulled out', () => {
  const pull = async () => {
    const track = new Track('c1');
    given = [track];
    await capture.start('', false);
    track.onended?.();
  };

  it('stops at once and nothing is put in its place', async () => {
    await pull();
    expect(tracks).toEqual(['c1', null]);
    expect(capture.state.value).toEqual({ name: 'failed', problem: 'unplugged' });
    expect(unplugged).toBe(1);
    expect(capture.devicesChanged(['c2'])).toBe(false);
    expect(tries).toHaveLength(1);
  });

  it('is taken again when the same one is back', async () => {
    await pull();
    expect(capture.devicesChanged(['c2', 'c1'])).toBe(true);
    expect(tries[1]).toMatchObject({ video: { deviceId: { exact: 'c1' } } });
  });

  it('is not taken again once it was switched off', async () => {
    await pull();
    capture.stop();
    expect(capture.devicesChanged(['c1'])).toBe(false);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readChoice, SeatStore } from '../../src/engine/storage';
import type { ClientMessage } from '../../src/gen/wire';
import { OwnSources } from '../../src/state/own-media';
import { memoryStorage } from './memory-storage';

vi.mock('../../src/engine/heartbeat', () => ({
  workerTicker: () => ({ start: () => undefined, stop: () => undefined, dispose: () => undefined }),
}));

class Track {
  contentHint = '';
  label = '';
  onended: (() => void) | null = null;
  constructor(
    readonly kind: 'audio' | 'video',
    readonly id: string,
  ) {}
  stop = () => undefined;
  clone = () => new Track(this.kind, `${this.id} for the meter`);
  getSettings = () => ({ deviceId: this.id });
}

class Stream {
  constructor(readonly tracks: Track[]) {}
  getTracks = () => this.tracks;
  getVideoTracks = () => this.tracks.filter((track) => track.kind === 'video');
  getAudioTracks = () => this.tracks.filter((track) => track.kind === 'audio');
}

/** What left the page, in order: messages, and the tracks that are sent. */
let log: string[];
let mayTalk: boolean;
let screen: () => Promise<Stream>;
let seat: SeatStore;
let sources: OwnSources;
let latest: Track;
/** Cameras that are plugged in, what was asked of the browser, and the name of the error it answers with. */
let cameras: string[];
let asked: Record<string, MediaTrackConstraints | undefined>[];
let refused: string | null;

const say = (message: ClientMessage) => {
  if (message.type !== 'sources') return message.type;
  return `say ${message.microphone}${message.camera ? ' camera' : ''}${message.screen ? ' screen' : ''}`;
};

beforeEach(() => {
  log = [];
  mayTalk = true;
  cameras = [];
  asked = [];
  refused = null;
  screen = () =>
    Promise.resolve(new Stream([new Track('video', 'screen'), new Track('audio', 'screen sound')]));
  const capture = (kind: 'audio' | 'video', wanted: MediaTrackConstraints) => {
    const id = (wanted.deviceId as { exact?: string } | undefined)?.exact ?? kind;
    latest = new Track(kind, id);
    return latest;
  };
  vi.stubGlobal('sessionStorage', memoryStorage());
  vi.stubGlobal('localStorage', memoryStorage());
  vi.stubGlobal('MediaStream', Stream);
  vi.stubGlobal('HTMLMediaElement', class {});
  vi.stubGlobal('AudioContext', undefined);
  vi.stubGlobal('navigator', {
    mediaDevices: {
      enumerateDevices: () =>
        Promise.resolve(cameras.map((deviceId) => ({ kind: 'videoinput', deviceId, label: '' }))),
      getUserMedia: (wanted: Record<string, MediaTrackConstraints | undefined>) => {
        asked.push(wanted);
        const { audio, video } = wanted;
        if (refused !== null) return Promise.reject(Object.assign(new Error(), { name: refused }));
        return Promise.resolve(
          new Stream([
            ...(audio ? [capture('audio', audio)] : []),
            ...(video ? [capture('video', video)] : []),
          ]),
        );
      },
      getDisplayMedia: () => screen(),
    },
  });
  seat = new SeatStore('room');
  sources = new OwnSources(
    {
      send: (message) => void log.push(say(message)),
      setTrack: (kind, track) =>
        void log.push(`${kind}: ${(track as unknown as Track | null)?.id ?? 'nothing'}`),
      notify: (notice) => void log.push(notice.name),
      mayTalk: () => mayTalk,
      onPicture: () => undefined,
      onCapturing: () => undefined,
      onSpeaker: () => undefined,
    },
    seat,
  );
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the own microphone', () => {
  it('is announced, then sent; and silent, then announced', async () => {
    await sources.setMicrophone(true);
    await sources.setMicrophone(false);
    expect(log).toEqual(['say open', 'microphone: audio', 'microphone: nothing', 'say off']);
  });

  it('is not opened while the chair mutes the seat', async () => {
    mayTalk = false;
    await sources.setMicrophone(true);
    sources.pushToTalk(true);
    expect(log).toEqual([]);
  });

  it('is silent at once when it is pulled out, and says so', async () => {
    await sources.setMicrophone(true);
    log = [];
    latest.onended?.();
    expect(log).toEqual(['microphone: nothing', 'say off', 'microphone_unplugged']);
    expect(sources.media.value.microphone).toBe('off');
  });

  it('goes on when another is chosen', async () => {
    await sources.setMicrophone(true);
    log = [];
    await sources.devices.chooseMicrophone('m2');
    expect(log).toEqual(['microphone: m2']);
    expect(sources.media.value.microphone).toBe('open');
  });

  it('that is closed sends nothing when another is chosen', async () => {
    await sources.devices.startMicrophone();
    await sources.devices.chooseMicrophone('m2');
    expect(log).toEqual([]);
  });
});

describe('the sound of the own microphone', () => {
  it('is taken anew without a gap when echo is left to the equipment of the room, and that is remembered', async () => {
    await sources.setMicrophone(true);
    log = [];
    await sources.devices.chooseProcessing({ room: true, echoCancellation: true, noiseSuppression: false });
    expect(log).toEqual(['microphone: audio']);
    expect(asked.at(-1)?.audio).toMatchObject({ echoCancellation: false, noiseSuppression: false });
    expect(readChoice().processing.room).toBe(true);
  });

  it('is not captured by a choice about it', async () => {
    await sources.devices.chooseProcessing({ room: true, echoCancellation: true, noiseSuppression: true });
    expect(asked).toEqual([]);
  });
});

describe('the own camera', () => {
  it('that is pulled out makes place for the next one there is', async () => {
    await sources.setCamera(true);
    log = [];
    cameras = ['c2'];
    latest.onended?.();
    await vi.waitFor(() => expect(log).toContain('camera_next'));
    expect(log).toEqual([
      'camera: nothing',
      'say off',
      'camera_unplugged',
      'say off camera',
      'camera: c2',
      'camera_next',
    ]);
  });

  it('that is pulled out leaves the picture off where there is no other', async () => {
    await sources.setCamera(true);
    log = [];
    latest.onended?.();
    await Promise.resolve();
    await Promise.resolve();
    expect(log).toEqual(['camera: nothing', 'say off', 'camera_unplugged']);
    expect(sources.devices.camera.value).toEqual({ name: 'failed', problem: 'unplugged' });
  });

  it('is not asked for again without a click when the person said no to both at once', async () => {
    refused = 'NotAllowedError';
    await sources.devices.preview();
    expect(asked).toHaveLength(1);
    expect(sources.devices.camera.value).toEqual({ name: 'failed', problem: 'denied' });
    expect(sources.devices.microphone.value).toEqual({ name: 'failed', problem: 'denied' });
  });

  it('is started by itself when only the other device is missing', async () => {
    refused = 'NotFoundError';
    await sources.devices.preview();
    expect(asked.map((wanted) => Object.keys(wanted))).toEqual([['video', 'audio'], ['audio'], ['video']]);
  });

  it('is announced before it is sent and dark before that is announced', async () => {
    await sources.setCamera(true);
    await sources.setCamera(false);
    expect(log).toEqual(['say off camera', 'camera: video', 'camera: nothing', 'say off']);
  });
});

describe('the own screen', () => {
  it('is shared with its sound, and ends with both', async () => {
    expect(await sources.shareScreen()).toEqual({ ok: true });
    sources.stopSharing();
    expect(log).toEqual([
      'say off screen',
      'screen: screen',
      'screen_audio: screen sound',
      'screen: nothing',
      'screen_audio: nothing',
      'say off',
    ]);
  });

  it('that the person did not choose is no error, one that cannot be captured is', async () => {
    screen = () => Promise.reject(Object.assign(new Error(), { name: 'NotAllowedError' }));
    expect(await sources.shareScreen()).toEqual({ ok: true });
    screen = () => Promise.reject(Object.assign(new Error(), { name: 'NotReadableError' }));
    expect(await sources.shareScreen()).toEqual({ ok: false, error: 'share_failed' });
    expect(log).toEqual([]);
  });
});

describe('a refresh', () => {
  it('brings camera and open microphone back', async () => {
    await sources.setMicrophone(true);
    await sources.setCamera(true);
    const record = seat.read();
    log = [];
    sources = new OwnSources(
      {
        send: (message) => void log.push(say(message)),
        setTrack: () => undefined,
        notify: () => undefined,
        mayTalk: () => mayTalk,
        onPicture: () => undefined,
        onCapturing: () => undefined,
        onSpeaker: () => undefined,
      },
      seat,
    );
    await sources.restore(record);
    expect(sources.media.value).toEqual({ microphone: 'open', camera: true, screen: false });
  });

  it('brings push-to-talk back closed, and asks for no device that was off', async () => {
    await sources.devices.startMicrophone();
    sources.pushToTalk(true);
    const record = seat.read();
    expect(record).toMatchObject({ microphone: 'off', capturing: true, camera: false });
    await sources.restore({ ...record, capturing: false });
    expect(sources.media.value.camera).toBe(false);
  });
});

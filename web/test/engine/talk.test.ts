import { beforeEach, describe, expect, it } from 'vitest';
import { Talk } from '../../src/engine/talk';

let log: string[];
let tick: () => void;
let talk: Talk;

beforeEach(() => {
  log = [];
  talk = new Talk(
    {
      announce: (microphone) => void log.push(`say ${microphone}`),
      transmit: (on) => void log.push(on ? 'sound' : 'silence'),
      heartbeat: () => void log.push('beat'),
    },
    (run) => {
      tick = run;
      return { start: () => void log.push('tick'), stop: () => undefined, dispose: () => undefined };
    },
  );
  talk.setDevice(true);
});

describe('the microphone', () => {
  it('is announced before the first sound and silent before that is announced', () => {
    talk.open();
    talk.close();
    expect(log).toEqual(['say open', 'sound', 'silence', 'say off']);
  });

  it('beats only while the key is held', () => {
    talk.press();
    tick();
    talk.release();
    tick();
    expect(log).toEqual(['say push_to_talk', 'sound', 'tick', 'beat', 'silence', 'say off']);
  });

  it('that is open is not closed by the key', () => {
    talk.open();
    talk.press();
    talk.release();
    expect(talk.state.value).toBe('open');
  });

  it('stays open when the window loses the focus', () => {
    talk.open();
    talk.release();
    expect(talk.state.value).toBe('open');
  });

  it('goes from held to open without a gap', () => {
    talk.press();
    talk.open();
    talk.release();
    expect(log).toEqual(['say push_to_talk', 'sound', 'tick', 'say open']);
  });

  it('is off without a device, and a key released before it started opens nothing', () => {
    talk.setDevice(false);
    talk.press();
    expect(talk.state.value).toBe('off');
    talk.release();
    talk.setDevice(true);
    expect(log).toEqual([]);
  });

  it('opens when the device starts while the key is held', () => {
    talk.setDevice(false);
    talk.press();
    talk.setDevice(true);
    expect(talk.state.value).toBe('push_to_talk');
  });

  it('stays closed after its device was lost and came back', () => {
    talk.open();
    talk.setDevice(false);
    talk.setDevice(true);
    expect(talk.state.value).toBe('off');
    expect(log).toEqual(['say open', 'sound', 'silence', 'say off']);
  });
});

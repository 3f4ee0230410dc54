import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { PictureSurface } from '../../src/engine/picture-element';
import { Pictures } from '../../src/engine/pictures';
import { belongs, isAtOrAfter, SlotTable } from '../../src/engine/slots';
import { STAGE_VIDEO_SLOT, type WireSource } from '../../src/gen/wire';

const A: WireSource = { member: 1, kind: 'camera' };
const B: WireSource = { member: 2, kind: 'camera' };
const C: WireSource = { member: 3, kind: 'camera' };
const OWN: WireSource = { member: 9, kind: 'camera' };

class Surface implements PictureSurface {
  stream: MediaStream | null = null;
  covered = true;
  released = false;
  private listener: (timestamp: number | null) => void = () => undefined;
  setStream = (stream: MediaStream | null) => {
    this.stream = stream;
  };
  setCovered = (covered: boolean) => {
    this.covered = covered;
  };
  onFrame = (listener: (timestamp: number | null) => void) => {
    this.listener = listener;
  };
  release = () => {
    this.released = true;
  };
  paint(timestamp: number | null): void {
    this.listener(timestamp);
  }
}

let covered: string[];
let paints: (() => void)[];
let stage: WireSource | null;
let streams: Map<number, MediaStream>;
let slots: SlotTable;
let pictures: Pictures;
const own = {} as MediaStream;

/** What the gateway does when the stage changes: the state, then the slot. */
function order(source: WireSource, epoch: number): void {
  stage = source;
  pictures.update();
  slots.assign([{ slot: STAGE_VIDEO_SLOT, epoch, source }]);
}

beforeEach(() => {
  covered = [];
  paints = [];
  stage = null;
  streams = new Map([5, 6, 7].map((slot) => [slot, { slot } as unknown as MediaStream]));
  slots = new SlotTable({
    onChange: () => pictures.update(),
    afterPaint: (run) => paints.push(run),
    sendCovered: (slot, epoch) => covered.push(`${slot}#${epoch}`),
  });
  pictures = new Pictures({
    slots,
    slotStream: (slot) => streams.get(slot) ?? null,
    ownStream: (kind) => (kind === 'camera' ? own : null),
    self: () => OWN.member,
    stage: () => stage,
  });
});

describe('RTP timestamps', () => {
  it('are compared across the wrap', () => {
    expect(isAtOrAfter(5, 0xffff_fff0)).toBe(true);
    expect(isAtOrAfter(0xffff_fff0, 5)).toBe(false);
    expect(isAtOrAfter(5, 5)).toBe(true);
  });

  it('no longer matter when the switch is hours old', () => {
    const slot = { epoch: 1, source: A, from: 0, knownAt: 0 };
    expect(belongs(slot, 2 ** 31 + 10, 1000)).toBe(false);
    expect(belongs(slot, 2 ** 31 + 10, 20_000_000)).toBe(true);
  });
});

describe('the stage', () => {
  it('shows a source only from the frame on that the gateway named', () => {
    const surface = new Surface();
    pictures.attachStage(surface);
    order(A, 1);
    expect(covered).toEqual(['5#1']);
    surface.paint(900);
    expect(surface.covered).toBe(true);
    slots.switched(5, 1, 1000);
    surface.paint(999);
    expect(surface.covered).toBe(true);
    expect(pictures.stage.value).toBe('covered');
    surface.paint(1000);
    expect(surface.covered).toBe(false);
    expect(pictures.stage.value).toBe('shown');
  });

  it('shows the own picture from its first frame, and the next site from its own first one', () => {
    const surface = new Surface();
    pictures.attachStage(surface);
    order(A, 1);
    slots.switched(5, 1, 1000);
    surface.paint(1000);
    order(OWN, 2);
    expect(surface.stream).toBe(own);
    expect(surface.covered).toBe(true);
    surface.paint(null);
    expect(surface.covered).toBe(false);
    order(B, 3);
    slots.switched(5, 3, 2000);
    expect(surface.covered).toBe(true);
    surface.paint(1500);
    expect(surface.covered).toBe(true);
    surface.paint(2000);
    expect(surface.covered).toBe(false);
  });

  it('uncovers at once when the frame was painted before the gateway said so', () => {
    const surface = new Surface();
    pictures.attachStage(surface);
    order(A, 1);
    surface.paint(1000);
    expect(surface.covered).toBe(true);
    slots.switched(5, 1, 1000);
    expect(surface.covered).toBe(false);
  });

  it('covers the old picture in the same task and says so only after that was painted', () => {
    const surface = new Surface();
    pictures.attachStage(surface);
    order(A, 1);
    slots.switched(5, 1, 1000);
    surface.paint(1000);
    order(B, 2);
    expect(surface.covered).toBe(true);
    expect(covered).toEqual(['5#1']);
    for (const paint of paints) paint();
    expect(covered).toEqual(['5#1', '5#2']);
    surface.paint(4000);
    expect(surface.covered).toBe(true);
    slots.switched(5, 2, 5000);
    expect(surface.covered).toBe(true);
    surface.paint(5000);
    expect(surface.covered).toBe(false);
  });

  it('says so only after that was painted, also where a second order or a resume comes before', () => {
    const surface = new Surface();
    pictures.attachStage(surface);
    order(A, 1);
    slots.switched(5, 1, 1000);
    surface.paint(1000);
    order(B, 2);
    slots.assign([{ slot: 5, epoch: 2, source: B }]);
    slots.assign([{ slot: 5, epoch: 3, source: B }]);
    order(C, 4);
    expect(covered).toEqual(['5#1']);
    for (const paint of paints) paint();
    expect(covered).toEqual(['5#1', '5#2', '5#3', '5#4']);
    order(B, 5);
    expect(covered).toEqual(['5#1', '5#2', '5#3', '5#4', '5#5']);
  });

  it('covers when the state names another source before the slot does', () => {
    const surface = new Surface();
    pictures.attachStage(surface);
    order(A, 1);
    slots.switched(5, 1, 1000);
    surface.paint(1000);
    stage = B;
    pictures.update();
    expect(surface.covered).toBe(true);
    surface.paint(1001);
    expect(surface.covered).toBe(true);
    stage = A;
    pictures.update();
    expect(surface.covered).toBe(false);
  });

  it('does not believe a switch of an older assignment', () => {
    const surface = new Surface();
    pictures.attachStage(surface);
    order(A, 1);
    order(B, 2);
    slots.switched(5, 1, 1000);
    surface.paint(1500);
    expect(surface.covered).toBe(true);
  });

  it('goes on without a flicker when a resume repeats the assignment or renumbers it', () => {
    const surface = new Surface();
    pictures.attachStage(surface);
    order(A, 1);
    slots.switched(5, 1, 1000);
    surface.paint(1000);
    slots.assign([{ slot: 5, epoch: 1, source: A }]);
    slots.assign([{ slot: 5, epoch: 4, source: A }]);
    expect(surface.covered).toBe(false);
    expect(covered).toEqual(['5#1', '5#1', '5#4']);
  });

  it('acknowledges again after a resume what was still waiting', () => {
    order(A, 1);
    slots.assign([{ slot: 5, epoch: 1, source: A }]);
    expect(covered).toEqual(['5#1', '5#1']);
  });

  it('shows nothing of a new peer connection by the old one’s timestamps', () => {
    const surface = new Surface();
    pictures.attachStage(surface);
    order(A, 1);
    slots.switched(5, 1, 1000);
    surface.paint(1000);
    streams.set(5, {} as MediaStream);
    slots.restart();
    surface.paint(70_000);
    expect(surface.covered).toBe(true);
    slots.switched(5, 1, 60_000);
    surface.paint(70_001);
    expect(surface.covered).toBe(false);
  });

  it('shows the own camera from here, never before its first own frame', () => {
    const surface = new Surface();
    pictures.attachStage(surface);
    order(A, 1);
    slots.switched(5, 1, 1000);
    surface.paint(1000);
    stage = OWN;
    pictures.update();
    expect(surface.stream).toBe(own);
    expect(surface.covered).toBe(true);
    surface.paint(1001);
    expect(surface.covered).toBe(true);
    surface.paint(null);
    expect(surface.covered).toBe(false);
  });
});

describe('a switch said again after a resume', () => {
  it('is as old as it was', () => {
    order(A, 1);
    slots.switched(5, 1, 1000);
    const knownAt = slots.get(5)?.knownAt;
    vi.useFakeTimers({ now: Date.now() + 60_000 });
    slots.switched(5, 1, 1000);
    vi.useRealTimers();
    expect(slots.get(5)?.knownAt).toBe(knownAt);
  });
});

describe('a tile', () => {
  it('follows its source to another slot and is empty without one', () => {
    const surface = new Surface();
    pictures.attachTile(A, surface);
    expect(pictures.state(A).value).toBe('none');
    slots.assign([{ slot: 6, epoch: 1, source: A }]);
    slots.switched(6, 1, 10);
    surface.paint(10);
    expect(pictures.state(A).value).toBe('shown');
    slots.assign([{ slot: 6, epoch: 2, source: B }]);
    expect(surface.covered).toBe(true);
    expect(surface.stream).toBe(null);
    slots.assign([{ slot: 7, epoch: 1, source: A }]);
    expect(surface.stream).toBe(streams.get(7));
    surface.paint(11);
    expect(surface.covered).toBe(true);
  });

  it('never shows a frame of the source that had its slot before', () => {
    const first = new Surface();
    const second = new Surface();
    pictures.attachTile(A, first);
    pictures.attachTile(B, second);
    slots.assign([{ slot: 6, epoch: 1, source: A }]);
    slots.switched(6, 1, 10);
    first.paint(10);
    slots.assign([{ slot: 6, epoch: 2, source: B }]);
    second.paint(11);
    expect(first.covered && second.covered).toBe(true);
    slots.switched(6, 2, 20);
    second.paint(20);
    expect(second.covered).toBe(false);
    expect(first.covered).toBe(true);
  });

  it('lets its element go empty and covered', () => {
    const surface = new Surface();
    const detach = pictures.attachTile(A, surface);
    detach();
    expect(surface.released).toBe(true);
  });

  it('whose element comes late shows the next frame of a source that runs', () => {
    slots.assign([{ slot: 6, epoch: 1, source: A }]);
    slots.switched(6, 1, 10);
    const surface = new Surface();
    pictures.attachTile(A, surface);
    expect(surface.covered).toBe(true);
    surface.paint(500);
    expect(surface.covered).toBe(false);
  });
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ChairAction, Room, View } from '../../src/state/room';
import { Messages } from '../../src/ui/model/messages';
import { CYCLE_PERIOD, RoomView } from '../../src/ui/model/view';
import { fakeRoom, type Wish } from '../preview/fake-room';

const WISH: Wish = {
  page: 'room',
  sites: 40,
  role: 'chair',
  error: null,
  classification: 'normal',
  lost: 0,
  silent: false,
  pinned: false,
  sharing: false,
  muted: false,
  quiet: false,
  camera: { name: 'off' },
  soundBlocked: false,
};

/** A view of a fake room, with what it asked the room for. */
function open(changes: Partial<Wish> = {}) {
  const wanted: View[] = [];
  const orders: ChairAction[] = [];
  const fake = fakeRoom({ ...WISH, ...changes });
  const room: Room = {
    ...fake,
    setView: (view) => wanted.push(view),
    chair(order) {
      orders.push(order);
      return fake.chair(order);
    },
  };
  const view = new RoomView(room);
  view.area.value = { width: 1500, height: 900 };
  return { room, view, wanted, orders };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the view', () => {
  it('asks for the tiles it shows, never for the own one', () => {
    const { view, wanted } = open();
    const last = wanted.at(-1);
    expect(last?.tiles.length).toBe(view.tiles.value.sources.length);
    expect(last?.tiles.map((tile) => tile.source.member)).not.toContain(1);
    expect(last?.stageHeight).toBeGreaterThan(500);
  });

  it('asks for no stage where it draws none', () => {
    const { view, wanted } = open();
    view.toggleLayout();
    expect(wanted.at(-1)?.stageHeight).toBe(0);
    expect(view.tiles.value.sources.map((source) => source.member)).toContain(1);
    expect(wanted.at(-1)?.tiles.map((tile) => tile.source.member)).not.toContain(1);
  });

  it('turns pages and stops at the ends', () => {
    const { view } = open();
    const { pages } = view.tiles.value;
    expect(pages).toBeGreaterThan(3);
    view.turn(-1);
    expect(view.tiles.value.page).toBe(0);
    view.turn(1000);
    expect(view.tiles.value.page).toBe(pages - 1);
    view.turn(-1);
    expect(view.tiles.value.page).toBe(pages - 2);
  });

  it('shows every other site on exactly one page of the strip', () => {
    const { room, view } = open();
    const seen: number[] = [];
    for (let page = 0; page < view.tiles.value.pages; page += 1) {
      view.page.value = page;
      seen.push(...view.tiles.value.sources.map((source) => source.member));
    }
    const others = room.present.value.map((member) => member.member).filter((member) => member !== 1);
    expect(seen.sort((a, b) => a - b)).toEqual(others);
  });

  it('leaves its tiles alone when someone begins to speak', () => {
    const { room, view, wanted } = open();
    const before = view.tiles.value;
    const asked = wanted.length;
    view.order({ action: 'mute', member: 5 });
    expect(room.member(5).value?.muted).toBe(true);
    expect(view.tiles.value).toBe(before);
    expect(wanted.length).toBe(asked);
  });

  it('turns pages by itself when told to, round and round, and counts anew after a turn by hand', () => {
    const { view } = open();
    const { pages } = view.tiles.value;
    vi.advanceTimersByTime(2 * CYCLE_PERIOD);
    expect(view.tiles.value.page).toBe(0);
    view.toggleCycling();
    vi.advanceTimersByTime(CYCLE_PERIOD);
    expect(view.tiles.value.page).toBe(1);
    vi.advanceTimersByTime(CYCLE_PERIOD / 2);
    view.turn(1);
    vi.advanceTimersByTime(CYCLE_PERIOD - 1_000);
    expect(view.tiles.value.page).toBe(2);
    view.turn(pages);
    vi.advanceTimersByTime(CYCLE_PERIOD);
    expect(view.tiles.value.page).toBe(0);
  });

  it('asks for the stage of the small window as long as it is open', () => {
    const { view, wanted } = open();
    view.openMiniature({ height: 225, close: () => undefined });
    expect(wanted.at(-1)?.miniatureHeight).toBe(225);
    view.openMiniature(null);
    expect(wanted.at(-1)?.miniatureHeight).toBe(0);
  });

  it('interrupts to say that sound is blocked', () => {
    const { view } = open({ soundBlocked: true });
    expect(view.messages.assertive.value).toContain('chặn tiếng');
  });

  it('keeps strip, own tile and pager within the width', () => {
    const { view } = open();
    for (const width of [344, 700, 990, 1100, 1500, 1900]) {
      view.area.value = { width, height: 600 };
      const { grid, pages } = view.tiles.value;
      expect(pages).toBeGreaterThan(1);
      const pager = view.stage.value?.tall === true ? 0 : 152;
      expect(grid.columns * (grid.tileWidth + 8) - 8 + pager, `at ${width}`).toBeLessThanOrEqual(width);
    }
  });

  it('invites a member to speak: lets speak, puts on the stage, lowers the hand', () => {
    const { room, view, orders } = open();
    const member = room.members.value.find((row) => row.muted && row.hand !== null);
    expect(member).toBeDefined();
    if (member !== undefined) view.invite(member);
    expect(orders.map((order) => order.action)).toEqual(['let_speak', 'pin', 'lower_hand']);
  });

  it('says why an order was refused', async () => {
    const { view } = open({ role: 'site' });
    view.order({ action: 'lock' });
    await vi.advanceTimersByTimeAsync(0);
    expect(view.messages.toasts.value[0]).toMatchObject({ kind: 'error', code: 'not_allowed' });
  });

  it('does not open the microphone of who is muted by the chair, and says so', async () => {
    const { room, view } = open({ role: 'site', muted: true });
    await view.toggleMicrophone();
    expect(room.media.value.microphone).toBe('off');
    expect(view.messages.toasts.value).toHaveLength(1);
  });

  it('announces no one on entering, and later those who left in one sum', async () => {
    const { view } = open();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(view.messages.polite.value).toBe('');
    view.order({ action: 'remove', member: 7 });
    view.order({ action: 'remove', member: 8 });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(view.messages.polite.value).toContain('2 ');
  });

  it('counts the time without picture and sound while the room itself is heard of', async () => {
    const { view } = open({ silent: true });
    expect(view.outage.value).toBe('none');
    await vi.advanceTimersByTimeAsync(6_000);
    expect(view.outage.value).toBe('banner');
    expect(view.loss.value.what).toBe('media');
  });

  it('interrupts once when the connection is lost for long', async () => {
    const { view } = open({ lost: 1 });
    expect(view.messages.assertive.value).toBe('');
    await vi.advanceTimersByTimeAsync(3_000);
    expect(view.outage.value).toBe('dim');
    expect(view.messages.assertive.value).toBe('');
    await vi.advanceTimersByTimeAsync(3_000);
    expect(view.outage.value).toBe('banner');
    expect(view.messages.assertive.value).not.toBe('');
  });
});

describe('messages', () => {
  it('leave by themselves, an error later than a notice', async () => {
    const messages = new Messages();
    messages.show({ kind: 'info', text: 'a' });
    messages.show({ kind: 'error', text: 'b' });
    await vi.advanceTimersByTimeAsync(7_000);
    expect(messages.toasts.value.map((toast) => toast.text)).toEqual(['b']);
    await vi.advanceTimersByTimeAsync(9_000);
    expect(messages.toasts.value).toEqual([]);
  });

  it('are at most three, and the same one is not repeated', () => {
    const messages = new Messages();
    for (const text of ['a', 'b', 'c', 'd', 'd']) messages.show({ kind: 'info', text });
    expect(messages.toasts.value.map((toast) => toast.text)).toEqual(['b', 'c', 'd']);
  });

  it('make place for a newer one about the same thing', () => {
    const messages = new Messages();
    messages.show({ kind: 'info', text: 'closed', topic: 'microphone' });
    messages.show({ kind: 'info', text: 'other' });
    messages.show({ kind: 'info', text: 'muted', topic: 'microphone' });
    expect(messages.toasts.value.map((toast) => toast.text)).toEqual(['other', 'muted']);
  });

  it('that wait are said together', async () => {
    const messages = new Messages();
    messages.say(() => 'a');
    messages.say(() => '');
    messages.say(() => 'b');
    expect(messages.polite.value).toBe('');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(messages.polite.value).toBe('a. b');
  });
});

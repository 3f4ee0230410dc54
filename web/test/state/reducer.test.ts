import { describe, expect, it } from 'vitest';
import type { MemberState, Role, ServerMessage } from '../../src/gen/wire';
import { applyDelta, fromSnapshot, type RoomState } from '../../src/state/reducer';
import { handQueue, inOrder, isPresent, leadOf, missingFromStage, powersOf } from '../../src/state/roster';
import { golden } from '../golden';

type Message<T extends ServerMessage['type']> = Extract<ServerMessage, { type: T }>;

const snapshot = () => fromSnapshot(golden<Message<'snapshot'>>('server/snapshot.json').snapshot);
const delta = golden<Message<'delta'>>('server/delta.json');
const advanced = (state: RoomState) => applyDelta(state, delta.version, delta.changes);

describe('a snapshot', () => {
  it('becomes the state', () => {
    const state = snapshot();
    expect(state.version).toBe(12);
    expect(state.members.get(2)?.screen).toBe(true);
    expect(state.stage.source).toEqual({ member: 2, kind: 'screen' });
    expect([state.locked, state.mutedAll]).toEqual([true, true]);
    expect(state.waiting).toEqual([9]);
  });
});

describe('a delta', () => {
  it('applies every kind of change in order', () => {
    const state = advanced(snapshot());
    expect(state?.version).toBe(13);
    expect(state?.stage).toEqual({
      rule: { rule: 'pinned', source: { member: 1, kind: 'camera' } },
      source: null,
    });
    expect([state?.locked, state?.mutedAll]).toEqual([false, false]);
    expect(state?.waiting).toEqual([9, 4]);
    expect(state?.acting).toBe(5);
    expect([...(state?.members.values() ?? [])].map((row) => row.speaking)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('leaves the state before it and the rows it does not name alone', () => {
    const before = snapshot();
    const next = advanced(before);
    expect(before.members.get(2)?.speaking).toBe(false);
    expect(next?.members.get(1)).toBe(before.members.get(1));
  });

  it('that comes twice or crossed a snapshot changes nothing', () => {
    const once = advanced(snapshot()) as RoomState;
    expect(advanced(once)).toBe(once);
  });

  it('after a gap asks for a snapshot', () => {
    expect(applyDelta(snapshot(), 14, [])).toBeNull();
  });

  it('takes a seat that is gone out of the roster', () => {
    expect(applyDelta(snapshot(), 13, [{ change: 'gone', member: 2 }])?.members.has(2)).toBe(false);
  });

  it('keeps the roster itself when nobody starts or stops speaking', () => {
    const state = snapshot();
    expect(applyDelta(state, 13, [{ change: 'speaking', members: [1] }])?.members).toBe(state.members);
  });
});

describe('the roster', () => {
  const row = (member: number, more: Partial<MemberState> = {}): MemberState => ({
    member,
    name: `${member}`,
    role: 'site',
    presence: 'present',
    microphone: false,
    camera: false,
    screen: false,
    muted: false,
    hand: null,
    speaking: false,
    ...more,
  });

  it('has the chair first, then the members by number, whoever speaks', () => {
    const rows = [row(12, { speaking: true }), row(3), row(7, { role: 'chair' })];
    expect(inOrder(rows).map((each) => each.member)).toEqual([7, 3, 12]);
  });

  it('queues hands by when they were raised', () => {
    const rows = [row(1, { hand: { order: 9 } }), row(2), row(3, { hand: { order: 4 } })];
    expect(handQueue(rows).map((each) => each.member)).toEqual([3, 1]);
  });

  it('counts a recovering member as present', () => {
    expect(isPresent(row(1, { presence: 'recovering' }))).toBe(true);
    expect(isPresent(row(1, { presence: 'absent' }))).toBe(false);
  });
});

describe('the strip', () => {
  const row = (role: Role) => ({ ...[...snapshot().members.values()][0], role }) as MemberState;

  it('says who leads when no chair is there', () => {
    expect(leadOf([row('site'), row('deputy'), row('chair')], null)).toBe('chair');
    expect(leadOf([row('site'), row('deputy')], null)).toBe('deputy_soon');
    expect(leadOf([row('site'), row('deputy')], 2)).toBe('acting');
    expect(leadOf([row('site')], null)).toBe('nobody');
  });

  it('gives a deputy the door and the hands, and everything only in the chair’s place', () => {
    const seat = (role: Role) => ({ member: 2, role });
    expect(powersOf(null, null)).toBe('none');
    expect([powersOf(seat('site'), 2), powersOf(seat('chair'), null)]).toEqual(['none', 'all']);
    expect([null, 3, 2].map((acting) => powersOf(seat('deputy'), acting))).toEqual(['door', 'door', 'all']);
  });

  it('names what the chair chose for the stage only while it is not there', () => {
    const source = { member: 1, kind: 'camera' } as const;
    const rule = { rule: 'pinned', source } as const;
    expect(missingFromStage({ rule, source })).toBeNull();
    expect(missingFromStage({ rule, source: { member: 2, kind: 'camera' } })).toEqual(source);
    expect(missingFromStage({ rule, source: null })).toEqual(source);
    expect(missingFromStage({ rule: { rule: 'follow_speaker' }, source: null })).toBeNull();
  });
});

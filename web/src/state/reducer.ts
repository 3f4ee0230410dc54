/** The room's state as deltas build it (versioned partial state, as in RFC 4575 §4). Pure. */
import type { Change, MemberState, RoomInfo, Snapshot, Stage } from '../gen/wire';

/** The state at one version. */
export interface RoomState {
  readonly version: number;
  readonly room: RoomInfo;
  readonly members: ReadonlyMap<number, MemberState>;
  readonly stage: Stage;
  readonly locked: boolean;
  readonly mutedAll: boolean;
  /** Who waits at the door, first come first. */
  readonly waiting: readonly number[];
}

/** The state that a snapshot holds. */
export function fromSnapshot(snapshot: Snapshot): RoomState {
  return {
    version: snapshot.version,
    room: snapshot.room,
    members: new Map(snapshot.members.map((row) => [row.member, row])),
    stage: snapshot.stage,
    locked: snapshot.locked,
    mutedAll: snapshot.muted_all,
    waiting: snapshot.waiting,
  };
}

/**
 * The state after a delta. `null` when a delta between is missing: the caller asks for a snapshot.
 * A delta that the state already holds (it crossed a snapshot) changes nothing.
 */
export function applyDelta(state: RoomState, version: number, changes: readonly Change[]): RoomState | null {
  if (version <= state.version) return state;
  if (version !== state.version + 1) return null;
  return { ...changes.reduce(applyChange, state), version };
}

function applyChange(state: RoomState, change: Change): RoomState {
  switch (change.change) {
    case 'member':
      return { ...state, members: new Map(state.members).set(change.member.member, change.member) };
    case 'gone': {
      const members = new Map(state.members);
      members.delete(change.member);
      return { ...state, members };
    }
    case 'speaking':
      return { ...state, members: withSpeakers(state.members, new Set(change.members)) };
    case 'stage':
      return { ...state, stage: change.stage };
    case 'locked':
      return { ...state, locked: change.locked };
    case 'muted_all':
      return { ...state, mutedAll: change.muted_all };
    case 'waiting':
      return { ...state, waiting: change.members };
  }
}

/** The rows with `speaking` replaced; a row that does not change stays the same object. */
function withSpeakers(
  members: ReadonlyMap<number, MemberState>,
  speakers: ReadonlySet<number>,
): ReadonlyMap<number, MemberState> {
  const changed = [...members.values()].filter((row) => row.speaking !== speakers.has(row.member));
  if (changed.length === 0) return members;
  const next = new Map(members);
  for (const row of changed) next.set(row.member, { ...row, speaking: !row.speaking });
  return next;
}

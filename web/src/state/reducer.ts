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
  /** The deputy who stands in for the chair. */
  readonly acting: number | null;
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
    acting: snapshot.acting,
  };
}

/**
 * The state after a delta. `null` when a delta between is missing: the caller asks for a snapshot.
 * A delta that the state already holds (it crossed a snapshot) changes nothing.
 */
export function applyDelta(state: RoomState, version: number, changes: readonly Change[]): RoomState | null {
  if (version <= state.version) return state;
  if (version !== state.version + 1) return null;
  const isOfMembers = ({ change }: Change) =>
    change === 'member' || change === 'gone' || change === 'speaking';
  // One copy for all changes of a delta: in a room of 500 there are several, ten times a second.
  const ofMembers = changes.filter(isOfMembers);
  const room = changes.reduce(applyToRoom, state);
  return { ...room, members: withChanges(state.members, ofMembers), version };
}

/** The rows after the changes; the same map where none of them changed anything. */
function withChanges(
  members: ReadonlyMap<number, MemberState>,
  changes: readonly Change[],
): ReadonlyMap<number, MemberState> {
  if (changes.length === 0) return members;
  const next = new Map(members);
  const changed = changes.map((change) => applyToMembers(next, change));
  return changed.includes(true) ? next : members;
}

/** Says whether anything changed. */
function applyToMembers(members: Map<number, MemberState>, change: Change): boolean {
  switch (change.change) {
    case 'member':
      members.set(change.member.member, change.member);
      return true;
    case 'gone':
      return members.delete(change.member);
    case 'speaking':
      return setSpeakers(members, new Set(change.members));
    default:
      return false;
  }
}

function applyToRoom(state: RoomState, change: Change): RoomState {
  switch (change.change) {
    case 'stage':
      return { ...state, stage: change.stage };
    case 'locked':
      return { ...state, locked: change.locked };
    case 'muted_all':
      return { ...state, mutedAll: change.muted_all };
    case 'waiting':
      return { ...state, waiting: change.members };
    case 'acting':
      return { ...state, acting: change.member };
    default:
      return state;
  }
}

/** Replaces every row's `speaking`, and says whether any changed; a row that does not stays the same object. */
function setSpeakers(members: Map<number, MemberState>, speakers: ReadonlySet<number>): boolean {
  const changed = [...members.values()].filter((row) => row.speaking !== speakers.has(row.member));
  for (const row of changed) members.set(row.member, { ...row, speaking: !row.speaking });
  return changed.length > 0;
}

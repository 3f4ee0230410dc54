/** What is read out of the roster. Pure. */
import type { MemberState, Role, Stage, WireSource } from '../gen/wire';

/** Chair first, then deputies, then by member; never by loudness. */
export function inOrder(members: Iterable<MemberState>): readonly MemberState[] {
  return [...members].sort((a, b) => rank(a) - rank(b) || a.member - b.member);
}

const RANKS: Record<Role, number> = { chair: 0, deputy: 1, site: 2 };

function rank(row: MemberState): number {
  return RANKS[row.role];
}

/** What a seat may order: nothing, who comes in and whose hand is lowered, or everything. */
export type Powers = 'none' | 'door' | 'all';

/** The powers of a seat; `acting` stands in for the chair. The gateway decides, this only shows no button in vain. */
export function powersOf(
  self: { readonly member: number; readonly role: Role } | null,
  acting: number | null,
): Powers {
  if (self === null || self.role === 'site') return 'none';
  return self.role === 'chair' || self.member === acting ? 'all' : 'door';
}

/** Who leads those present. */
export type Lead = 'chair' | 'acting' | 'deputy_soon' | 'nobody';

/** Who leads: the chair, the deputy in his place, nobody until a deputy does, or nobody. */
export function leadOf(present: readonly MemberState[], acting: number | null): Lead {
  if (present.some((row) => row.role === 'chair')) return 'chair';
  if (acting !== null) return 'acting';
  return present.some((row) => row.role === 'deputy') ? 'deputy_soon' : 'nobody';
}

/** In the room, or away for so short that the seat is kept. */
export function isPresent(row: MemberState): boolean {
  return row.presence !== 'absent';
}

/** What the chair chose for the stage while it cannot be there; `null` where nothing is missing. */
export function missingFromStage(stage: Stage | null): WireSource | null {
  if (stage?.rule.rule !== 'pinned') return null;
  return sameSource(stage.rule.source, stage.source) ? null : stage.rule.source;
}

/** Raised hands, first come first. */
export function handQueue(members: Iterable<MemberState>): readonly MemberState[] {
  const raised = [...members].filter((row) => row.hand !== null);
  return raised.sort((a, b) => (a.hand?.order ?? 0) - (b.hand?.order ?? 0) || a.member - b.member);
}

/** Whether a member sends this source, by the roster's word. */
export function sends(row: MemberState | undefined, source: WireSource): boolean {
  if (row === undefined || !isPresent(row)) return false;
  switch (source.kind) {
    case 'camera':
      return row.camera;
    case 'screen':
    case 'screen_audio':
      return row.screen;
    case 'microphone':
      return row.microphone;
  }
}

/** A text that is equal for equal sources. */
export function sourceKey(source: WireSource): string {
  return `${source.member}:${source.kind}`;
}

/** Whether two sources, or absences of one, are the same. */
export function sameSource(a: WireSource | null, b: WireSource | null): boolean {
  return a === b || (a !== null && b !== null && a.member === b.member && a.kind === b.kind);
}

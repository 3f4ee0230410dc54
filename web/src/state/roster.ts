/** What is read out of the roster. Pure. */
import type { MemberState, Stage, WireSource } from '../gen/wire';

/** Chair first, then by member; never by loudness. */
export function inOrder(members: Iterable<MemberState>): readonly MemberState[] {
  return [...members].sort((a, b) => rank(a) - rank(b) || a.member - b.member);
}

function rank(row: MemberState): number {
  return row.role === 'chair' ? 0 : 1;
}

/** In the room, or away for so short that the seat is kept. */
export function isPresent(row: MemberState): boolean {
  return row.presence !== 'absent';
}

/** Whether one of those present leads the briefing. */
export function isLed(present: readonly MemberState[]): boolean {
  return present.some((row) => row.role === 'chair');
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

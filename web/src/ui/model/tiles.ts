/** Which tiles there are, in which order, and what each of them says. */
import type { MemberState, Picture, Stage, WireSource } from '../../state/room';

/** What identifies a tile. */
export function tileKey(source: WireSource): string {
  return `${source.member}-${source.kind}`;
}

/** The strip without the own tile: the chair first, then the order of the roster. */
export function stripSources(present: readonly MemberState[], self: number | null): WireSource[] {
  const others = present.filter((member) => member.member !== self);
  const chairs = others.filter((member) => member.role === 'chair');
  const sites = others.filter((member) => member.role !== 'chair');
  return [...chairs, ...sites].map((member) => ({ member: member.member, kind: 'camera' }));
}

/** The grid: what others present, then every site in the order of the roster, oneself in one's place. */
export function gridSources(present: readonly MemberState[], self: number | null): WireSource[] {
  const screens = present
    .filter((member) => member.screen && member.member !== self)
    .map((member): WireSource => ({ member: member.member, kind: 'screen' }));
  const cameras = present.map((member): WireSource => ({ member: member.member, kind: 'camera' }));
  return [...screens, ...cameras];
}

/** Why a tile shows a crest. */
export type Cover = 'recovering' | 'camera_off' | 'waiting' | null;

/** Why a tile of `member` has no picture; nothing when it has one. */
export function coverOf(member: MemberState, source: WireSource, picture: Picture): Cover {
  if (member.presence === 'recovering') return 'recovering';
  if (source.kind === 'camera' && !member.camera) return 'camera_off';
  return picture === 'shown' ? null : 'waiting';
}

/** Whether the chair chose `source` for the stage. */
export function isPinned(stage: Stage | null, source: WireSource): boolean {
  return (
    stage?.rule.rule === 'pinned' &&
    stage.rule.source.member === source.member &&
    stage.rule.source.kind === source.kind
  );
}

/** The sign of a presence, so that colour never stands alone. */
export const PRESENCE_SIGN = { present: '●', recovering: '◐', absent: '○' } as const;

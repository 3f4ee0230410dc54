/** What a blind person is told of a busy room: sums, not single events. */
import type { MemberState } from '../../state/room';

/** Who was there and who had raised a hand. */
export interface Attendance {
  readonly present: ReadonlySet<number>;
  readonly hands: ReadonlySet<number>;
}

/** How many came, left and raised a hand. */
export interface AttendanceChange {
  readonly joined: number;
  readonly left: number;
  readonly hands: number;
}

/** The attendance of the moment. A member who is being brought back counts as there. */
export function attendance(members: readonly MemberState[]): Attendance {
  const present = members.filter((member) => member.presence !== 'absent');
  return {
    present: new Set(present.map((member) => member.member)),
    hands: new Set(present.filter((member) => member.hand !== null).map((member) => member.member)),
  };
}

const added = (before: ReadonlySet<number>, after: ReadonlySet<number>): number =>
  [...after].filter((member) => !before.has(member)).length;

/** What changed from `before` to `after`. */
export function attendanceChange(before: Attendance, after: Attendance): AttendanceChange {
  return {
    joined: added(before.present, after.present),
    left: added(after.present, before.present),
    hands: added(before.hands, after.hands),
  };
}

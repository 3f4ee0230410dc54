import { describe, expect, it } from 'vitest';
import { choiceOf, lanes, mondayOf, place, RECURRENCES, ruleOf } from '../../src/admin/model/calendar';
import type { MeetingView } from '../../src/gen/api';

const meeting = (start: string, end: string): MeetingView => ({
  booking: 1,
  room: 1,
  classification: 'normal',
  start,
  end,
  original: '',
  moved: false,
  recurs: false,
});

describe('the calendar', () => {
  it('shows a meeting by the clocks of Vietnam', () => {
    const late = place(meeting('2026-11-24T17:30:00Z', '2026-11-24T18:30:00Z'));
    expect([late.day, late.start, late.end]).toEqual(['2026-11-25', 30, 90]);
  });

  it('puts meetings of the same time beside each other, and others below', () => {
    const at = (start: number, end: number) => ({ meeting: meeting('', ''), day: '', start, end });
    const placed = lanes([at(60, 120), at(0, 90), at(90, 150), at(200, 220)]);
    expect(placed.map(({ start, lane, lanes: of }) => [start, lane, of])).toEqual([
      [0, 0, 2],
      [60, 1, 2],
      [90, 0, 2],
      [200, 0, 1],
    ]);
  });

  it('begins a week on Monday', () => {
    expect(['2026-11-23', '2026-11-24', '2026-11-29'].map(mondayOf)).toEqual(Array(3).fill('2026-11-23'));
  });

  it('reads a rule back as it was chosen', () => {
    for (const one of RECURRENCES) {
      const times = one === 'once' ? '' : '8';
      expect(choiceOf(ruleOf(one, '2026-11-24', times), '2026-11-24')).toEqual([one, times]);
    }
    expect(choiceOf('FREQ=YEARLY', '2026-11-24')).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { playbackOf } from '../../src/engine/playback';
import type { MemberState, SiteQuality } from '../../src/gen/wire';
import { PlaybackReporter, QualityWatch, REPORT_PERIOD_MS, troubleOf } from '../../src/state/quality';
import { barsOf, countGrades, lossText, qualityRows, rateText } from '../../src/ui/model/quality';

const on = { name: 'on', deviceId: 'x', label: 'Camera phòng họp', width: 1, height: 1 } as const;
const failed = { name: 'failed', problem: 'busy' } as const;

function site(member: number, grade: SiteQuality['grade']): SiteQuality {
  const link = { loss: 0, jitter: 3, rate: 500 };
  const rest = { rtt: 20, up: link, down: link, sends: 0, receives: 0, freezes: 0, fps: 0 };
  return { member, grade, cause: 'none', ...rest, path: null, trouble: null };
}

describe('what a client tells of itself', () => {
  it('is read from the browser: freezes of all pictures, the most frames, the way of the pair in use', () => {
    const rows: [string, unknown][] = [
      ['a', { type: 'inbound-rtp', kind: 'video', freezeCount: 2, framesPerSecond: 24.9 }],
      ['b', { type: 'inbound-rtp', kind: 'video', freezeCount: 1, framesPerSecond: 12 }],
      ['c', { type: 'inbound-rtp', kind: 'audio', freezeCount: 9 }],
      ['p', { type: 'candidate-pair', state: 'succeeded', nominated: true, localCandidateId: 'l' }],
      ['q', { type: 'candidate-pair', state: 'waiting', nominated: false, localCandidateId: 'm' }],
      ['l', { type: 'local-candidate', candidateType: 'relay', protocol: 'udp' }],
      ['m', { type: 'local-candidate', candidateType: 'host', protocol: 'tcp' }],
    ];
    expect(playbackOf(rows)).toEqual({ freezes: 3, fps: 25, path: 'relay' });
    expect(playbackOf([])).toEqual({ freezes: 0, fps: 0, path: null });
  });

  it('goes out every five seconds and counts freezes since the last time', () => {
    const reporter = new PlaybackReporter();
    const tell = (at: number, freezes: number) =>
      reporter.report(at, { freezes, fps: 25, path: 'udp' }, null);
    expect(tell(0, 3)).toMatchObject({ type: 'report', freezes: 3 });
    expect(tell(REPORT_PERIOD_MS - 1, 5)).toBeNull();
    expect(tell(REPORT_PERIOD_MS, 5)).toMatchObject({ freezes: 2 });
    expect(tell(2 * REPORT_PERIOD_MS, 1), 'another connection counts anew').toMatchObject({ freezes: 1 });
    expect(tell(3 * REPORT_PERIOD_MS, 1_000_000)).toMatchObject({ freezes: 65_535 });
  });

  it('names devices that failed, not those that were turned off', () => {
    expect(troubleOf(on, { name: 'off' })).toBeNull();
    expect(troubleOf(failed, on)).toBe('camera');
    expect(troubleOf({ name: 'off' }, failed)).toBe('microphone');
    expect(troubleOf(failed, failed)).toBe('both');
  });
});

describe('the quality of the sites', () => {
  const member = (id: number): MemberState => ({
    member: id,
    name: `Điểm cầu ${id}`,
    role: 'site',
    presence: 'present',
    microphone: false,
    camera: true,
    screen: false,
    muted: false,
    hand: null,
    speaking: false,
  });

  it('keeps what was told of sites that a message does not name, and nothing while nobody watches', () => {
    const watch = new QualityWatch();
    watch.take([site(1, 'good')]);
    expect(watch.sites.value.size).toBe(0);
    watch.watch(true);
    watch.take([site(1, 'good'), site(2, 'good')]);
    watch.take([site(2, 'bad')]);
    expect([...watch.sites.value.values()].map((one) => one.grade)).toEqual(['good', 'bad']);
    watch.watch(false);
    expect(watch.sites.value.size).toBe(0);
  });

  it('shows the worst first, of one grade in the order of the room, and who is not known yet last', () => {
    const sites = new Map(
      [site(1, 'good'), site(2, 'weak'), site(3, 'bad'), site(4, 'weak')].map((one) => [one.member, one]),
    );
    const rows = qualityRows([1, 2, 3, 4, 5].map(member), sites);
    expect(rows.map((row) => row.member.member)).toEqual([3, 2, 4, 1, 5]);
    expect(countGrades(rows)).toEqual({ bad: 1, weak: 2, good: 1 });
  });

  it('draws bars by the limits of the gateway', () => {
    const bars = (loss: number, jitter: number, rate = 1) => barsOf({ loss, jitter, rate });
    expect([bars(0, 0, 0), bars(50, 0), bars(0, 120), bars(15, 0), bars(0, 40), bars(14, 39)]).toEqual([
      0, 1, 1, 2, 2, 3,
    ]);
  });

  it('writes numbers as the language does', () => {
    expect([rateText(640, 'vi'), rateText(1240, 'vi'), rateText(1240, 'en')]).toEqual([
      '640\u00a0kbit/s',
      '1,2\u00a0Mbit/s',
      '1.2\u00a0Mbit/s',
    ]);
    expect([lossText(24, 'vi'), lossText(24, 'en'), lossText(0, 'en')]).toEqual([
      '2,4\u00a0%',
      '2.4\u00a0%',
      '0\u00a0%',
    ]);
  });
});

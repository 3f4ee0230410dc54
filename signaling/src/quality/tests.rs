use giaoban_media_types::MemberId;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

#[expect(
    clippy::disallowed_methods,
    reason = "an instant can be had nowhere else; it is the zero of virtual time"
)]
fn zero() -> Instant {
    Instant::now()
}

fn link(expected: u64, lost: u64, bytes: u64) -> LinkCounters {
    LinkCounters { expected, lost, bytes, jitter: Duration::from_millis(5) }
}

fn counters(uplink: LinkCounters) -> MemberCounters {
    let round_trip = Some(Duration::from_millis(31));
    MemberCounters { is_open: true, round_trip, uplink, ..MemberCounters::without_transport(MemberId(2)) }
}

/// A site that is well.
fn well() -> SiteQuality {
    let (start, mut site) = (zero(), Site::default());
    site.look(start, counters(link(0, 0, 0)));
    assert_eq!(site.quality(start), None, "one look tells no rates");
    site.look(start + SECOND, counters(link(0, 0, 0)));
    site.quality(start + SECOND).unwrap()
}

/// A site that is well but for what `change` makes of it.
fn graded(change: impl FnOnce(&mut SiteQuality)) -> (Grade, Cause) {
    let mut quality = well();
    change(&mut quality);
    grade(&quality, true)
}

#[test]
fn rates_are_those_of_the_last_seconds() {
    let (start, mut site) = (zero(), Site::default());
    for second in 0..20_u32 {
        // In the tenth second all is lost; before and after it nothing.
        let lost = if second >= 10 { 100 } else { 0 };
        let total = u64::from(second) * 100;
        site.look(start + SECOND * second, counters(link(total, lost, total * 1000)));
        let Some(now) = site.quality(start + SECOND * second) else { continue };
        assert_eq!(now.up.loss > 0, (10..=15).contains(&second), "at {second} s: {now:?}");
        assert_eq!(now.up.rate, 800, "100 kB a second");
    }
}

#[test]
fn another_peer_connection_begins_anew() {
    let (start, mut site) = (zero(), Site::default());
    site.look(start, counters(link(10_000, 5000, 1 << 30)));
    site.look(start + SECOND, counters(link(10, 0, 1000)));
    site.look(start + 2 * SECOND, counters(link(20, 0, 2000)));
    let quality = site.quality(start + 2 * SECOND).unwrap();
    assert_eq!((quality.up.loss, quality.up.rate), (0, 8));
}

#[test]
fn each_trouble_has_its_word_and_its_cause() {
    use Grade::{Bad, Good, Weak};
    assert_eq!(graded(|_| {}), (Good, Cause::None));
    assert_eq!(graded(|site| site.up.loss = 14), (Good, Cause::None));
    assert_eq!(graded(|site| site.up.loss = 15), (Weak, Cause::LossUp));
    assert_eq!(graded(|site| site.down.loss = 50), (Bad, Cause::LossDown));
    assert_eq!(graded(|site| site.rtt = Some(250)), (Weak, Cause::Delay));
    assert_eq!(graded(|site| site.down.jitter = 120), (Bad, Cause::Jitter));
    assert_eq!(graded(|site| site.freezes = 1), (Weak, Cause::Freezes));
    assert_eq!(graded(|site| site.trouble = Some(DeviceTrouble::Camera)), (Weak, Cause::Device));
    let worse = graded(|site| (site.up.loss, site.rtt) = (20, Some(400)));
    assert_eq!(worse, (Bad, Cause::Delay), "the worst cause is told");
}

#[test]
fn a_site_without_media_is_bad_whatever_it_was() {
    let (start, mut site) = (zero(), Site::default());
    site.look(start, counters(link(0, 0, 0)));
    site.look(start + SECOND, MemberCounters::without_transport(MemberId(2)));
    let quality = site.quality(start + SECOND).unwrap();
    assert_eq!((quality.grade, quality.cause), (Grade::Bad, Cause::NoMedia));
}

#[test]
fn what_a_client_said_long_ago_does_not_count() {
    let (start, mut site) = (zero(), Site::default());
    let report =
        ClientReport { freezes: 9, fps: 5, path: Some(MediaPath::Relay), trouble: Some(DeviceTrouble::Both) };
    site.report(start, report);
    site.look(start, counters(link(0, 0, 0)));
    site.look(start + SECOND, counters(link(0, 0, 0)));
    assert_eq!(site.quality(start + SECOND).unwrap().freezes, 9);
    let late = start + REPORT_SERVES + SECOND;
    site.look(late - SECOND, counters(link(0, 0, 0)));
    site.look(late, counters(link(0, 0, 0)));
    let quality = site.quality(late).unwrap();
    assert_eq!((quality.freezes, quality.path, quality.trouble), (0, None, None));
}

#[test]
fn the_worst_come_first_and_equals_by_seat() {
    let site = |member, grade, loss| {
        let mut quality = well();
        (quality.member, quality.grade, quality.down.loss) = (member, grade, loss);
        quality
    };
    let mut sites = [
        site(1, Grade::Good, 2),
        site(2, Grade::Weak, 20),
        site(3, Grade::Bad, 60),
        site(4, Grade::Weak, 30),
        site(5, Grade::Good, 2),
    ];
    sort_worst_first(&mut sites);
    assert_eq!(sites.map(|site| site.member), [3, 4, 2, 1, 5]);
}

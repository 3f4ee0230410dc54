//! Whether what is heard and what is seen on the stage would be played together, by the gateway's sender reports.

use std::collections::BTreeMap;

use giaoban_media::rtcp::SenderInfo;
use giaoban_media_types::{MediaKind, RtpTimestamp, SlotId, SourceId};

use crate::tag::Tag;

/// Microseconds from one sound, and from one frame, to the next.
const SOUND: i64 = 20_000;
const FRAME: i64 = 33_333;

/// A slot that began with an older key frame catches up first; so many frames later, or sounds, it has.
const SETTLED: u32 = 45;

#[derive(Default)]
struct Heard {
    source: Option<SourceId>,
    /// The first of it that came.
    first: u32,
    report: Option<SenderInfo>,
    /// By how much the gateway's clock is ahead of the making of what came last.
    ahead: Option<i64>,
}

/// What a receiver knows of the stage's sound and picture.
#[derive(Default)]
pub struct Lips(BTreeMap<SlotId, Heard>);

impl Lips {
    /// Takes a sender report for a slot.
    pub fn report(&mut self, slot: SlotId, info: SenderInfo) {
        let heard = self.0.entry(slot).or_default();
        heard.report = Some(info);
        heard.ahead = None;
    }

    /// Takes what came. Once for each report, yields by how many microseconds the picture would be early.
    pub fn deliver(&mut self, slot: SlotId, tag: Tag, timestamp: RtpTimestamp) -> Option<i64> {
        let heard = self.0.entry(slot).or_default();
        if heard.source.replace(tag.source) != Some(tag.source) {
            // What was reported is of another source's time.
            heard.report = None;
            heard.ahead = None;
            heard.first = tag.frame;
        }
        if heard.ahead.is_some() || tag.frame.saturating_sub(heard.first) < SETTLED {
            return None;
        }
        let info = heard.report?;
        let (ticks, interval) = match slot.media() {
            MediaKind::Audio => (48, SOUND),
            MediaKind::Video => (90, FRAME),
        };
        let since = i64::from(timestamp.0.wrapping_sub(info.rtp.0).cast_signed()) * 1000 / ticks;
        let reported = i64::try_from(info.ntp.since_start().as_micros()).ok()?;
        heard.ahead = Some(reported + since - i64::from(tag.frame) * interval);
        let of = |slot| self.0.get(&slot).and_then(|heard| Some((heard.source?.member, heard.ahead?)));
        let (sound, picture) = (of(SlotId::STAGE_AUDIO)?, of(SlotId::STAGE_VIDEO)?);
        (sound.0 == picture.0).then_some(sound.1 - picture.1)
    }
}

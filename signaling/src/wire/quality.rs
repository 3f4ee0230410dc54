//! How each site's connection is, as whoever looks after the briefing sees it.

use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;

/// How good a site's connection is, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// Nothing is noticed.
    Good,
    /// It is noticed.
    Weak,
    /// A briefing can hardly be held.
    Bad,
}

/// What the grade comes from; the client has for each what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// All is well.
    None,
    /// Sound and picture do not pass.
    NoMedia,
    /// What the site sends is lost.
    LossUp,
    /// What the site is sent is lost.
    LossDown,
    /// The way is long.
    Delay,
    /// Packets come unevenly.
    Jitter,
    /// Its pictures stand still though little is lost: the computer does not keep up.
    Freezes,
    /// Camera or microphone do not work.
    Device,
}

/// The way that media takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum MediaPath {
    /// UDP to the gateway.
    Udp,
    /// TCP to the gateway.
    Tcp,
    /// Through a relay.
    Relay,
}

/// A device that does not work. One that was turned off is no trouble.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "snake_case")]
pub enum DeviceTrouble {
    /// Denied, busy, missing or failed.
    Camera,
    /// The same.
    Microphone,
    /// Both.
    Both,
}

/// One direction of a site's connection over the last seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct LinkQuality {
    /// Packets lost before repair, of 1000.
    pub loss: u16,
    /// Interarrival jitter, in ms.
    pub jitter: u16,
    /// Media, in kbit/s.
    pub rate: u32,
}

/// One site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct SiteQuality {
    /// Whose.
    pub member: u32,
    /// In one word.
    pub grade: Grade,
    /// Why not better.
    pub cause: Cause,
    /// Way there and back, in ms, once it was measured.
    pub rtt: Option<u16>,
    /// From the site.
    pub up: LinkQuality,
    /// To the site.
    pub down: LinkQuality,
    /// Height of the picture it sends; 0 for none.
    pub sends: u16,
    /// Height of the stage it is sent; 0 for none.
    pub receives: u16,
    /// Times that its pictures stood still between its last two reports.
    pub freezes: u16,
    /// Frames it shows a second of the picture with the most.
    pub fps: u16,
    /// The way its media takes, once it said so.
    pub path: Option<MediaPath>,
    /// What of its devices does not work.
    pub trouble: Option<DeviceTrouble>,
}

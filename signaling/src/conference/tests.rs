//! A conference driven in virtual time, judged by what its members are told and what its shard is ordered.

mod chair;
mod desertion;
mod entry;
mod lobby;
mod mute;
mod offers;
mod quality;
mod random;
mod restart;
mod room;
mod roster;
mod slots;
mod stage;
mod succession;
mod view;

use room::{CHAIR, Room, SITE_A, SITE_B, SITE_C};

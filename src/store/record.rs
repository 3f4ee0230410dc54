//! The durable part of a conference as one JSON record.

use std::collections::{BTreeMap, BTreeSet};

use giaoban_media_types::MemberId;
use giaoban_signaling::conference::{Durable, Seated};
use giaoban_signaling::wire::StageRule;
use serde::{Deserialize, Serialize};

use super::StoreError;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    locked: bool,
    ended: bool,
    stage: StageRule,
    muted_all: bool,
    muted: BTreeSet<u32>,
    let_speak: BTreeSet<u32>,
    removed: BTreeSet<u32>,
    #[serde(default)]
    led: bool,
    #[serde(default)]
    seated: BTreeMap<u32, Seated>,
    #[serde(default)]
    speaker: Option<u32>,
    #[serde(default)]
    acting: Option<u32>,
}

/// What a new room starts with.
pub(super) fn fresh() -> Durable {
    Durable::default()
}

pub(super) fn to_json(durable: &Durable) -> Result<String, StoreError> {
    let numbers = |members: &BTreeSet<MemberId>| members.iter().map(|member| member.0).collect();
    let record = Record {
        locked: durable.locked,
        ended: durable.ended,
        stage: durable.stage,
        muted_all: durable.muted_all,
        muted: numbers(&durable.muted),
        let_speak: numbers(&durable.let_speak),
        removed: numbers(&durable.removed),
        led: durable.led,
        seated: durable.seated.iter().map(|(member, seated)| (member.0, *seated)).collect(),
        speaker: durable.speaker.map(|member| member.0),
        acting: durable.acting.map(|member| member.0),
    };
    serde_json::to_string(&record).map_err(|_| StoreError::Unreadable { what: "room state" })
}

pub(super) fn from_json(text: &str) -> Result<Durable, StoreError> {
    let record: Record =
        serde_json::from_str(text).map_err(|_| StoreError::Unreadable { what: "room state" })?;
    let members = |numbers: BTreeSet<u32>| numbers.into_iter().map(MemberId).collect();
    Ok(Durable {
        locked: record.locked,
        ended: record.ended,
        stage: record.stage,
        muted_all: record.muted_all,
        muted: members(record.muted),
        let_speak: members(record.let_speak),
        removed: members(record.removed),
        led: record.led,
        seated: record.seated.into_iter().map(|(member, seated)| (MemberId(member), seated)).collect(),
        speaker: record.speaker.map(MemberId),
        acting: record.acting.map(MemberId),
    })
}

//! A room's rules as they are spoken.

use giaoban_calendar::{Classification, Joiners, Lobby, Opening, RoomKind, Rules, Standing};
use giaoban_directory::{PersonId, Text, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::words::{ClassificationWord, LobbyWord, OpeningWord, RoomKindWord, StandingWord};

/// What an administrator decides about a room.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RulesView {
    #[schema(value_type = String, max_length = 200)]
    title: Text,
    #[schema(value_type = RoomKindWord)]
    kind: RoomKind,
    #[schema(value_type = ClassificationWord)]
    classification: Classification,
    /// The unit that owns it; only who administers the whole organisation makes rooms without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<u32>,
    /// Places, beside the chair's; as many as the gateway holds when nothing is said.
    #[schema(minimum = 1, maximum = 5000)]
    #[serde(skip_serializing_if = "Option::is_none")]
    capacity: Option<u16>,
    #[schema(value_type = LobbyWord)]
    lobby: Lobby,
    #[schema(value_type = OpeningWord)]
    opening: Opening,
    #[schema(value_type = StandingWord)]
    standing: Standing,
    /// Who may join, beside chair, deputies and the expected. Empty: the people of the owning unit and below it.
    #[schema(max_items = 200)]
    #[serde(default)]
    joiners: Vec<JoinersView>,
    /// The person who leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    chair: Option<u32>,
    /// Who leads when the chair is gone, in this order.
    #[schema(max_items = 10)]
    #[serde(default)]
    deputies: Vec<u32>,
}

/// People who may join.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JoinersView {
    /// Those of this unit.
    unit: u32,
    /// And of all units below it.
    #[serde(default)]
    below: bool,
    /// Only those with this duty.
    #[schema(value_type = Option<String>, max_length = 200)]
    #[serde(skip_serializing_if = "Option::is_none")]
    duty: Option<Text>,
    /// Only those cleared this far.
    #[schema(value_type = Option<ClassificationWord>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    clearance: Option<Classification>,
}

impl From<RulesView> for Rules {
    fn from(view: RulesView) -> Self {
        let joiners = view.joiners.into_iter().map(|line| Joiners {
            unit: UnitId(line.unit),
            below: line.below,
            duty: line.duty.filter(|duty| !duty.as_str().is_empty()),
            clearance: line.clearance,
        });
        Self {
            title: view.title,
            kind: view.kind,
            classification: view.classification,
            unit: view.unit.map(UnitId),
            capacity: view.capacity,
            lobby: view.lobby,
            opening: view.opening,
            standing: view.standing,
            joiners: joiners.collect(),
            chair: view.chair.map(PersonId),
            deputies: view.deputies.into_iter().map(PersonId).collect(),
        }
    }
}

impl From<&Rules> for RulesView {
    fn from(rules: &Rules) -> Self {
        let joiners = rules.joiners.iter().map(|line| JoinersView {
            unit: line.unit.0,
            below: line.below,
            duty: line.duty.clone(),
            clearance: line.clearance,
        });
        Self {
            title: rules.title.clone(),
            kind: rules.kind,
            classification: rules.classification,
            unit: rules.unit.map(|unit| unit.0),
            capacity: rules.capacity,
            lobby: rules.lobby,
            opening: rules.opening,
            standing: rules.standing,
            joiners: joiners.collect(),
            chair: rules.chair.map(|person| person.0),
            deputies: rules.deputies.iter().map(|person| person.0).collect(),
        }
    }
}

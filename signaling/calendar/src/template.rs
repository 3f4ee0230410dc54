//! Templates (mẫu phòng).

use giaoban_directory::Text;
use serde::{Deserialize, Serialize};

use crate::room::Rules;

/// A template's number, for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TemplateId(pub u32);

/// Rules to begin a room with. A room once made does not follow its template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its number.
    pub id: TemplateId,
    /// Counts its changes, from 1.
    pub revision: u32,
    /// Its own name.
    pub name: Text,
    /// The rules. Its owner is their unit.
    pub rules: Rules,
    /// It is offered no more.
    pub retired: bool,
}

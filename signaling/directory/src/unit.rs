//! Units and their history.

use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::text::{Code, Text};

/// A unit's number, for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnitId(pub u32);

/// What a unit was called and where it lay, in one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitVersion {
    /// The first day.
    pub from: Date,
    /// The first day that it is no longer so; open when it still is.
    pub to: Option<Date>,
    /// Its name.
    pub name: Text,
    /// The unit above it; none for a unit at the top.
    pub parent: Option<UnitId>,
}

/// A unit: its versions in the order of time, each beginning where the one before it ends. It is never deleted;
/// a unit that was abolished has a last version with an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Its number.
    pub id: UnitId,
    /// Its short name in files.
    pub code: Code,
    /// Counts its changes, from 1.
    pub revision: u32,
    /// At least one.
    pub versions: Vec<UnitVersion>,
}

impl UnitVersion {
    /// Whether it is so on a day.
    #[must_use]
    pub fn holds(&self, day: Date) -> bool {
        self.from <= day && self.reaches(day)
    }

    /// Whether it is so on that day or on a later one.
    pub(crate) fn reaches(&self, day: Date) -> bool {
        self.to.is_none_or(|to| day < to)
    }
}

impl Unit {
    /// How it is on a day; none before it was made and after it was abolished.
    #[must_use]
    pub fn at(&self, day: Date) -> Option<&UnitVersion> {
        self.versions.iter().find(|version| version.holds(day))
    }

    /// Its last version, if nothing ends it.
    pub(crate) fn open(&self) -> Option<&UnitVersion> {
        self.versions.last().filter(|version| version.to.is_none())
    }

    /// Changes its versions from a day on, where `matches` says so; a version that holds before and after is split.
    pub(crate) fn change_from(
        &mut self,
        day: Date,
        matches: impl Fn(&UnitVersion) -> bool,
        change: impl Fn(&mut UnitVersion),
    ) {
        let mut versions = Vec::with_capacity(self.versions.len() + 1);
        for mut version in self.versions.drain(..) {
            if version.reaches(day) && matches(&version) {
                if version.from < day {
                    versions.push(UnitVersion { to: Some(day), ..version.clone() });
                    version.from = day;
                }
                change(&mut version);
            }
            versions.push(version);
        }
        self.versions = versions;
        self.revision = self.revision.saturating_add(1);
    }

    /// Ends it on a day. What was to begin then or later never comes to be.
    pub(crate) fn end(&mut self, day: Date) {
        self.versions.retain(|version| version.from < day);
        if let Some(last) = self.versions.last_mut() {
            last.to = Some(last.to.map_or(day, |to| to.min(day)));
        }
        self.revision = self.revision.saturating_add(1);
    }
}

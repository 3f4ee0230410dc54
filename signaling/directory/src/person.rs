//! People.

use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::refusal::Refusal;
use crate::text::{Code, Text};
use crate::unit::UnitId;

/// A person's number, for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub u32);

/// Up to which classification a person may be told things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clearance {
    /// Thường.
    Normal,
    /// Mật.
    Confidential,
    /// Tối mật.
    Secret,
    /// Tuyệt mật.
    TopSecret,
}

/// What is known of a person today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// The full name.
    pub name: Text,
    /// Rank (cấp bậc); may be empty.
    pub rank: Text,
    /// Duty (chức vụ); may be empty.
    pub duty: Text,
    /// Clearance.
    pub clearance: Clearance,
    /// Where invitations go.
    pub mail: Option<Text>,
}

/// In which unit a person was, in one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The unit.
    pub unit: UnitId,
    /// The first day.
    pub from: Date,
    /// The first day that he is no longer there.
    pub to: Option<Date>,
}

/// A person. Never deleted: one who left has a last membership with an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The number.
    pub id: PersonId,
    /// The short name in files.
    pub code: Code,
    /// Counts changes, from 1.
    pub revision: u32,
    /// As they are today.
    pub details: Details,
    /// In the order of time, without overlap. None for who stands above all units.
    pub memberships: Vec<Membership>,
}

impl Membership {
    fn reaches(&self, day: Date) -> bool {
        self.to.is_none_or(|to| day < to)
    }
}

impl Person {
    /// The unit on a day.
    #[must_use]
    pub fn unit_at(&self, day: Date) -> Option<UnitId> {
        self.memberships.iter().find(|place| place.from <= day && place.reaches(day)).map(|place| place.unit)
    }

    /// Puts the person into another unit from a day on, or into none.
    pub(crate) fn place_from(&mut self, day: Date, unit: Option<UnitId>) {
        self.memberships.retain(|place| place.from < day);
        if let Some(last) = self.memberships.last_mut().filter(|place| place.reaches(day)) {
            last.to = Some(day);
        }
        self.memberships.extend(unit.map(|unit| Membership { unit, from: day, to: None }));
        self.revision = self.revision.saturating_add(1);
    }

    /// Puts another unit in the place of one from a day on. Whether anything changed.
    pub(crate) fn replace_unit(&mut self, day: Date, from: UnitId, to: Option<UnitId>) -> bool {
        let concerned = |place: &Membership| place.unit == from && place.reaches(day);
        if !self.memberships.iter().any(concerned) {
            return false;
        }
        let mut memberships = Vec::with_capacity(self.memberships.len() + 1);
        for mut place in self.memberships.drain(..) {
            if !concerned(&place) {
                memberships.push(place);
                continue;
            }
            if place.from < day {
                memberships.push(Membership { to: Some(day), ..place.clone() });
                place.from = day;
            }
            memberships.extend(to.map(|unit| Membership { unit, ..place }));
        }
        self.memberships = memberships;
        self.revision = self.revision.saturating_add(1);
        true
    }
}

impl Details {
    /// Checks what the fields' types cannot.
    ///
    /// # Errors
    /// The first fault.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.name.as_str().is_empty() {
            return Err(Refusal::BadText);
        }
        let is_mail = |mail: &Text| {
            let (local, domain) = mail.as_str().split_once('@').unwrap_or_default();
            !local.is_empty() && !domain.is_empty() && !mail.as_str().contains([' ', '<', '>', ',', ';', '"'])
        };
        if self.mail.as_ref().is_some_and(|mail| !is_mail(mail)) { Err(Refusal::BadMail) } else { Ok(()) }
    }
}

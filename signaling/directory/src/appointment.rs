//! Who administers what.

use serde::{Deserialize, Serialize};

use crate::date::Date;
use crate::person::PersonId;
use crate::unit::UnitId;

/// An appointment's number, for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AppointmentId(pub u32);

/// A person administers a unit and everything below it. It rests while the unit does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Its number.
    pub id: AppointmentId,
    /// The administrator.
    pub person: PersonId,
    /// The unit; none is the whole organisation.
    pub unit: Option<UnitId>,
    /// The day of appointment.
    pub from: Date,
    /// The day it ended.
    pub ended: Option<Date>,
}

//! The roll call (điểm danh): the expected against those who came.

use std::collections::{BTreeMap, BTreeSet};

use giaoban_directory::{Date, Directory, Person, PersonId, UnitId};

use crate::booking::{Booking, Expected, Instance, Plan};
use crate::calendar::{Calendar, World};
use crate::time::Moment;

/// Somebody came into a room, or went.
#[derive(Clone, PartialEq, Eq)]
pub struct Attendance {
    /// The seat.
    pub seat: u32,
    /// When.
    pub at: Moment,
    /// He came; otherwise he went.
    pub came: bool,
    /// What all saw.
    pub name: String,
    /// Whose seat it is, if somebody signed in for it.
    pub person: Option<PersonId>,
    /// His unit then.
    pub unit: Option<UnitId>,
}

/// Who is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Called {
    /// A unit: one of its people is enough.
    Unit(UnitId),
    /// A person.
    Person(PersonId),
}

/// When somebody was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    /// When he first came.
    pub came: Moment,
    /// When he last went; none if he is still there, or nobody saw him go.
    pub went: Option<Moment>,
    /// How often he came.
    pub times: u32,
}

/// One line of a roll.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Who.
    pub called: Called,
    /// The unit above, on the day of the meeting.
    pub parent: Option<UnitId>,
    /// When he was there; none is absent.
    pub stay: Option<Stay>,
    /// The minutes that he came after the start, if he did.
    pub late: Option<i64>,
}

/// A roll.
#[derive(Clone)]
pub struct Roll {
    /// The expected, by the tree.
    pub lines: Vec<Line>,
    /// Seats that came without being expected: name and stay.
    pub unexpected: Vec<(String, Stay)>,
}

impl Calendar {
    /// Whether a person is called to what is booked: he leads it or is expected, and is cleared for it.
    #[must_use]
    pub fn calls(&self, booking: &Booking, person: &Person, world: World<'_>) -> bool {
        let room = self.room(booking.plan.room).filter(|room| !room.closed);
        room.is_some_and(|room| {
            let leads =
                self.chair_of(&booking.plan) == Some(person.id) || room.rules.deputies.contains(&person.id);
            person.details.clearance >= room.rules.classification
                && (leads || booking.plan.expects(person, world.directory, world.today))
        })
    }
}

impl Plan {
    /// Calls the roll of one meeting, by the organisation as it was on its day.
    #[must_use]
    pub fn roll(
        &self,
        instance: &Instance,
        attendance: &[Attendance],
        directory: &Directory,
        day: Date,
    ) -> Roll {
        let opens = instance.door(self.opens_before).0;
        let mut seats: BTreeMap<u32, Vec<&Attendance>> = BTreeMap::new();
        for row in attendance {
            let rows = seats.entry(row.seat).or_default();
            // Of what was before the door opened only who was still there counts.
            if row.at < opens {
                rows.clear();
            }
            if row.came || row.at >= opens {
                rows.push(row);
            }
        }
        seats.retain(|_, rows| !rows.is_empty());
        let mut used: BTreeSet<u32> = BTreeSet::new();
        let mut lines = Vec::new();
        for called in self.called(directory, day) {
            let own = seats.iter().filter(|(_, rows)| rows.iter().any(|row| is_of(row, called)));
            let (mut rows, mut mine): (Vec<&Attendance>, Vec<u32>) = (Vec::new(), Vec::new());
            for (seat, own) in own {
                mine.push(*seat);
                rows.extend(own);
            }
            used.extend(mine);
            rows.sort_by_key(|row| row.at);
            let stay = stay(&rows);
            let late = stay.map(|stay| (stay.came.0 - instance.start.0).div_euclid(60));
            let late = late.filter(|late| *late > 0);
            lines.push(Line { called, parent: parent(called, directory, day), stay, late });
        }
        let strangers = seats.iter().filter(|(seat, _)| !used.contains(seat));
        let unexpected =
            strangers.filter_map(|(_, rows)| Some((rows.first()?.name.clone(), stay(rows)?))).collect();
        Roll { lines, unexpected }
    }

    /// Who is expected, one by one: units in the order of the tree, then people.
    fn called(&self, directory: &Directory, day: Date) -> Vec<Called> {
        let (mut units, mut people) = (BTreeSet::new(), BTreeSet::new());
        for expected in &self.expected {
            match expected {
                Expected::Unit { unit } => drop(units.insert(*unit)),
                Expected::Person { person } => drop(people.insert(*person)),
                Expected::Subtree { unit: root } => units.extend(
                    directory
                        .units()
                        .map(|unit| unit.id)
                        .filter(|unit| directory.is_within(*unit, *root, day)),
                ),
            }
        }
        let path = |unit: &UnitId| {
            let mut path: Vec<UnitId> = directory.path(*unit, day).collect();
            path.reverse();
            path
        };
        let mut units: Vec<UnitId> = units.into_iter().collect();
        units.sort_by_cached_key(path);
        units.into_iter().map(Called::Unit).chain(people.into_iter().map(Called::Person)).collect()
    }
}

fn is_of(row: &Attendance, called: Called) -> bool {
    match called {
        Called::Unit(unit) => row.unit == Some(unit),
        Called::Person(person) => row.person == Some(person),
    }
}

fn parent(called: Called, directory: &Directory, day: Date) -> Option<UnitId> {
    match called {
        Called::Unit(unit) => directory.unit(unit)?.at(day)?.parent,
        Called::Person(person) => directory.person(person)?.unit_at(day),
    }
}

/// One stay of what rows in the order of time tell; none if nobody came.
fn stay(rows: &[&Attendance]) -> Option<Stay> {
    let came = rows.iter().find(|row| row.came)?.at;
    let times = rows.iter().filter(|row| row.came).count();
    let mut there: BTreeSet<u32> = BTreeSet::new();
    for row in rows {
        if row.came {
            there.insert(row.seat);
        } else {
            there.remove(&row.seat);
        }
    }
    let went = rows.iter().rev().find(|row| !row.came).map(|row| row.at).filter(|_| there.is_empty());
    Some(Stay { came, went, times: u32::try_from(times).unwrap_or(u32::MAX) })
}

//! Units, people and appointments in tables.

use std::collections::BTreeMap;

use giaoban_directory::{
    Appointment, AppointmentId, Change, Code, Date, Details, Directory, Membership, Person, PersonId, Text,
    Unit, UnitId, UnitVersion,
};

use super::acts::{self, NewAct};
use super::database::{Transaction, values};
use super::row::{self, from_text, to_text};
use super::{Store, StoreError};

const UNREADABLE: StoreError = StoreError::Unreadable { what: "directory" };

type UnitVersionRow = (i64, String, Option<String>, String, Option<i64>);
type PersonRow = (i64, String, i64, String, String, String, String, Option<String>);

impl Store {
    /// Everything there is of units, people and appointments.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn directory(&self) -> Result<Directory, StoreError> {
        let mut directory = Directory::default();
        directory.apply(self.units().await?.into_iter().map(Change::Unit));
        directory.apply(self.people().await?.into_iter().map(Change::Person));
        let rows = "SELECT id, person, unit, valid_from, ended FROM appointments ORDER BY id";
        for row in self.database.all(rows, values![]).await? {
            directory.apply([Change::Appointment(appointment(row)?)]);
        }
        Ok(directory)
    }

    /// Keeps what was changed and the acts that changed it, all or nothing.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn keep(&self, changes: &[Change], acts: &[NewAct]) -> Result<(), StoreError> {
        let mut transaction = self.database.begin_ordered().await?;
        for change in changes {
            match change {
                Change::Unit(unit) => put_unit(&mut transaction, unit).await?,
                Change::Person(person) => put_person(&mut transaction, person).await?,
                Change::Appointment(appointment) => put_appointment(&mut transaction, appointment).await?,
            }
        }
        acts::append(&mut transaction, acts).await?;
        transaction.commit().await
    }

    async fn units(&self) -> Result<Vec<Unit>, StoreError> {
        let rows =
            "SELECT unit, valid_from, valid_to, name, parent FROM unit_versions ORDER BY unit, valid_from";
        let mut versions: BTreeMap<i64, Vec<UnitVersion>> = BTreeMap::new();
        for (unit, from, to, name, parent) in self.database.all::<UnitVersionRow>(rows, values![]).await? {
            let parent = parent.map(row::id).transpose()?.map(UnitId);
            let version =
                UnitVersion { from: day(&from)?, to: optional_day(to)?, name: text(&name)?, parent };
            versions.entry(unit).or_default().push(version);
        }
        let rows = "SELECT id, code, revision FROM units ORDER BY id";
        let mut units = Vec::new();
        for (id, code, revision) in self.database.all::<(i64, String, i64)>(rows, values![]).await? {
            units.push(Unit {
                id: UnitId(row::id(id)?),
                code: self::code(&code)?,
                revision: row::id(revision)?,
                versions: versions.remove(&id).ok_or(UNREADABLE)?,
            });
        }
        Ok(units)
    }

    async fn people(&self) -> Result<Vec<Person>, StoreError> {
        let rows = "SELECT person, valid_from, valid_to, unit FROM memberships ORDER BY person, valid_from";
        let mut memberships: BTreeMap<i64, Vec<Membership>> = BTreeMap::new();
        type Row = (i64, String, Option<String>, i64);
        for (person, from, to, unit) in self.database.all::<Row>(rows, values![]).await? {
            let unit = UnitId(row::id(unit)?);
            let place = Membership { unit, from: day(&from)?, to: optional_day(to)? };
            memberships.entry(person).or_default().push(place);
        }
        let rows = "SELECT id, code, revision, name, rank, duty, clearance, mail FROM people ORDER BY id";
        let mut people = Vec::new();
        for row in self.database.all::<PersonRow>(rows, values![]).await? {
            let (id, code, revision, name, rank, duty, clearance, mail) = row;
            let details = Details {
                name: text(&name)?,
                rank: text(&rank)?,
                duty: text(&duty)?,
                clearance: from_text(&clearance, "clearance")?,
                mail: mail.as_deref().map(text).transpose()?,
            };
            people.push(Person {
                id: PersonId(row::id(id)?),
                code: self::code(&code)?,
                revision: row::id(revision)?,
                details,
                memberships: memberships.remove(&id).unwrap_or_default(),
            });
        }
        Ok(people)
    }
}

async fn put_unit(transaction: &mut Transaction, unit: &Unit) -> Result<(), StoreError> {
    let put = "INSERT INTO units (id, code, revision) VALUES ($1, $2, $3) \
               ON CONFLICT (id) DO UPDATE SET revision = excluded.revision";
    transaction.execute(put, values![unit.id.0, unit.code.as_str(), unit.revision]).await?;
    transaction.execute("DELETE FROM unit_versions WHERE unit = $1", values![unit.id.0]).await?;
    let put =
        "INSERT INTO unit_versions (unit, valid_from, valid_to, name, parent) VALUES ($1, $2, $3, $4, $5)";
    for version in &unit.versions {
        let values = values![
            unit.id.0,
            version.from.to_string(),
            version.to.map(|to| to.to_string()),
            version.name.as_str(),
            version.parent.map(|parent| parent.0)
        ];
        transaction.execute(put, values).await?;
    }
    Ok(())
}

async fn put_person(transaction: &mut Transaction, person: &Person) -> Result<(), StoreError> {
    let put = "INSERT INTO people (id, code, revision, name, rank, duty, clearance, mail) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET \
               revision = excluded.revision, name = excluded.name, rank = excluded.rank, \
               duty = excluded.duty, clearance = excluded.clearance, mail = excluded.mail";
    let details = &person.details;
    let values = values![
        person.id.0,
        person.code.as_str(),
        person.revision,
        details.name.as_str(),
        details.rank.as_str(),
        details.duty.as_str(),
        to_text(&details.clearance)?,
        details.mail.as_ref().map(Text::as_str)
    ];
    transaction.execute(put, values).await?;
    transaction.execute("DELETE FROM memberships WHERE person = $1", values![person.id.0]).await?;
    let put = "INSERT INTO memberships (person, valid_from, valid_to, unit) VALUES ($1, $2, $3, $4)";
    for place in &person.memberships {
        let to = place.to.map(|to| to.to_string());
        transaction.execute(put, values![person.id.0, place.from.to_string(), to, place.unit.0]).await?;
    }
    Ok(())
}

async fn put_appointment(transaction: &mut Transaction, held: &Appointment) -> Result<(), StoreError> {
    let put = "INSERT INTO appointments (id, person, unit, valid_from, ended) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (id) DO UPDATE SET ended = excluded.ended";
    let values = values![
        held.id.0,
        held.person.0,
        held.unit.map(|unit| unit.0),
        held.from.to_string(),
        held.ended.map(|ended| ended.to_string())
    ];
    transaction.execute(put, values).await.map(drop)
}

fn appointment(
    (id, person, unit, from, ended): (i64, i64, Option<i64>, String, Option<String>),
) -> Result<Appointment, StoreError> {
    Ok(Appointment {
        id: AppointmentId(row::id(id)?),
        person: PersonId(row::id(person)?),
        unit: unit.map(row::id).transpose()?.map(UnitId),
        from: day(&from)?,
        ended: optional_day(ended)?,
    })
}

fn day(text: &str) -> Result<Date, StoreError> {
    text.parse().map_err(|_| UNREADABLE)
}

fn optional_day(text: Option<String>) -> Result<Option<Date>, StoreError> {
    text.as_deref().map(day).transpose()
}

fn text(text: &str) -> Result<Text, StoreError> {
    Text::or_empty(text).map_err(|_| UNREADABLE)
}

fn code(text: &str) -> Result<Code, StoreError> {
    Code::new(text).map_err(|_| UNREADABLE)
}

//! Rooms with their rules, templates and bookings in tables.

use giaoban_calendar::{
    Booking, BookingId, Calendar, Change, Classification, Lobby, Opening, Room, RoomId, RoomKind, Rules,
    Standing, Template, TemplateId,
};
use giaoban_directory::Text;

use super::acts::{self, NewAct};
use super::database::{Transaction, values};
use super::row::{self, to_text};
use super::{Store, StoreError, record};

const UNREADABLE: StoreError = StoreError::Unreadable { what: "calendar" };

type RoomRecord = (i64, String, String, Option<String>, i64, i64);
type BookingRecord = (i64, i64, String, String, i64);
type TemplateRecord = (i64, i64, String, String, i64);

impl Store {
    /// Everything there is of rooms, templates and bookings.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn calendar(&self) -> Result<Calendar, StoreError> {
        let mut calendar = Calendar::default();
        let rows = "SELECT id, title, classification, rules, revision, closed FROM rooms ORDER BY id";
        for row in self.database.all::<RoomRecord>(rows, values![]).await? {
            calendar.apply([Change::Room(room(row)?)]);
        }
        let rows = "SELECT id, revision, name, rules, retired FROM templates ORDER BY id";
        for row in self.database.all::<TemplateRecord>(rows, values![]).await? {
            calendar.apply([Change::Template(template(row)?)]);
        }
        let rows = "SELECT id, revision, plan, exceptions, cancelled FROM bookings ORDER BY id";
        for row in self.database.all::<BookingRecord>(rows, values![]).await? {
            calendar.apply([Change::Booking(booking(row)?)]);
        }
        Ok(calendar)
    }

    /// Keeps what was changed and the acts that changed it, all or nothing.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn keep_calendar(&self, changes: &[Change], acts: &[NewAct]) -> Result<(), StoreError> {
        let mut transaction = self.database.begin_ordered().await?;
        for change in changes {
            match change {
                Change::Room(room) => put_room(&mut transaction, room).await?,
                Change::Template(template) => put_template(&mut transaction, template).await?,
                Change::Booking(booking) => put_booking(&mut transaction, booking).await?,
            }
        }
        acts::append(&mut transaction, acts).await?;
        transaction.commit().await
    }
}

async fn put_room(transaction: &mut Transaction, room: &Room) -> Result<(), StoreError> {
    let put = "INSERT INTO rooms (id, slug, title, classification, durable, rules, unit, revision, closed) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO UPDATE SET \
               title = excluded.title, classification = excluded.classification, rules = excluded.rules, \
               unit = excluded.unit, revision = excluded.revision, closed = excluded.closed";
    let values = values![
        room.id.0,
        // In an address: it says nothing of what the room is for.
        format!("phong-{}", room.id.0),
        room.rules.title.as_str(),
        to_text(&room.rules.classification)?,
        record::to_json(&record::fresh())?,
        json(&room.rules)?,
        room.rules.unit.map(|unit| unit.0),
        room.revision,
        i32::from(room.closed)
    ];
    transaction.execute(put, values).await.map(drop)
}

async fn put_booking(transaction: &mut Transaction, booking: &Booking) -> Result<(), StoreError> {
    let put = "INSERT INTO bookings (id, revision, room, plan, exceptions, cancelled) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET \
               revision = excluded.revision, room = excluded.room, plan = excluded.plan, \
               exceptions = excluded.exceptions, cancelled = excluded.cancelled";
    let exceptions: Vec<_> = booking.exceptions.iter().collect();
    let values = values![
        booking.id.0,
        booking.revision,
        booking.plan.room.0,
        json(&booking.plan)?,
        json(&exceptions)?,
        i32::from(booking.cancelled)
    ];
    transaction.execute(put, values).await.map(drop)
}

async fn put_template(transaction: &mut Transaction, template: &Template) -> Result<(), StoreError> {
    let put = "INSERT INTO templates (id, revision, unit, name, rules, retired) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET \
               revision = excluded.revision, unit = excluded.unit, name = excluded.name, \
               rules = excluded.rules, retired = excluded.retired";
    let values = values![
        template.id.0,
        template.revision,
        template.rules.unit.map(|unit| unit.0),
        template.name.as_str(),
        json(&template.rules)?,
        i32::from(template.retired)
    ];
    transaction.execute(put, values).await.map(drop)
}

fn room((id, title, classification, rules, revision, closed): RoomRecord) -> Result<Room, StoreError> {
    let rules = match rules {
        Some(rules) => self::rules(&rules)?,
        None => standing(&title, row::from_text(&classification, "classification")?)?,
    };
    Ok(Room { id: RoomId(row::id(id)?), revision: row::id(revision)?, rules, closed: closed != 0 })
}

/// The rules of a room that no administrator has decided about.
fn standing(title: &str, classification: Classification) -> Result<Rules, StoreError> {
    Ok(Rules {
        title: Text::new(title).map_err(|_| UNREADABLE)?,
        kind: RoomKind::Briefing,
        classification,
        unit: None,
        capacity: None,
        lobby: Lobby::Open,
        opening: Opening::Always,
        standing: Standing::Permanent,
        joiners: Vec::new(),
        chair: None,
        deputies: Vec::new(),
    })
}

fn template((id, revision, name, rules, retired): TemplateRecord) -> Result<Template, StoreError> {
    Ok(Template {
        id: TemplateId(row::id(id)?),
        revision: row::id(revision)?,
        name: Text::new(&name).map_err(|_| UNREADABLE)?,
        rules: self::rules(&rules)?,
        retired: retired != 0,
    })
}

fn booking((id, revision, plan, exceptions, cancelled): BookingRecord) -> Result<Booking, StoreError> {
    let exceptions: Vec<_> = serde_json::from_str(&exceptions).map_err(|_| UNREADABLE)?;
    Ok(Booking {
        id: BookingId(row::id(id)?),
        revision: row::id(revision)?,
        plan: serde_json::from_str(&plan).map_err(|_| UNREADABLE)?,
        exceptions: exceptions.into_iter().collect(),
        cancelled: cancelled != 0,
    })
}

fn rules(text: &str) -> Result<Rules, StoreError> {
    serde_json::from_str(text).map_err(|_| UNREADABLE)
}

fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| UNREADABLE)
}

//! The record of acts: rows that are only ever added, each with a hash over itself and the hash before it. What
//! happened and its row are written in one transaction.

use std::time::SystemTime;

use aws_lc_rs::digest::{SHA256, digest};
use giaoban_directory::{Act, ActContent, PersonId, UnitId};
use serde::Serialize;

use super::database::{Transaction, values};
use super::row;
use super::{Store, StoreError};

/// Rows read at once.
const PAGE: i64 = 1000;

/// An act to be written down.
pub struct NewAct {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// Who; none is the operator, or nobody known.
    pub actor: Option<PersonId>,
    /// The unit that it concerns.
    pub unit: Option<UnitId>,
    /// What.
    pub content: NewContent,
}

/// What was done, by whichever core decided it.
#[derive(Serialize)]
#[serde(untagged)]
pub enum NewContent {
    /// Links, accounts, the directory.
    Act(ActContent),
    /// Rooms and templates.
    Calendar(Box<giaoban_calendar::Command>),
}

impl From<ActContent> for NewContent {
    fn from(content: ActContent) -> Self {
        Self::Act(content)
    }
}

impl From<giaoban_calendar::Command> for NewContent {
    fn from(command: giaoban_calendar::Command) -> Self {
        Self::Calendar(Box::new(command))
    }
}

/// On whose account an act stands; by default the operator's, or the gateway's own.
#[derive(Debug, Clone, Copy, Default)]
pub struct By {
    /// Who.
    pub actor: Option<PersonId>,
    /// The unit that it concerns.
    pub unit: Option<UnitId>,
}

impl By {
    /// An act of now.
    pub(super) fn act(self, content: ActContent) -> NewAct {
        let Self { actor, unit } = self;
        NewAct { at: milliseconds(SystemTime::now()), actor, unit, content: content.into() }
    }
}

#[cfg(test)]
impl NewAct {
    /// An act of now that concerns no unit, by no person.
    pub(super) fn of_gateway(content: ActContent) -> Self {
        By::default().act(content)
    }
}

/// An act as it stands in the record.
pub struct ActRow {
    /// What is written down.
    pub act: Act,
    /// The hash over it and the one before.
    pub hash: [u8; 32],
}

/// What a check of the whole record found.
#[derive(Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every row follows from the one before it.
    Holds {
        /// How many rows.
        acts: u64,
        /// The last row's hash; zeros when there is none.
        head: [u8; 32],
    },
    /// A row does not: it, or one before it, was changed, taken out or put in.
    Broken {
        /// The first such row.
        at: u64,
    },
}

type Row = (i64, i64, Option<i64>, Option<i64>, String, Vec<u8>);

/// Writes acts at the end of the record. The transaction must be an ordered one.
pub(super) async fn append(transaction: &mut Transaction, acts: &[NewAct]) -> Result<(), StoreError> {
    let last = "SELECT number, hash FROM acts ORDER BY number DESC LIMIT 1";
    let last: Option<(i64, Vec<u8>)> = transaction.optional(last, values![]).await?;
    let (mut number, mut head) = match last {
        Some((number, head)) => (self::number(number)?, hash(&head)?),
        None => (0, [0; 32]),
    };
    let put = "INSERT INTO acts (number, at, actor, unit, content, hash) VALUES ($1, $2, $3, $4, $5, $6)";
    for new in acts {
        number += 1;
        let content =
            serde_json::to_string(&new.content).map_err(|_| StoreError::Unreadable { what: "act" })?;
        let act = Act { number, at: new.at, actor: new.actor, unit: new.unit, content };
        head = link(&act, &head);
        let values = values![
            i64::try_from(number).unwrap_or(i64::MAX),
            act.at,
            act.actor.map(|person| person.0),
            act.unit.map(|unit| unit.0),
            act.content,
            head.as_slice()
        ];
        transaction.execute(put, values).await?;
    }
    Ok(())
}

impl Store {
    /// Writes acts down that changed nothing else.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn note(&self, acts: &[NewAct]) -> Result<(), StoreError> {
        self.keep(&[], acts).await
    }

    /// Acts before a number, the newest first; from the end without one.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn acts_before(&self, before: Option<u64>, limit: u32) -> Result<Vec<ActRow>, StoreError> {
        let before = before.and_then(|before| i64::try_from(before).ok()).unwrap_or(i64::MAX);
        let rows = "SELECT number, at, actor, unit, content, hash FROM acts \
                    WHERE number < $1 ORDER BY number DESC LIMIT $2";
        let rows = self.database.all::<Row>(rows, values![before, limit]).await?;
        rows.into_iter().map(act).collect()
    }

    /// Reads the whole record and checks that each row follows from the one before it. Whoever can write the
    /// database can still cut off its end, or write it anew from some row on: compare the head with one noted earlier.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn verify_acts(&self) -> Result<Verdict, StoreError> {
        let (mut acts, mut head) = (0, [0; 32]);
        loop {
            let rows = "SELECT number, at, actor, unit, content, hash FROM acts \
                        WHERE number > $1 ORDER BY number LIMIT $2";
            let last = i64::try_from(acts).unwrap_or(i64::MAX);
            let rows = self.database.all::<Row>(rows, values![last, PAGE]).await?;
            if rows.is_empty() {
                return Ok(Verdict::Holds { acts, head });
            }
            for row in rows {
                acts += 1;
                match act(row) {
                    Ok(row) if row.act.number == acts && row.hash == link(&row.act, &head) => head = row.hash,
                    _ => return Ok(Verdict::Broken { at: acts }),
                }
            }
        }
    }
}

fn act((number, at, actor, unit, content, hash): Row) -> Result<ActRow, StoreError> {
    let act = Act {
        number: self::number(number)?,
        at,
        actor: actor.map(row::id).transpose()?.map(PersonId),
        unit: unit.map(row::id).transpose()?.map(UnitId),
        content,
    };
    Ok(ActRow { act, hash: self::hash(&hash)? })
}

fn link(act: &Act, previous: &[u8; 32]) -> [u8; 32] {
    let digest = digest(&SHA256, &act.canonical(previous));
    hash(digest.as_ref()).unwrap_or_default()
}

/// Milliseconds since 1970.
pub fn milliseconds(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

fn hash(bytes: &[u8]) -> Result<[u8; 32], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Unreadable { what: "act" })
}

fn number(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| StoreError::Unreadable { what: "act" })
}

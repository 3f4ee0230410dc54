//! The contract of the store, on both databases, and what each of them has for itself.

use giaoban_signaling::wire::{Classification, Role, StageRule, WireSource, WireSourceKind};

use super::*;
use crate::secret::Secret;
use crate::testing::TemporaryDirectory;
use crate::testing::postgres::Postgres;

/// An empty database of the test's own, which can be opened more than once.
#[derive(Clone)]
struct Bench(Place);

#[derive(Clone)]
enum Place {
    File(std::path::PathBuf),
    Url(String),
}

impl Bench {
    async fn open(&self) -> Store {
        match &self.0 {
            Place::File(path) => Store::open(path).await.unwrap(),
            Place::Url(url) => Store::connect(url).await.unwrap(),
        }
    }
}

/// Each claim is a test of its own on SQLite, and all of them are one test on PostgreSQL, so that one server serves.
macro_rules! contract {
    ($($module:ident: $($claim:ident),+;)+) => {
        mod sqlite {
            use super::*;
            $($(
                #[tokio::test]
                async fn $claim() {
                    let temporary = TemporaryDirectory::new();
                    super::$module::$claim(Bench(Place::File(temporary.path().join("test.db")))).await;
                }
            )+)+
        }

        #[tokio::test]
        async fn postgresql_keeps_the_same_contract() {
            let postgres = Postgres::start().await;
            let mut broken = Vec::new();
            $($(
                let bench = Bench(Place::Url(postgres.database(stringify!($claim)).await));
                if tokio::spawn($module::$claim(bench)).await.is_err() {
                    broken.push(stringify!($claim));
                }
            )+)+
            assert!(broken.is_empty(), "{broken:?}");
        }
    };
}

contract! {
    rooms:
        a_restart_finds_rooms_seats_and_state_as_they_were,
        a_link_opens_its_seat_until_it_is_revoked,
        the_presented_resume_secret_lives_until_its_successor_is_presented,
        a_resume_secret_ends_with_its_time_and_with_its_link,
        a_second_start_changes_nothing;
    attendance:
        a_person_has_one_seat_in_a_room_whose_secret_is_the_last,
        who_came_and_went_is_only_ever_added,
        a_feeds_address_is_the_last_one_made;
    calendar:
        a_restart_finds_the_calendar_as_it_was;
    directory:
        a_restart_finds_the_directory_with_its_history,
        an_import_is_kept_whole_or_not_at_all;
    acts:
        each_act_follows_from_the_one_before,
        acts_that_are_written_at_once_form_one_chain,
        an_act_is_neither_changed_nor_deleted,
        links_made_and_revoked_are_on_the_record;
    accounts:
        a_link_makes_an_account_once_and_in_its_time,
        a_session_ends_with_its_time_its_successor_and_its_password,
        a_time_steps_code_opens_one_session;
}

mod accounts;
mod acts;
mod attendance;
mod calendar;
mod directory;
mod moving;
mod rooms;

#[tokio::test]
async fn no_secret_stands_in_the_files() {
    let temporary = TemporaryDirectory::new();
    let store = Store::open(&temporary.path().join("test.db")).await.unwrap();
    let secret = Secret::random().unwrap();
    let info = RoomInfo { title: "Giao ban".into(), classification: Classification::Normal };
    let seat = NewSeat { name: "A".into(), role: Role::Chair, link: secret.hash(), until: None };
    store.create_room("giao-ban", &info, &[seat]).await.unwrap();
    store.close().await;
    for entry in std::fs::read_dir(temporary.path()).unwrap() {
        let content = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!content.windows(secret.as_str().len()).any(|window| window == secret.as_str().as_bytes()));
    }
}

#[tokio::test]
async fn a_database_of_a_later_version_is_left_alone() {
    let temporary = TemporaryDirectory::new();
    let store = Store::open(&temporary.path().join("test.db")).await.unwrap();
    store.database.execute("PRAGMA user_version = 99", values![]).await.unwrap();
    store.close().await;
    let opened = Store::open(&temporary.path().join("test.db")).await;
    assert!(matches!(opened, Err(StoreError::Unreadable { .. })));
}

#[tokio::test]
async fn the_database_is_closed_to_others() {
    use std::os::unix::fs::PermissionsExt;
    let temporary = TemporaryDirectory::new();
    let _store = Store::open(&temporary.path().join("test.db")).await.unwrap();
    for entry in std::fs::read_dir(temporary.path()).unwrap() {
        assert_eq!(entry.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn an_unreachable_database_is_said_so_and_its_password_is_not() {
    let temporary = TemporaryDirectory::new();
    let url = format!("postgresql://giaoban:hidden@localhost/giaoban?host={}", temporary.path().display());
    let Err(error) = Store::connect(&url).await else { panic!("nobody listens there") };
    let line = error.to_string();
    assert!(line.contains("database") && !line.contains("hidden"), "{line}");
}

#[tokio::test]
async fn an_act_changed_behind_the_gateways_back_is_found() {
    let temporary = TemporaryDirectory::new();
    let store = Store::open(&temporary.path().join("test.db")).await.unwrap();
    for link in 1..=5 {
        store.note(&[super::NewAct::of_gateway(ActContent::LinkRevoked { link })]).await.unwrap();
    }
    // Who has the file can do this; the hashes show it.
    store.database.execute("DROP TRIGGER acts_are_not_changed", values![]).await.unwrap();
    store.database.execute("DROP TRIGGER acts_are_not_deleted", values![]).await.unwrap();
    let change = "UPDATE acts SET content = replace(content, '3', '4') WHERE number = 3";
    assert_eq!(store.database.execute(change, values![]).await.unwrap(), 1);
    assert_eq!(store.verify_acts().await.unwrap(), Verdict::Broken { at: 3 });
    store.database.execute("DELETE FROM acts WHERE number = 2", values![]).await.unwrap();
    assert_eq!(store.verify_acts().await.unwrap(), Verdict::Broken { at: 2 });
}

/// A data directory of the first version: one room, one link.
#[tokio::test]
async fn a_database_of_the_first_version_is_upgraded_without_loss() {
    let temporary = TemporaryDirectory::new();
    let path = temporary.path().join("test.db");
    let link = Secret::random().unwrap().hash();
    let old = Database::open_file(&path).await.unwrap();
    let mut transaction = old.begin().await.unwrap();
    transaction.script(include_str!("schema/1.sql").to_owned()).await.unwrap();
    transaction.script("PRAGMA user_version = 1".to_owned()).await.unwrap();
    let durable = record::to_json(&record::fresh()).unwrap();
    let room = "INSERT INTO rooms (slug, title, classification, durable) VALUES ('a', 'A', 'normal', $1)";
    transaction.execute(room, values![durable]).await.unwrap();
    let seat = "INSERT INTO seats (room, name, role, link_hash, created_at) VALUES (1, 'B', 'chair', $1, 0)";
    transaction.execute(seat, values![link.as_bytes()]).await.unwrap();
    transaction.commit().await.unwrap();
    old.close().await;

    let store = Store::open(&path).await.unwrap();
    assert_eq!(store.find_link(link).await.unwrap().unwrap().name, "B");
    assert_eq!(store.directory().await.unwrap().units().count(), 0);
    store.revoke(MemberId(1), By::default()).await.unwrap();
    assert!(matches!(store.verify_acts().await.unwrap(), Verdict::Holds { acts: 1, .. }));
}

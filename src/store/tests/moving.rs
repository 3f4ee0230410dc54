//! A backup used: from SQLite to PostgreSQL and back.

use giaoban_directory::{Actor, Code, Command, Text};

use super::*;
use crate::data::DataDirectory;
use crate::store::backup::{BackupError, backup, restore};

fn directory(temporary: &TemporaryDirectory, name: &str) -> DataDirectory {
    DataDirectory::open(temporary.path().join(name)).unwrap()
}

fn seat(name: &str) -> NewSeat {
    NewSeat { name: name.into(), role: Role::Site, link: Secret::random().unwrap().hash(), until: None }
}

#[tokio::test]
async fn a_gateway_moves_to_postgresql_and_back_by_its_backups() {
    let temporary = TemporaryDirectory::new();
    let postgres = Postgres::start().await;
    let url = postgres.database("moved").await.parse().unwrap();
    let [home, away, back] = ["home", "away", "back"].map(|name| directory(&temporary, name));
    let [first, second] = ["first.db", "second.db"].map(|name| temporary.path().join(name));
    for name in ["ca.key", "ca.crt"] {
        home.write(name, name).unwrap();
    }

    let store = Store::at(None, home.path()).await.unwrap();
    let info = RoomInfo { title: "Giao ban".into(), classification: Classification::Normal };
    let (room, _) = store.create_room("giao-ban", &info, &[seat("Một"), seat("Hai")]).await.unwrap();
    let from = "2020-01-01".parse().unwrap();
    let (code, name) = (Code::new("Bo").unwrap(), Text::new("Bộ").unwrap());
    let create = Command::CreateUnit { code, name, parent: None, from };
    let changes = store.directory().await.unwrap().decide(Actor::Operator, &create, from).unwrap();
    store.keep(&changes, &[NewAct::of_gateway(ActContent::Directory(create))]).await.unwrap();
    // The gateway goes on running while it is backed up.
    backup(None, home.path(), &first).await.unwrap();
    let verdict = store.verify_acts().await.unwrap();
    assert!(matches!(backup(None, home.path(), &first).await, Err(BackupError::Exists(_))));

    restore(Some(&url), &away, &first).await.unwrap();
    assert!(matches!(restore(Some(&url), &away, &first).await, Err(BackupError::NotEmpty)));
    let moved = Store::at(Some(&url), away.path()).await.unwrap();
    assert_eq!(moved.verify_acts().await.unwrap(), verdict);
    let third = moved.add_seat(room, &seat("Ba"), By::default()).await.unwrap();
    assert_eq!(third, MemberId(3), "numbers go on after those that were restored");
    backup(Some(&url), away.path(), &second).await.unwrap();

    restore(None, &back, &second).await.unwrap();
    let returned = Store::at(None, back.path()).await.unwrap();
    assert_eq!(returned.verify_acts().await.unwrap(), moved.verify_acts().await.unwrap());
    assert_eq!(returned.rooms().await.unwrap()[0].seats.len(), 3);
    assert!(returned.directory().await.unwrap().units().eq(moved.directory().await.unwrap().units()));
    assert_eq!(back.read("ca.key").unwrap().as_deref(), Some("ca.key"));
    moved.close().await;
}

#[tokio::test]
async fn what_is_no_backup_is_refused_and_leaves_nothing_behind() {
    let temporary = TemporaryDirectory::new();
    let data = directory(&temporary, "data");
    let file = temporary.path().join("file");
    std::fs::write(&file, "not a database, but long enough to be read as one ".repeat(100)).unwrap();
    assert!(matches!(restore(None, &data, &file).await, Err(BackupError::Damaged(_))));
    assert!(!data.path().join(FILE).exists() && !data.path().join("restoring.db").exists());
}

use giaoban_signaling::wire::{Classification, Role, StageRule, WireSource, WireSourceKind};

use super::*;
use crate::secret::Secret;
use crate::testing::TemporaryDirectory;

struct Fixture {
    temporary: TemporaryDirectory,
    store: Store,
    conference: ConferenceId,
    member: MemberId,
    link: SecretHash,
}

async fn open(temporary: &TemporaryDirectory) -> Store {
    Store::open(&temporary.path().join("test.db")).await.unwrap()
}

async fn fixture() -> Fixture {
    let temporary = TemporaryDirectory::new();
    let store = open(&temporary).await;
    let link = Secret::random().unwrap().hash();
    let info = RoomInfo { title: "Giao ban".into(), classification: Classification::Secret };
    let seats = [NewSeat { name: "Điểm cầu 1".into(), role: Role::Site, link }];
    let (conference, members) = store.create_room("giao-ban", &info, &seats).await.unwrap();
    Fixture { temporary, store, conference, member: members[0], link }
}

#[tokio::test]
async fn a_restart_finds_rooms_seats_and_state_as_they_were() {
    let fixture = fixture().await;
    let durable = Durable {
        locked: true,
        ended: false,
        stage: StageRule::Pinned {
            source: WireSource { member: fixture.member.0, kind: WireSourceKind::Screen },
        },
        muted_all: true,
        muted: [MemberId(1)].into(),
        let_speak: [MemberId(2)].into(),
        removed: [MemberId(3)].into(),
    };
    fixture.store.save(fixture.conference, &durable).await.unwrap();
    fixture.store.close().await;

    let rooms = open(&fixture.temporary).await.rooms().await.unwrap();
    assert_eq!(rooms.len(), 1);
    assert_eq!(rooms[0].info.title, "Giao ban");
    assert!(matches!(rooms[0].info.classification, Classification::Secret));
    assert!(rooms[0].durable == durable);
    assert_eq!(rooms[0].seats.len(), 1);
    assert_eq!(rooms[0].seats[0].name, "Điểm cầu 1");
}

#[tokio::test]
async fn a_link_opens_its_seat_until_it_is_revoked() {
    let fixture = fixture().await;
    let found = fixture.store.find_link(fixture.link).await.unwrap().unwrap();
    assert_eq!(found.seat, SeatRef { conference: fixture.conference, member: fixture.member });
    assert!(fixture.store.find_link(Secret::random().unwrap().hash()).await.unwrap().is_none());

    assert_eq!(fixture.store.revoke(fixture.member).await.unwrap(), Some(fixture.conference));
    assert!(fixture.store.find_link(fixture.link).await.unwrap().is_none());
    assert_eq!(fixture.store.revoke(fixture.member).await.unwrap(), None);
    assert!(fixture.store.rooms().await.unwrap()[0].seats.is_empty());
    assert!(fixture.store.links().await.unwrap()[0].revoked);
}

#[tokio::test]
async fn the_presented_resume_secret_lives_until_its_successor_is_presented() {
    let Fixture { store, member, temporary: _temporary, .. } = fixture().await;
    let now = SystemTime::now();
    let [first, second, third] = [(); 3].map(|()| Secret::random().unwrap().hash());
    let lives = async |secret| store.find_resume(secret, now).await.unwrap().is_some();

    assert!(store.replace_resume(member, None, first, now).await.unwrap());
    assert!(store.replace_resume(member, Some(first), second, now).await.unwrap());
    assert!(lives(first).await && lives(second).await);
    assert!(store.replace_resume(member, Some(second), third, now).await.unwrap());
    assert!(!lives(first).await && lives(second).await && lives(third).await);

    store.forget_resumes(member).await.unwrap();
    assert!(!lives(second).await && !lives(third).await);
}

#[tokio::test]
async fn a_resume_secret_ends_with_its_time_and_with_its_link() {
    let Fixture { store, member, temporary: _temporary, .. } = fixture().await;
    let now = SystemTime::now();
    let secret = Secret::random().unwrap().hash();
    store.replace_resume(member, None, secret, now).await.unwrap();
    assert!(store.find_resume(secret, now + RESUME_LIFETIME).await.unwrap().is_none());
    assert!(store.find_resume(secret, now).await.unwrap().is_some());

    store.revoke(member).await.unwrap();
    assert!(store.find_resume(secret, now).await.unwrap().is_none());
    assert!(!store.replace_resume(member, None, secret, now).await.unwrap());
}

#[tokio::test]
async fn no_secret_stands_in_the_files() {
    let temporary = TemporaryDirectory::new();
    let store = open(&temporary).await;
    let secret = Secret::random().unwrap();
    let info = RoomInfo { title: "Giao ban".into(), classification: Classification::Normal };
    let seat = NewSeat { name: "A".into(), role: Role::Chair, link: secret.hash() };
    store.create_room("giao-ban", &info, &[seat]).await.unwrap();
    store.close().await;
    for entry in std::fs::read_dir(temporary.path()).unwrap() {
        let content = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!content.windows(secret.as_str().len()).any(|window| window == secret.as_str().as_bytes()));
    }
}

#[tokio::test]
async fn a_database_of_a_later_version_is_left_alone() {
    let Fixture { store, temporary, .. } = fixture().await;
    sqlx::raw_sql("PRAGMA user_version = 99").execute(&store.pool).await.unwrap();
    store.close().await;
    let opened = Store::open(&temporary.path().join("test.db")).await;
    assert!(matches!(opened, Err(StoreError::Unreadable { .. })));
}

#[tokio::test]
async fn the_database_is_closed_to_others() {
    use std::os::unix::fs::PermissionsExt;
    let Fixture { temporary, store: _store, .. } = fixture().await;
    for entry in std::fs::read_dir(temporary.path()).unwrap() {
        assert_eq!(entry.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

use giaoban_signaling::conference::Seated;

use super::*;

struct Fixture {
    store: Store,
    conference: ConferenceId,
    member: MemberId,
    link: SecretHash,
}

async fn fixture(bench: &Bench) -> Fixture {
    let store = bench.open().await;
    let link = Secret::random().unwrap().hash();
    let info = RoomInfo { title: "Giao ban".into(), classification: Classification::Secret };
    let seats = [NewSeat { name: "Điểm cầu 1".into(), role: Role::Site, link, until: None }];
    let (conference, members) = store.create_room("giao-ban", &info, &seats).await.unwrap();
    Fixture { store, conference, member: members[0], link }
}

pub async fn a_restart_finds_rooms_seats_and_state_as_they_were(bench: Bench) {
    let fixture = fixture(&bench).await;
    let durable = Durable {
        locked: true,
        ended: false,
        led: true,
        stage: StageRule::Pinned {
            source: WireSource { member: fixture.member.0, kind: WireSourceKind::Screen },
        },
        muted_all: true,
        muted: [MemberId(1)].into(),
        let_speak: [MemberId(2)].into(),
        removed: [MemberId(3)].into(),
        seated: [(
            MemberId(4),
            Seated { microphone: true, camera: true, screen: false, share: 2, hand: Some(3) },
        )]
        .into(),
        speaker: Some(MemberId(4)),
        acting: Some(MemberId(5)),
    };
    fixture.store.save(fixture.conference, &durable).await.unwrap();
    fixture.store.close().await;

    let rooms = bench.open().await.rooms().await.unwrap();
    assert_eq!(rooms.len(), 1);
    assert_eq!(rooms[0].info.title, "Giao ban");
    assert!(matches!(rooms[0].info.classification, Classification::Secret));
    assert!(rooms[0].durable == durable);
    assert_eq!(rooms[0].seats.len(), 1);
    assert_eq!(rooms[0].seats[0].name, "Điểm cầu 1");
}

pub async fn a_link_opens_its_seat_until_it_is_revoked(bench: Bench) {
    let fixture = fixture(&bench).await;
    let found = fixture.store.find_link(fixture.link).await.unwrap().unwrap();
    assert_eq!(found.seat, SeatRef { conference: fixture.conference, member: fixture.member });
    assert!(fixture.store.find_link(Secret::random().unwrap().hash()).await.unwrap().is_none());

    assert_eq!(fixture.store.revoke(fixture.member, By::default()).await.unwrap(), Some(fixture.conference));
    assert!(fixture.store.find_link(fixture.link).await.unwrap().is_none());
    assert_eq!(fixture.store.revoke(fixture.member, By::default()).await.unwrap(), None);
    assert!(fixture.store.rooms().await.unwrap()[0].seats.is_empty());
    assert!(fixture.store.links().await.unwrap()[0].revoked);
}

pub async fn the_presented_resume_secret_lives_until_its_successor_is_presented(bench: Bench) {
    let Fixture { store, member, .. } = fixture(&bench).await;
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

pub async fn a_resume_secret_ends_with_its_time_and_with_its_link(bench: Bench) {
    let Fixture { store, member, .. } = fixture(&bench).await;
    let now = SystemTime::now();
    let secret = Secret::random().unwrap().hash();
    store.replace_resume(member, None, secret, now).await.unwrap();
    assert!(store.find_resume(secret, now + RESUME_LIFETIME).await.unwrap().is_none());
    assert!(store.find_resume(secret, now).await.unwrap().is_some());

    store.revoke(member, By::default()).await.unwrap();
    assert!(store.find_resume(secret, now).await.unwrap().is_none());
    assert!(!store.replace_resume(member, None, secret, now).await.unwrap());
}

pub async fn a_second_start_changes_nothing(bench: Bench) {
    let fixture = fixture(&bench).await;
    fixture.store.close().await;
    let (one, other) = tokio::join!(bench.open(), bench.open());
    assert_eq!(one.rooms().await.unwrap().len(), 1);
    assert!(other.find_link(fixture.link).await.unwrap().is_some());
}

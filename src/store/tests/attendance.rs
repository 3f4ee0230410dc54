use giaoban_calendar::Moment;
use giaoban_directory::{Actor, Change, Clearance, Code, Command, Details, PersonId, Text};

use super::*;
use crate::store::PersonSeat;

const ALWAYS: (Moment, Moment) = (Moment(0), Moment(4_000_000_000));

async fn person(store: &Store) -> PersonId {
    let empty = Text::or_empty("").unwrap();
    let name = Text::new("Trực ban").unwrap();
    let details =
        Details { name, rank: empty.clone(), duty: empty, clearance: Clearance::Normal, mail: None };
    let from = "2020-01-01".parse().unwrap();
    let create = Command::CreatePerson { code: Code::new("TB").unwrap(), details, unit: None, from };
    let changes = store.directory().await.unwrap().decide(Actor::Operator, &create, from).unwrap();
    store.keep(&changes, &[]).await.unwrap();
    match changes.first() {
        Some(Change::Person(person)) => person.id,
        _ => panic!("a person"),
    }
}

async fn room(store: &Store) -> (ConferenceId, MemberId) {
    let info = RoomInfo { title: "Giao ban".into(), classification: Classification::Normal };
    let link = Secret::random().unwrap().hash();
    let seat = NewSeat { name: "Điểm cầu 1".into(), role: Role::Site, link, until: None };
    let (conference, members) = store.create_room("giao-ban", &info, &[seat]).await.unwrap();
    (conference, members[0])
}

pub async fn a_person_has_one_seat_in_a_room_whose_secret_is_the_last(bench: Bench) {
    let store = bench.open().await;
    let (person, (conference, site)) = (person(&store).await, room(&store).await);
    let [first, second] = [(); 2].map(|()| Secret::random().unwrap().hash());
    let seat = |link, role| PersonSeat { person, unit: None, name: "Trực ban".into(), role, link };
    let member = store.seat_person(conference, &seat(first, Role::Site)).await.unwrap();
    assert_eq!(store.seat_person(conference, &seat(second, Role::Chair)).await.unwrap(), member);
    assert!(store.find_link(first).await.unwrap().is_none());
    let found = store.find_link(second).await.unwrap().unwrap();
    assert_eq!((found.seat.member, found.role), (member, Role::Chair));
    assert_eq!(store.people_seated(conference).await.unwrap(), [(member, person)]);
    assert_eq!(store.link_seats(conference).await.unwrap(), [site], "it is no link");

    assert!(!store.was_removed(conference, person, ALWAYS.0).await.unwrap());
    store.revoke(member, By::default()).await.unwrap();
    assert!(store.was_removed(conference, person, ALWAYS.0).await.unwrap());
    assert!(!store.was_removed(conference, person, ALWAYS.1).await.unwrap());
    let again = store.seat_person(conference, &seat(first, Role::Site)).await.unwrap();
    assert_ne!(again, member, "a dead seat stays dead");
}

pub async fn who_came_and_went_is_only_ever_added(bench: Bench) {
    let store = bench.open().await;
    let (conference, site) = room(&store).await;
    store.note_attendance(conference, site, true, 1_700_000_000_500).await.unwrap();
    store.note_attendance(conference, site, false, 1_700_000_060_000).await.unwrap();
    store.close().await;
    let store = bench.open().await;
    let rows = store.attendance(conference, ALWAYS.0, ALWAYS.1).await.unwrap();
    let told: Vec<(u32, i64, bool, &str)> =
        rows.iter().map(|row| (row.seat, row.at.0, row.came, row.name.as_str())).collect();
    assert_eq!(
        told,
        [(site.0, 1_700_000_000, true, "Điểm cầu 1"), (site.0, 1_700_000_060, false, "Điểm cầu 1")]
    );
    let none = store.attendance(conference, Moment(1_700_000_061), ALWAYS.1).await.unwrap();
    assert!(none.is_empty());
    for change in ["UPDATE attendance SET came = 0", "DELETE FROM attendance"] {
        assert!(store.database.execute(change, values![]).await.is_err(), "{change}");
    }
}

pub async fn a_feeds_address_is_the_last_one_made(bench: Bench) {
    let store = bench.open().await;
    let person = person(&store).await;
    let [first, second] = [(); 2].map(|()| Secret::random().unwrap().hash());
    store.set_feed(person, Some(first)).await.unwrap();
    assert_eq!(store.find_feed(first).await.unwrap(), Some(person));
    store.set_feed(person, Some(second)).await.unwrap();
    assert_eq!(store.find_feed(first).await.unwrap(), None);
    assert_eq!(store.find_feed(second).await.unwrap(), Some(person));
    for _ in 0..2 {
        store.set_feed(person, None).await.unwrap();
    }
    assert_eq!(store.find_feed(second).await.unwrap(), None);
    assert!(matches!(store.verify_acts().await.unwrap(), Verdict::Holds { acts: 3, .. }));
}

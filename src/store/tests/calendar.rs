use giaoban_calendar::{
    BookingId, Calendar, Change, Classification, Command, Exception, Expected, Joiners, Lobby, Opening, Plan,
    RoomKind, Rules, Standing, World, Zone,
};
use giaoban_directory::{Actor, Code, Command as DirectoryCommand, Text, UnitId};
use giaoban_signaling::wire::Classification as WireClassification;

use super::*;

fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

fn rules(unit: Option<UnitId>) -> Rules {
    Rules {
        title: text("Giao ban tuần"),
        kind: RoomKind::Command,
        classification: Classification::Secret,
        unit,
        capacity: Some(40),
        lobby: Lobby::Expected,
        opening: Opening::Booked,
        standing: Standing::OneTime,
        joiners: unit
            .map(|unit| Joiners { unit, below: true, duty: Some(text("Trực")), clearance: None })
            .into_iter()
            .collect(),
        chair: None,
        deputies: Vec::new(),
    }
}

/// Decides, keeps and takes in.
async fn run(store: &Store, calendar: &mut Calendar, command: Command) -> Vec<Change> {
    let directory = store.directory().await.unwrap();
    let now = "2026-11-24T08:00:00Z".parse().unwrap();
    let world = World { directory: &directory, today: "2026-11-24".parse().unwrap(), now };
    let changes = calendar.decide(Actor::Operator, &command, world).unwrap();
    let act = NewAct { at: 0, actor: None, unit: None, content: command.into() };
    store.keep_calendar(&changes, &[act]).await.unwrap();
    calendar.apply(changes.clone());
    changes
}

pub async fn a_restart_finds_the_calendar_as_it_was(bench: Bench) {
    let store = bench.open().await;
    let info = RoomInfo { title: "Giao ban".into(), classification: WireClassification::Confidential };
    let (standing, _) = store.create_room("giao-ban", &info, &[]).await.unwrap();
    let (code, name) = (Code::new("Bo").unwrap(), text("Bộ"));
    let from = "2020-01-01".parse().unwrap();
    let create = DirectoryCommand::CreateUnit { code, name, parent: None, from };
    let changes = store.directory().await.unwrap().decide(Actor::Operator, &create, from).unwrap();
    store.keep(&changes, &[]).await.unwrap();

    let mut calendar = store.calendar().await.unwrap();
    assert_eq!(calendar.rooms().map(|room| room.id.0).collect::<Vec<_>>(), [standing.0]);
    run(&store, &mut calendar, Command::CreateRoom { rules: rules(Some(UnitId(1))) }).await;
    let room = giaoban_calendar::RoomId(2);
    let durable = Durable { locked: true, ..Durable::default() };
    store.save(ConferenceId(2), &durable).await.unwrap();
    let renamed = Rules { title: text("Họp khẩn"), ..rules(Some(UnitId(1))) };
    run(&store, &mut calendar, Command::UpdateRoom { room, rules: renamed }).await;
    let start = "2026-11-30T08:00".parse().unwrap();
    let plan = Plan {
        room,
        title: text("Họp tuần"),
        start,
        zone: Zone::VIETNAM,
        minutes: 90,
        recurrence: Some("FREQ=WEEKLY;COUNT=3".into()),
        expected: vec![Expected::Subtree { unit: UnitId(1) }],
        chair: None,
        opens_before: 15,
    };
    run(&store, &mut calendar, Command::Book { plan, knowingly: false }).await;
    let booking = BookingId(1);
    let exception = Some(Exception::Moved { start: "2026-12-01T09:00".parse().unwrap(), minutes: 60 });
    let moved = Command::ExceptInstance { booking, original: start, exception, knowingly: false };
    run(&store, &mut calendar, moved).await;
    let meetings = calendar.instances_of(booking).to_vec();
    assert_eq!(meetings.len(), 3);
    run(&store, &mut calendar, Command::CancelBooking { booking }).await;
    run(&store, &mut calendar, Command::CloseRoom { room }).await;
    let name = text("Mẫu tuần");
    run(&store, &mut calendar, Command::CreateTemplate { name, rules: rules(None) }).await;
    store.close().await;

    let store = bench.open().await;
    let read = store.calendar().await.unwrap();
    assert!(read.rooms().eq(calendar.rooms()));
    assert!(read.templates().eq(calendar.templates()));
    assert_eq!(read.booking(booking), calendar.booking(booking));
    let rooms = store.rooms().await.unwrap();
    assert!(rooms[1].closed && rooms[1].info.title == "Họp khẩn");
    assert!(rooms[1].durable == durable, "a change of rules leaves what the briefing left");
    assert_eq!(store.slug(ConferenceId(2)).await.unwrap().as_deref(), Some("phong-2"));
    assert!(matches!(store.verify_acts().await.unwrap(), Verdict::Holds { acts: 7, .. }));
}

use giaoban_directory::{Actor, Change, Clearance, Code, Command, Date, Details, Directory, Text, UnitId};

use super::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn text(line: &str) -> Text {
    Text::or_empty(line).unwrap()
}

fn code(code: &str) -> Code {
    Code::new(code).unwrap()
}

fn unit(name: &str, parent: Option<UnitId>) -> Command {
    Command::CreateUnit { code: code(name), name: text(name), parent, from: day("2020-01-01") }
}

/// Decides, keeps and takes in.
async fn run(store: &Store, directory: &mut Directory, command: Command) {
    let changes = directory.decide(Actor::Operator, &command, day("2026-11-24")).unwrap();
    store.keep(&changes, &[NewAct::of_gateway(ActContent::Directory(command))]).await.unwrap();
    directory.apply(changes);
}

pub async fn a_restart_finds_the_directory_with_its_history(bench: Bench) {
    let store = bench.open().await;
    let mut directory = Directory::default();
    run(&store, &mut directory, unit("Bo", None)).await;
    let top = directory.units().next().unwrap().id;
    run(&store, &mut directory, unit("TinhA", Some(top))).await;
    run(&store, &mut directory, unit("TinhB", Some(top))).await;
    let units: Vec<UnitId> = directory.units().map(|unit| unit.id).skip(1).collect();
    let details = Details {
        name: text("Trực ban"),
        rank: text("Đại tá"),
        duty: text(""),
        clearance: Clearance::Secret,
        mail: Some(text("truc@hop.example")),
    };
    let create =
        Command::CreatePerson { code: code("TB1"), details, unit: Some(units[0]), from: day("2021-01-01") };
    run(&store, &mut directory, create).await;
    let person = directory.people().next().unwrap().id;
    run(&store, &mut directory, Command::Appoint { person, unit: Some(units[0]) }).await;
    let merge = Command::MergeUnits {
        units,
        code: code("TinhAB"),
        name: text("Tỉnh AB"),
        parent: Some(top),
        from: day("2026-07-01"),
    };
    run(&store, &mut directory, merge).await;
    store.close().await;

    let store = bench.open().await;
    let read = store.directory().await.unwrap();
    assert!(read.units().eq(directory.units()));
    assert!(read.people().eq(directory.people()));
    assert!(read.appointments().eq(directory.appointments()));
    assert_eq!(read.person(person).unwrap().memberships.len(), 2);
    assert!(matches!(store.verify_acts().await.unwrap(), Verdict::Holds { acts: 6, .. }));
}

pub async fn an_import_is_kept_whole_or_not_at_all(bench: Bench) {
    let store = bench.open().await;
    let mut directory = Directory::default();
    let mut changes = directory.decide(Actor::Operator, &unit("A", None), day("2026-11-24")).unwrap();
    directory.apply(changes.clone());
    let Some(Change::Unit(mut broken)) = changes.first().cloned() else { panic!("a unit") };
    (broken.id, broken.code) = (UnitId(2), code("B"));
    broken.versions[0].parent = Some(UnitId(99));
    changes.push(Change::Unit(broken));
    let act = NewAct::of_gateway(ActContent::Directory(unit("A", None)));
    assert!(store.keep(&changes, &[act]).await.is_err());
    assert_eq!(store.directory().await.unwrap().units().count(), 0);
    assert!(matches!(store.verify_acts().await.unwrap(), Verdict::Holds { acts: 0, .. }));
}

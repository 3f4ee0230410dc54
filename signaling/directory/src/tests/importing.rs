use super::*;

fn row(line: usize, unit: &str, name: &str, parent: Option<&str>) -> UnitRow {
    UnitRow { line, code: code(unit), name: text(name), parent: parent.map(code) }
}

fn person_row(line: usize, person: &str, unit: &str, name: &str) -> PersonRow {
    PersonRow { line, code: code(person), unit: code(unit), details: details(name) }
}

fn plan(directory: &Directory, rows: &[UnitRow]) -> Result<Vec<Planned>, Vec<ImportFault>> {
    directory.plan_units(Actor::Operator, rows, today(), today())
}

fn effects(planned: &[Planned]) -> Vec<(usize, Effect)> {
    planned.iter().map(|planned| (planned.line, planned.effect)).collect()
}

#[test]
fn a_table_may_name_children_before_their_parents() {
    let mut directory = Directory::default();
    let rows =
        [row(2, "Xa", "Xã", Some("Tinh")), row(3, "Tinh", "Tỉnh", Some("Bo")), row(4, "Bo", "Bộ", None)];
    let planned = plan(&directory, &rows).unwrap();
    assert_eq!(effects(&planned), [(4, Effect::Create), (3, Effect::Create), (2, Effect::Create)]);
    assert_eq!(directory.units().count(), 0, "a plan changes nothing");
    planned.into_iter().for_each(|planned| directory.apply(planned.changes));
    assert!(plan(&directory, &rows).unwrap().is_empty(), "the same table again changes nothing");
}

#[test]
fn a_table_says_what_it_would_rename_and_move() {
    let mut organisation = Organisation::default();
    let top = organisation.unit("Bo", None);
    let province = organisation.unit("Tinh", Some(top));
    organisation.unit("Xa", Some(province));
    let planned = plan(&organisation.0, &[row(2, "Xa", "Xã Mới", Some("Bo"))]).unwrap();
    assert_eq!(effects(&planned), [(2, Effect::Change), (2, Effect::Move)]);
}

#[test]
fn every_bad_line_is_named_and_nothing_is_taken_in() {
    let mut organisation = Organisation::default();
    organisation.unit("Bo", None);
    let rows = [
        row(2, "A", "A", Some("Khong")),
        row(3, "B", "B", Some("C")),
        row(4, "C", "C", Some("B")),
        row(5, "D", "D", Some("Bo")),
        row(6, "D", "D", Some("Bo")),
    ];
    let faults = plan(&organisation.0, &rows).unwrap_err();
    let named: Vec<(usize, Refusal)> = faults.iter().map(|fault| (fault.line, fault.refusal)).collect();
    assert_eq!(
        named,
        [
            (2, Refusal::NoSuchUnit),
            (3, Refusal::WithinItself),
            (4, Refusal::WithinItself),
            (6, Refusal::CodeTaken)
        ]
    );
}

#[test]
fn an_administrator_takes_in_no_more_than_his_own() {
    let mut organisation = Organisation::default();
    let top = organisation.unit("Bo", None);
    let own = organisation.unit("TinhA", Some(top));
    organisation.unit("TinhB", Some(top));
    let actor = organisation.administrator("QuanTri", Some(own));
    let rows = [row(2, "TinhA", "TinhA", None), row(3, "Xa", "Xã", Some("TinhA"))];
    let planned = organisation.0.plan_units(actor, &rows, today(), today()).unwrap();
    assert_eq!(effects(&planned), [(3, Effect::Create)]);
    for (rows, refusal) in [
        ([row(2, "TinhB", "Khác", None)], Refusal::NoSuchUnit),
        ([row(2, "Xa", "Xã", Some("TinhB"))], Refusal::NoSuchUnit),
        ([row(2, "Xa", "Xã", None)], Refusal::NotAllowed),
    ] {
        let faults = organisation.0.plan_units(actor, &rows, today(), today()).unwrap_err();
        assert_eq!(faults, [ImportFault { line: 2, refusal }]);
    }
}

#[test]
fn people_are_entered_changed_and_moved_by_their_codes() {
    let mut organisation = Organisation::default();
    let units = ["A", "B"].map(|name| organisation.unit(name, None));
    organisation.person("P1", Some(units[0]));
    organisation.person("P2", Some(units[0]));
    let rows =
        [person_row(2, "P1", "A", "Tên Mới"), person_row(3, "P2", "B", "P2"), person_row(4, "P3", "B", "P3")];
    let planned = organisation.0.plan_people(Actor::Operator, &rows, today(), today()).unwrap();
    assert_eq!(effects(&planned), [(2, Effect::Change), (3, Effect::Move), (4, Effect::Create)]);
}

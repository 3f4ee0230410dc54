use super::*;

fn row(seat: u32, at: &str, came: bool, unit: Option<UnitId>) -> Attendance {
    let name = format!("Điểm cầu {seat}");
    Attendance { seat, at: moment(&format!("2026-11-24T{at}Z")), came, name, person: None, unit }
}

#[test]
fn of_400_units_the_23_absent_and_the_late_one_are_named_under_their_parents() {
    let mut office = Office::default();
    let top = office.unit("Bo", None);
    let mut sites = Vec::new();
    for province in 0..20 {
        let parent = office.unit(&format!("Tinh{province}"), Some(top));
        sites.push((parent, top));
        for commune in 0..19 {
            sites.push((office.unit(&format!("Xa{province}.{commune}"), Some(parent)), parent));
        }
    }
    assert_eq!(sites.len(), 400);
    let absent: BTreeSet<UnitId> = sites.iter().skip(3).step_by(17).take(23).map(|(unit, _)| *unit).collect();
    let late = sites[1].0;
    let mut attendance = Vec::new();
    for (seat, (unit, _)) in (1..).zip(&sites) {
        if absent.contains(unit) {
            continue;
        }
        let at = if *unit == late { "08:07:30" } else { "07:58:00" };
        attendance.push(row(seat, at, true, Some(*unit)));
    }
    attendance.push(row(9000, "08:00:00", true, None));
    attendance.sort_by_key(|row| row.at);
    let room = office.room(Actor::Operator, rules(Some(top)));
    let expected = sites.iter().map(|(unit, _)| Expected::Unit { unit: *unit }).collect();
    let plan = Plan { expected, ..bookings::plan(room, "2026-11-24T15:00") };
    let instance = office.calendar.preview(&plan, None)[0];
    let roll = plan.roll(&instance, &attendance, &office.directory, today());

    assert_eq!(roll.lines.len(), 400);
    let missing: BTreeMap<UnitId, Option<UnitId>> = roll
        .lines
        .iter()
        .filter(|line| line.stay.is_none())
        .map(|line| match line.called {
            Called::Unit(unit) => (unit, line.parent),
            Called::Person(_) => panic!("only units are called"),
        })
        .collect();
    let parents: BTreeMap<UnitId, UnitId> = sites.into_iter().collect();
    assert_eq!(missing, absent.iter().map(|unit| (*unit, Some(parents[unit]))).collect());
    let lates: Vec<(Called, i64)> =
        roll.lines.iter().filter_map(|line| Some((line.called, line.late?))).collect();
    assert_eq!(lates, [(Called::Unit(late), 7)]);
    assert_eq!(roll.unexpected.len(), 1);
    // A province stands before its communes, and they before the next province.
    let order: Vec<Option<UnitId>> = roll.lines.iter().take(21).map(|line| line.parent).collect();
    assert_eq!(order[0], Some(top));
    assert!(order[1..20].iter().all(|parent| *parent != Some(top)) && order[20] == Some(top));
}

#[test]
fn who_leaves_and_comes_back_was_there_all_the_same() {
    let mut office = Office::default();
    let unit = office.unit("A", None);
    let room = office.room(Actor::Operator, rules(Some(unit)));
    let plan = Plan { expected: vec![Expected::Unit { unit }], ..bookings::plan(room, "2026-11-24T15:00") };
    let instance = office.calendar.preview(&plan, None)[0];
    let own = Some(unit);
    let mut rows = vec![row(1, "07:59:00", true, own), row(1, "08:10:00", false, own)];
    let stay = |rows: &[Attendance]| plan.roll(&instance, rows, &office.directory, today()).lines[0].stay;
    let gone =
        Stay { came: moment("2026-11-24T07:59:00Z"), went: Some(moment("2026-11-24T08:10:00Z")), times: 1 };
    assert_eq!(stay(&rows), Some(gone));
    rows.push(row(1, "08:12:00", true, own));
    assert_eq!(stay(&rows), Some(Stay { went: None, times: 2, ..gone }));
    // A second seat of the unit is still there when the first has gone.
    rows.push(row(2, "08:13:00", true, own));
    rows.push(row(1, "08:20:00", false, own));
    assert_eq!(stay(&rows), Some(Stay { went: None, times: 3, ..gone }));
}

use super::*;

/// A ministry with two provinces, of which one has a district with two communes.
struct Ministry {
    organisation: Organisation,
    top: UnitId,
    provinces: [UnitId; 2],
    district: UnitId,
    communes: [UnitId; 2],
    clerk: PersonId,
}

fn ministry() -> Ministry {
    let mut organisation = Organisation::default();
    let top = organisation.unit("Bo", None);
    let provinces = ["TinhA", "TinhB"].map(|name| organisation.unit(name, Some(top)));
    let district = organisation.unit("Huyen", Some(provinces[0]));
    let communes = ["Xa1", "Xa2"].map(|name| organisation.unit(name, Some(district)));
    let clerk = organisation.person("ThuKy", Some(district));
    Ministry { organisation, top, provinces, district, communes, clerk }
}

#[test]
fn two_provinces_merge_and_the_past_keeps_their_names() {
    let Ministry { mut organisation, top, provinces, district, communes, .. } = ministry();
    let merge = Command::MergeUnits {
        units: provinces.to_vec(),
        code: code("TinhAB"),
        name: text("Tỉnh AB"),
        parent: Some(top),
        from: day("2026-07-01"),
    };
    organisation.run(Actor::Operator, &merge).unwrap();
    assert_eq!(organisation.name_on(communes[0], "2026-06-30"), "Bo/TinhA/Huyen/Xa1");
    assert_eq!(organisation.name_on(communes[0], "2026-07-01"), "Bo/Tỉnh AB/Huyen/Xa1");
    assert!(organisation.0.unit(provinces[1]).unwrap().at(day("2026-07-01")).is_none());
    assert_eq!(organisation.name_on(provinces[1], "2026-06-30"), "Bo/TinhB");
    assert_eq!(organisation.0.unit(district).unwrap().versions.len(), 2);
}

#[test]
fn a_level_is_abolished_and_what_lay_below_goes_up() {
    let Ministry { mut organisation, provinces, district, communes, clerk, .. } = ministry();
    let abolish = Command::AbolishUnit { unit: district, from: day("2026-07-01") };
    organisation.run(Actor::Operator, &abolish).unwrap();
    assert_eq!(organisation.name_on(communes[1], "2026-06-30"), "Bo/TinhA/Huyen/Xa2");
    assert_eq!(organisation.name_on(communes[1], "2026-07-01"), "Bo/TinhA/Xa2");
    let clerk = organisation.0.person(clerk).unwrap();
    assert_eq!(clerk.unit_at(day("2026-06-30")), Some(district));
    assert_eq!(clerk.unit_at(day("2026-07-01")), Some(provinces[0]));
    assert_eq!(organisation.run(Actor::Operator, &abolish), Err(Refusal::NotLiving));
}

#[test]
fn a_unit_is_split_and_who_is_not_named_goes_to_the_first_part() {
    let Ministry { mut organisation, district, communes, clerk, .. } = ministry();
    let part = |name, children: &[UnitId]| Part {
        code: code(name),
        name: text(name),
        children: children.to_vec(),
        people: Vec::new(),
    };
    let split = Command::SplitUnit {
        unit: district,
        parts: vec![part("Dong", &[]), part("Tay", &[communes[1]])],
        from: day("2026-07-01"),
    };
    organisation.run(Actor::Operator, &split).unwrap();
    assert_eq!(organisation.name_on(communes[0], TODAY), "Bo/TinhA/Dong/Xa1");
    assert_eq!(organisation.name_on(communes[1], TODAY), "Bo/TinhA/Tay/Xa2");
    let east = organisation.0.unit_by_code(&code("Dong")).unwrap().id;
    assert_eq!(organisation.0.person(clerk).unwrap().unit_at(today()), Some(east));
}

#[test]
fn a_renamed_unit_answers_to_its_old_name_in_the_past() {
    let Ministry { mut organisation, provinces, .. } = ministry();
    let rename = |name: &str, from: &str| Command::RenameUnit {
        unit: provinces[0],
        name: text(name),
        from: day(from),
    };
    organisation.run(Actor::Operator, &rename("Tỉnh Mới", "2026-07-01")).unwrap();
    assert_eq!(organisation.name_on(provinces[0], "2026-06-30"), "Bo/TinhA");
    assert_eq!(organisation.name_on(provinces[0], "2026-07-01"), "Bo/Tỉnh Mới");
    // The same day again corrects the name; an earlier day would contradict what is recorded.
    organisation.run(Actor::Operator, &rename("Tỉnh Mới Hơn", "2026-07-01")).unwrap();
    assert_eq!(organisation.0.unit(provinces[0]).unwrap().versions.len(), 2);
    let earlier = organisation.run(Actor::Operator, &rename("Tỉnh Khác", "2026-06-01"));
    assert_eq!(earlier, Err(Refusal::LaterChange));
    let same = organisation.run(Actor::Operator, &rename("Tỉnh Mới Hơn", "2026-08-01"));
    assert_eq!(same, Err(Refusal::NothingToChange));
}

#[test]
fn no_unit_comes_to_lie_within_itself_on_any_day() {
    let Ministry { mut organisation, provinces, district, communes, .. } = ministry();
    let put = |unit, parent, from: &str| Command::MoveUnit { unit, parent: Some(parent), from: day(from) };
    let into_child = organisation.run(Actor::Operator, &put(provinces[0], communes[0], TODAY));
    assert_eq!(into_child, Err(Refusal::WithinItself));
    // The district will lie under the other province; then that one cannot go under the district today.
    organisation.run(Actor::Operator, &put(district, provinces[1], "2027-01-01")).unwrap();
    let crossing = organisation.run(Actor::Operator, &put(provinces[1], district, TODAY));
    assert_eq!(crossing, Err(Refusal::WithinItself));
}

#[test]
fn the_last_administrator_of_the_whole_stays() {
    let mut organisation = Organisation::default();
    let first = organisation.person("Mot", None);
    organisation.run(Actor::Operator, &Command::Appoint { person: first, unit: None }).unwrap();
    let appointment = organisation.0.appointments().next().unwrap().id;
    let dismiss = Command::Dismiss { appointment };
    let retire = Command::RetirePerson { person: first, from: today() };
    for command in [&dismiss, &retire] {
        assert_eq!(organisation.run(Actor::Operator, command), Err(Refusal::LastAdministrator));
    }
    organisation.administrator("Hai", None);
    organisation.run(Actor::Operator, &dismiss).unwrap();
}

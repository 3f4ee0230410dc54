use super::*;

fn act(link: u32) -> NewAct {
    NewAct::of_gateway(ActContent::LinkRevoked { link })
}

pub async fn each_act_follows_from_the_one_before(bench: Bench) {
    let store = bench.open().await;
    assert!(
        matches!(store.verify_acts().await.unwrap(), Verdict::Holds { acts: 0, head } if head == [0; 32])
    );
    store.note(&[act(1), act(2)]).await.unwrap();
    store.close().await;
    let store = bench.open().await;
    store.note(&[act(3)]).await.unwrap();
    let rows = store.acts_before(None, 2).await.unwrap();
    let numbers: Vec<u64> = rows.iter().map(|row| row.act.number).collect();
    assert_eq!(numbers, [3, 2]);
    assert!(rows[0].act.content.contains(r#""kind":"link_revoked""#), "{}", rows[0].act.content);
    assert_eq!(store.acts_before(Some(2), 10).await.unwrap().len(), 1);
    assert_eq!(store.verify_acts().await.unwrap(), Verdict::Holds { acts: 3, head: rows[0].hash });
}

pub async fn acts_that_are_written_at_once_form_one_chain(bench: Bench) {
    let store = bench.open().await;
    let writers = (0..20).map(|link| {
        let store = store.clone();
        tokio::spawn(async move { store.note(&[act(link)]).await.unwrap() })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    assert!(matches!(store.verify_acts().await.unwrap(), Verdict::Holds { acts: 20, .. }));
}

pub async fn an_act_is_neither_changed_nor_deleted(bench: Bench) {
    let store = bench.open().await;
    store.note(&[act(1)]).await.unwrap();
    for change in ["UPDATE acts SET at = 0", "DELETE FROM acts"] {
        assert!(store.database.execute(change, values![]).await.is_err(), "{change}");
    }
}

pub async fn links_made_and_revoked_are_on_the_record(bench: Bench) {
    let store = bench.open().await;
    let info = RoomInfo { title: "Giao ban".into(), classification: Classification::Normal };
    let link = Secret::random().unwrap().hash();
    let seats = [NewSeat { name: "Điểm cầu 1".into(), role: Role::Site, link, until: None }];
    let (_, members) = store.create_room("giao-ban", &info, &seats).await.unwrap();
    store.revoke(members[0], By::default()).await.unwrap();
    store.revoke(members[0], By::default()).await.unwrap();
    let rows = store.acts_before(None, 10).await.unwrap();
    let contents: Vec<&str> = rows.iter().map(|row| row.act.content.as_str()).collect();
    assert_eq!(
        contents,
        [r#"{"kind":"link_revoked","link":1}"#, r#"{"kind":"link_made","link":1,"site":"Điểm cầu 1"}"#]
    );
}

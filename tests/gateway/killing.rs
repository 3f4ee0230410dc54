//! The gateway is killed under a briefing and started again on what it left.

use giaoban_load::programme::Kind;
use serde_json::{Value, json};

use crate::client::Fixture;
use crate::member::{Briefing, Member};

/// What a restart must bring back: everything but the count of changes and who is heard just now.
fn lasting(mut snapshot: Value) -> Value {
    snapshot.as_object_mut().unwrap().remove("version");
    for row in snapshot["members"].as_array_mut().unwrap() {
        row.as_object_mut().unwrap().remove("speaking");
    }
    snapshot
}

/// Every row of the roster that he was told of.
fn rows(told: &[Value]) -> impl Iterator<Item = &Value> {
    told.iter().flat_map(|message| {
        let whole = message["snapshot"]["members"].as_array().into_iter().flatten();
        let changed = message["changes"].as_array().into_iter().flatten();
        whole.chain(changed.filter(|change| change["change"] == "member").map(|change| &change["member"]))
    })
}

async fn refuses_the_removed(fixture: &Fixture, secret: &str, resume: &Value) {
    let (status, problem) = fixture.post("/api/v1/tickets", &json!({ "secret": secret })).await;
    assert_eq!((status, &problem["code"]), (403, &json!("link_invalid")));
    let resume = json!({ "by": "resume", "secret": resume });
    assert_eq!(fixture.hello(&resume, false).await.error().await, "resume_invalid");
}

#[tokio::test]
async fn a_gateway_killed_in_mid_briefing_comes_back_with_everyone_and_everything_in_its_place() {
    let Briefing { alone: _alone, mut fixture, mut chair, speaker, listener } = Briefing::spawn().await;
    let made = fixture.command(&["link", "new", "--site", "Tỉnh A"]).await;
    let stranger = String::from_utf8(made.stdout).unwrap().trim_end().rsplit_once('#').unwrap().1.to_owned();
    listener.publish().await;
    let removed = Member::join(&fixture, &fixture.secrets[3]).await;
    listener.say(json!({ "type": "hand", "request": 9, "raised": true }));
    chair.order(json!({ "action": "mute", "member": listener.id })).await;
    chair.order(json!({ "action": "remove", "member": removed.id })).await;
    chair.order(json!({ "action": "lock" })).await;
    let before = lasting(chair.snapshot().await);
    assert_eq!(before["locked"], true);
    // Who sits where is on disk a quarter of a second later, and so is his microphone's state.
    speaker.goes_on_sending(25).await;

    fixture.kill_and_start_again().await;
    let (mut chair_again, mut speaker_again, mut listener_again) = tokio::join!(
        Member::resume(&fixture, &chair.resume),
        Member::resume(&fixture, &speaker.resume),
        Member::resume(&fixture, &listener.resume),
    );
    for (before, after) in [(&chair, &chair_again), (&speaker, &speaker_again), (&listener, &listener_again)]
    {
        assert_eq!(before.id, after.id, "the same seat");
    }
    speaker_again.publish().await;
    listener_again.publish().await;
    listener_again.hears_and_sees(&speaker_again, 50).await;
    chair_again.hears_and_sees(&speaker_again, 50).await;
    assert_eq!(chair_again.received(&listener_again, Kind::Audio), 0, "he is muted as before");

    assert_eq!(lasting(chair_again.snapshot().await), before);
    let here = [chair.id, speaker.id, listener.id];
    for member in [&mut chair_again, &mut speaker_again, &mut listener_again] {
        member.snapshot().await;
        for row in rows(&member.told) {
            let is_here = here.contains(&row["member"].as_u64().unwrap());
            assert_eq!(row["presence"] == "absent", !is_here, "nobody left and nobody joined: {row}");
        }
    }
    refuses_the_removed(&fixture, &fixture.secrets[3], &removed.resume).await;
    let waiting = fixture.enter(&stranger, false).await.expect("waiting").await;
    assert_eq!(waiting["code"], "room_locked");
    drop((chair, speaker, listener, removed));
}

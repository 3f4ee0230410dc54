//! Who is put out stays out; a locked room takes in nobody new.

use giaoban_load::programme::Kind;
use serde_json::json;

use crate::client::Fixture;
use crate::member::{AT_ONCE, Briefing, Member};

#[tokio::test]
async fn who_is_removed_in_mid_sentence_neither_is_heard_nor_hears_nor_comes_back() {
    let Briefing { alone: _alone, mut fixture, mut chair, mut speaker, listener } = Briefing::start().await;
    listener.publish().await;
    let number = listener.number();
    speaker.until("sound of the other", |state| state.tallies.received(number, Kind::Audio) >= 50).await;
    let secret = fixture.secrets[1].clone();
    let ticket = fixture.ticket(&secret).await;

    let given = chair.order(json!({ "action": "remove", "member": speaker.id })).await;
    assert_eq!(speaker.expect("ended").await["reason"], "removed");
    speaker.goes_on_sending(100).await;
    for (receiver, sender) in [(&listener, &speaker), (&speaker, &listener), (&chair, &speaker)] {
        for kind in [Kind::Audio, Kind::Video] {
            let last = receiver.tally(sender, kind).arrived;
            assert!(last.is_none_or(|last| last <= given + AT_ONCE), "{kind:?} after the order");
        }
    }
    let used = json!({ "by": "ticket", "ticket": ticket });
    assert_eq!(fixture.hello(&used, true).await.error().await, "ticket_invalid");
    refuses_the_link(&fixture, &secret).await;
    let resume = json!({ "by": "resume", "secret": speaker.resume });
    assert_eq!(fixture.hello(&resume, false).await.error().await, "resume_invalid");

    fixture.restart().await;
    refuses_the_link(&fixture, &secret).await;
    assert_eq!(fixture.hello(&resume, false).await.error().await, "resume_invalid");
}

async fn refuses_the_link(fixture: &Fixture, secret: &str) {
    for path in ["/api/v1/tickets", "/api/v1/lobby"] {
        let (status, problem) = fixture.post(path, &json!({ "secret": secret })).await;
        assert_eq!((status, &problem["code"]), (403, &json!("link_invalid")), "{path}");
    }
}

#[tokio::test]
async fn a_locked_room_takes_in_nobody_new_and_lets_its_members_come_back() {
    let fixture = Fixture::start().await;
    let mut chair = Member::join(&fixture, &fixture.secrets[0]).await;
    let site = Member::join(&fixture, &fixture.secrets[1]).await;
    chair.order(json!({ "action": "lock" })).await;
    let mut stranger = fixture.enter(&fixture.secrets[2], false).await;
    assert_eq!(stranger.expect("waiting").await["code"], "room_locked");
    let resume = json!({ "by": "resume", "secret": site.resume });
    fixture.hello(&resume, false).await.expect("welcome").await;
    chair.order(json!({ "action": "unlock" })).await;
    stranger.expect("welcome").await;
}

//! A mute holds at the gateway, whatever the client does.

use giaoban_load::programme::Kind;
use serde_json::json;

use crate::member::{AT_ONCE, Briefing, Member};

#[tokio::test]
async fn who_is_muted_by_the_chair_is_heard_by_nobody_though_he_goes_on_sending() {
    let Briefing { alone: _alone, fixture: _fixture, mut chair, mut speaker, listener } =
        Briefing::start().await;
    let given = chair.order(json!({ "action": "mute", "member": speaker.id })).await;
    speaker.expect("microphone_closed").await;
    // His page is not the one we made: it opens the microphone again, and sends.
    speaker.say(json!({ "type": "sources", "microphone": "open", "camera": true, "screen": false }));
    let pictures = listener.received(&speaker, Kind::Video);
    speaker.goes_on_sending(100).await;
    for hearer in [&listener, &chair] {
        let last = hearer.tally(&speaker, Kind::Audio).arrived.unwrap();
        assert!(last <= given + AT_ONCE, "heard {:?} after the order", last - given);
    }
    assert!(listener.received(&speaker, Kind::Video) > pictures, "his picture is not muted");

    chair.order(json!({ "action": "let_speak", "member": speaker.id })).await;
    speaker.say(json!({ "type": "sources", "microphone": "open", "camera": true, "screen": false }));
    listener.hears_and_sees(&speaker, 25).await;
}

#[tokio::test]
async fn a_mute_holds_over_a_restart_of_the_gateway() {
    let Briefing { alone: _alone, mut fixture, mut chair, speaker, listener } = Briefing::start().await;
    chair.order(json!({ "action": "mute", "member": speaker.id })).await;
    drop((chair, speaker, listener));
    fixture.restart().await;

    let mut chair = Member::join(&fixture, &fixture.secrets[0]).await;
    let speaker = Member::join(&fixture, &fixture.secrets[1]).await;
    let listener = Member::join(&fixture, &fixture.secrets[2]).await;
    speaker.publish().await;
    let source = json!({ "member": speaker.id, "kind": "camera" });
    chair.order(json!({ "action": "pin", "source": source })).await;
    let number = speaker.number();
    listener.until("picture", |state| state.tallies.received(number, Kind::Video) >= 100).await;
    assert_eq!(listener.received(&speaker, Kind::Audio), 0);

    chair.order(json!({ "action": "let_speak", "member": speaker.id })).await;
    speaker.say(json!({ "type": "sources", "microphone": "open", "camera": true, "screen": false }));
    listener.hears_and_sees(&speaker, 25).await;
}

#[tokio::test]
async fn muting_all_covers_who_joins_later_and_spares_the_chair() {
    let Briefing { alone: _alone, fixture, mut chair, speaker, listener } = Briefing::start().await;
    let given = chair.order(json!({ "action": "mute_all" })).await;
    let late = Member::join(&fixture, &fixture.secrets[3]).await;
    late.publish().await;
    chair.publish().await;
    late.goes_on_sending(100).await;
    assert_eq!(listener.received(&late, Kind::Audio), 0);
    let last = listener.tally(&speaker, Kind::Audio).arrived.unwrap();
    assert!(last <= given + AT_ONCE, "heard {:?} after the order", last - given);
    let number = chair.number();
    listener.until("the chair's sound", |state| state.tallies.received(number, Kind::Audio) >= 25).await;
}

//! The quality of the sites' connections, over real sockets.

use serde_json::{Value, json};
use tokio::time::timeout;

use crate::client::PATIENCE;
use crate::member::Briefing;

fn of(message: &Value, member: u64) -> Value {
    let sites = message["sites"].as_array().unwrap();
    sites.iter().find(|site| site["member"] == member).cloned().unwrap_or_default()
}

#[tokio::test]
async fn the_chair_is_told_what_each_site_sends_and_is_sent_and_a_site_is_not() {
    let Briefing { alone: _alone, fixture: _fixture, mut chair, speaker, mut listener } =
        Briefing::start().await;
    let watch = json!({ "type": "watch_quality", "request": 77, "on": true });
    listener.say(watch.clone());
    assert_eq!(listener.expect("refused").await["code"], "not_allowed");

    speaker.say(json!({ "type": "report", "freezes": 2, "fps": 24, "path": "udp", "trouble": "camera" }));
    chair.say(watch);
    let told = async {
        loop {
            let message = chair.expect("quality").await;
            let (from, to) = (of(&message, speaker.id), of(&message, listener.id));
            if from["up"]["rate"].as_u64() > Some(0) && to["down"]["rate"].as_u64() > Some(0) {
                return from;
            }
        }
    };
    let speaker = timeout(PATIENCE, told).await.expect("rates both ways");
    assert_eq!(speaker["up"]["loss"], 0, "nothing is lost on one machine: {speaker}");
    assert_ne!(speaker["cause"], "no_media");
    assert_eq!((&speaker["freezes"], &speaker["path"]), (&json!(2), &json!("udp")));
    assert_eq!(speaker["trouble"], "camera");
}

//! The log of a whole briefing, with everything logged that can be, names nobody and gives nothing away.

use serde_json::{Value, json};

use crate::disturbing::malformed;
use crate::member::Briefing;

/// What stands in a text of an SDP description behind `a=NAME:`.
fn attribute<'a>(sdp: &'a str, name: &str) -> Vec<&'a str> {
    sdp.lines().filter_map(|line| line.strip_prefix("a=")?.strip_prefix(name)?.strip_prefix(':')).collect()
}

#[tokio::test]
async fn no_secret_name_or_address_is_ever_logged() {
    let Briefing { alone: _alone, mut fixture, mut chair, mut speaker, listener } = Briefing::spawn().await;
    let mut private: Vec<String> = fixture.secrets.clone();
    private.extend(
        ["Điểm cầu", "Chủ trì", "Giao ban", "Tỉnh A", "127.0.0.1", "m=audio", "a=candidate"]
            .map(String::from),
    );

    // Links are made, used, misused and revoked.
    let made = fixture.command(&["link", "new", "--site", "Tỉnh A"]).await;
    let secret = String::from_utf8(made.stdout).unwrap().trim_end().rsplit_once('#').unwrap().1.to_owned();
    let ticket = fixture.ticket(&secret).await;
    let credential = json!({ "by": "ticket", "ticket": ticket });
    let welcome = fixture.hello(&credential, false).await.expect("welcome").await;
    assert_eq!(fixture.hello(&credential, true).await.error().await, "ticket_invalid");
    fixture.command(&["link", "list"]).await;
    fixture.command(&["link", "revoke", &welcome["member"].to_string()]).await;
    assert_eq!(fixture.post("/api/v1/lobby", &json!({ "secret": secret })).await.0, 403);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    private.extend([secret, ticket, text(&welcome["resume"])]);

    // Messages and datagrams that are none.
    let mut site = fixture.enter(&fixture.secrets[3], false).await;
    site.expect("welcome").await;
    site.text("Điểm cầu nói bậy").await;
    site.error().await;
    for datagram in malformed() {
        chair.media.send_raw(datagram, chair.remote).await;
    }

    // All that a chair orders.
    listener.say(json!({ "type": "hand", "request": 9, "raised": true }));
    for order in [
        json!({ "action": "mute", "member": speaker.id }),
        json!({ "action": "mute_all" }),
        json!({ "action": "let_speak", "member": speaker.id }),
        json!({ "action": "lock" }),
        json!({ "action": "remove", "member": speaker.id }),
        json!({ "action": "end" }),
    ] {
        chair.order(order).await;
    }
    assert_eq!(speaker.expect("ended").await["reason"], "removed");
    for member in [&chair, &speaker, &listener] {
        private.push(text(&member.resume));
        let answers = member.told.iter().filter(|message| message["type"] == "answer");
        for sdp in answers.map(|answer| answer["sdp"].as_str().unwrap()) {
            for name in ["ice-ufrag", "ice-pwd", "fingerprint"] {
                private.extend(attribute(sdp, name).into_iter().map(String::from));
            }
        }
    }
    drop((chair, speaker, listener, site));

    let log = fixture.terminate().await;
    assert!(log.contains("going down") && log.contains("DEBUG"), "not all is logged: {log}");
    for private in private {
        assert!(!log.contains(&private), "the log holds {private:?}: {log}");
    }
}

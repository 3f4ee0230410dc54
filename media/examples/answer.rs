//! Answers an offer read from standard input as a gateway would whose addresses and keys are made up:
//! for golden files, and to show a browser the answer writer's text.

use std::io::{self, Read as _, Write as _};

use giaoban_media::rtp::Ssrc;
use giaoban_media::sdp::{Answer, Direction, Offer, Part, Section, StreamIdentity, accept};

fn main() -> io::Result<()> {
    let mut offer = String::new();
    io::stdin().read_to_string(&mut offer)?;
    let answer = answer(&offer).map_err(|error| io::Error::other(format!("{error:?}")))?;
    io::stdout().write_all(answer.as_bytes())
}

/// Receives on every section the client sends on, and sends on every other.
fn answer(offer: &str) -> Result<String, giaoban_media_types::NegotiationError> {
    let offer = Offer::parse(offer)?;
    let sections: Result<Vec<_>, _> =
        (1..).zip(&offer.sections).map(|(number, section)| accept(section, part(number, section))).collect();
    let answer = Answer {
        session: 1_000_000,
        version: 1,
        ufrag: "gateway0".into(),
        password: "a password of thirty characters".replace(' ', "+"),
        fingerprint: [0xAB; 32],
        candidates: vec![([192, 0, 2, 1], 40_000).into(), ([0x2001, 0xDB8, 0, 0, 0, 0, 0, 1], 40_000).into()],
        mixed_extensions: offer.mixed_extensions,
        sections: sections?,
    };
    Ok(answer.write())
}

fn part(number: u32, section: &Section) -> Part {
    match section.direction {
        Direction::SendOnly => Part::Receive,
        Direction::ReceiveOnly => Part::Send(StreamIdentity {
            ssrc: Ssrc(number * 1000),
            repair_ssrc: Ssrc(number * 1000 + 1),
            cname: format!("slot{number}"),
            stream: format!("stream{number}"),
            track: format!("track{number}"),
        }),
        Direction::SendReceive | Direction::Inactive => Part::Idle,
    }
}

#[cfg(test)]
mod tests {
    use super::answer;

    macro_rules! golden {
        ($name:literal) => {
            (
                $name,
                include_str!(concat!("../../tests/fixtures/sdp/", $name, ".offer.sdp")),
                include_str!(concat!("../../tests/fixtures/sdp/", $name, ".answer.sdp")),
            )
        };
    }

    #[test]
    fn the_answers_that_both_browsers_took_are_still_what_is_written() {
        for (name, offer, taken) in [
            golden!("chromium"),
            golden!("chromium-every-codec"),
            golden!("firefox"),
            golden!("firefox-every-codec"),
        ] {
            let written = answer(offer).expect(name);
            for (number, (written, taken)) in (1..).zip(written.lines().zip(taken.lines())) {
                assert_eq!(written, taken, "{name}, line {number}");
            }
            assert_eq!(written, taken, "{name}");
        }
    }
}

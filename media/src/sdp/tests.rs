use super::*;

/// Offers of both browsers, and the answers to them that both have taken: `tests/fixtures/sdp/capture.mjs`.
macro_rules! golden {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../../../tests/fixtures/sdp/", $name, ".offer.sdp")),
            include_str!(concat!("../../../tests/fixtures/sdp/", $name, ".answer.sdp")),
        )
    };
}

const GOLDEN: [(&str, &str, &str); 4] = [
    golden!("chromium"),
    golden!("chromium-every-codec"),
    golden!("firefox"),
    golden!("firefox-every-codec"),
];

#[test]
fn every_golden_offer_has_its_sections_and_one_transport() {
    for (name, offer, _) in GOLDEN {
        let offer = Offer::parse(offer).expect(name);
        let directions: Vec<_> = offer.sections.iter().map(|section| section.direction).collect();
        let expected = [vec![Direction::SendOnly; 4], vec![Direction::ReceiveOnly; 10]].concat();
        assert_eq!(directions, expected, "{name}");
        assert!(offer.transport.password.len() >= 22, "{name}");
    }
}

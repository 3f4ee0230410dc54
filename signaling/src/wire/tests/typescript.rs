use std::collections::BTreeMap;

use giaoban_media_types::SlotId;
use ts_rs::{Config, TS, TypeVisitor};

use super::{assert_committed, repository};
use crate::wire::{ClientMessage, ErrorCode, MAX_CLIENT_MESSAGE, PROTOCOL_VERSION, ServerMessage};

/// Declarations by name: one order, whatever order they are met in.
struct Declarations {
    config: Config,
    by_name: BTreeMap<String, String>,
}

impl TypeVisitor for Declarations {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if T::output_path().is_none() || self.by_name.contains_key(&T::ident(&self.config)) {
            return;
        }
        let docs = T::docs().unwrap_or_default();
        let declaration = format!("{docs}export {}\n", T::decl(&self.config));
        self.by_name.insert(T::ident(&self.config), declaration);
        T::visit_dependencies(self);
    }
}

fn generated() -> String {
    let mut declarations = Declarations { config: Config::new(), by_name: BTreeMap::new() };
    declarations.visit::<ClientMessage>();
    declarations.visit::<ServerMessage>();
    declarations.visit::<ErrorCode>();
    let mut text = String::from(
        "// The wire protocol, generated from signaling/src/wire by `UPDATE_GOLDEN=1 cargo test -p giaoban-signaling`.\n\
         // Not edited by hand.\n",
    );
    for (doc, name, value) in [
        ("Version of the protocol, said in `hello`.", "PROTOCOL_VERSION", PROTOCOL_VERSION.to_string()),
        (
            "Longest client message the gateway takes, in bytes of UTF-8.",
            "MAX_CLIENT_MESSAGE",
            MAX_CLIENT_MESSAGE.to_string(),
        ),
        ("Slot of the stage's microphone.", "STAGE_AUDIO_SLOT", SlotId::STAGE_AUDIO.0.to_string()),
        ("Slot of the stage's screen audio.", "SCREEN_AUDIO_SLOT", SlotId::SCREEN_AUDIO.0.to_string()),
        ("Slot of the stage's picture.", "STAGE_VIDEO_SLOT", SlotId::STAGE_VIDEO.0.to_string()),
        ("The first tile.", "FIRST_TILE_SLOT", SlotId::FIRST_TILE.0.to_string()),
        ("Slots are numbered below this.", "MAX_SLOTS", SlotId::MAX_SLOTS.to_string()),
    ] {
        text.push_str(&format!("\n/** {doc} */\nexport const {name} = {value};\n"));
    }
    text.push_str("\n/** Every error code. */\nexport const ERROR_CODES: readonly ErrorCode[] = [\n");
    for code in ErrorCode::ALL {
        text.push_str(&format!("    {},\n", serde_json::to_string(&code).expect("a code is a string")));
    }
    text.push_str("];\n");
    for declaration in declarations.by_name.values() {
        text.push('\n');
        text.extend(declaration.lines().flat_map(|line| [line.trim_end(), "\n"]));
    }
    text
}

#[test]
fn the_committed_typescript_is_what_the_types_generate() {
    assert_committed(&repository().join("web/src/gen/wire.ts"), &generated());
}

#[test]
fn no_type_needs_a_bigint() {
    assert!(!generated().contains("bigint"));
}

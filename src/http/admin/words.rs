//! The words of closed sets, as the description lists them.

use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident: $($word:literal),+;)+) => {$(
        $(#[$doc])*
        pub enum $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let kind = SchemaType::new(Type::String);
                ObjectBuilder::new().schema_type(kind).enum_values(Some([$($word),+])).into()
            }
        }

        impl ToSchema for $name {}
    )+};
}
words! {
    /// Thường, Mật, Tối mật, Tuyệt mật.
    ClassificationWord: "normal", "confidential", "secret", "top_secret";
    /// Giao ban, chỉ huy, phổ biến.
    RoomKindWord: "briefing", "command", "lecture";
    /// Whom the door lets in by itself.
    LobbyWord: "open", "expected", "chair";
    /// When the door is open.
    OpeningWord: "always", "booked";
    /// How long a room is meant to stand.
    StandingWord: "permanent", "one_time";
    /// What two meetings at once share.
    SharedWord: "room", "chair";
    /// What a seat may do.
    RoleWord: "chair", "deputy", "site";
}

#[cfg(test)]
mod tests {
    use super::*;
    use giaoban_calendar::{Lobby, Opening, RoomKind, Standing};
    use giaoban_directory::Clearance;
    use giaoban_signaling::wire::Role;
    use serde_json::{Value, json};

    fn listed<T: PartialSchema>() -> Value {
        serde_json::to_value(T::schema()).unwrap()["enum"].clone()
    }

    #[test]
    fn the_description_lists_the_words_that_are_spoken() {
        let labels = [Clearance::Normal, Clearance::Confidential, Clearance::Secret, Clearance::TopSecret];
        assert_eq!(listed::<ClassificationWord>(), json!(labels));
        let kinds = [RoomKind::Briefing, RoomKind::Command, RoomKind::Lecture];
        assert_eq!(listed::<RoomKindWord>(), json!(kinds));
        assert_eq!(listed::<LobbyWord>(), json!([Lobby::Open, Lobby::Expected, Lobby::Chair]));
        assert_eq!(listed::<OpeningWord>(), json!([Opening::Always, Opening::Booked]));
        assert_eq!(listed::<StandingWord>(), json!([Standing::Permanent, Standing::OneTime]));
        assert_eq!(listed::<RoleWord>(), json!([Role::Chair, Role::Deputy, Role::Site]));
    }
}

//! In which language a command speaks: as the environment says, English else.

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Tiếng Việt.
    Vietnamese,
    /// English.
    English,
}

impl Language {
    /// By the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is set (POSIX.1-2017 §8.2).
    #[must_use]
    pub fn of_environment() -> Self {
        let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self::of_locale(["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set).as_deref())
    }

    fn of_locale(locale: Option<&str>) -> Self {
        match locale.and_then(|locale| locale.split(['_', '.', '@']).next()) {
            Some("vi") => Self::Vietnamese,
            _ => Self::English,
        }
    }

    /// The text in this language.
    #[must_use]
    pub fn of<'text>(self, vi: &'text str, en: &'text str) -> &'text str {
        match self {
            Self::Vietnamese => vi,
            Self::English => en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vietnamese_is_spoken_to_a_vietnamese_locale_only() {
        for (locale, language) in [
            (Some("vi_VN.UTF-8"), Language::Vietnamese),
            (Some("vi"), Language::Vietnamese),
            (Some("en_GB.UTF-8"), Language::English),
            (Some("C"), Language::English),
            (Some("vicious"), Language::English),
            (None, Language::English),
        ] {
            assert_eq!(Language::of_locale(locale), language, "{locale:?}");
        }
    }
}

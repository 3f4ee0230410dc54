//! What an examination says: one line in two languages, with a step to take where something is wrong.

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// The data directory and the disk under it.
    Disk,
    /// A TCP or UDP port.
    Port,
    /// The certificate that browsers see.
    Certificate,
    /// The system's clock.
    Clock,
    /// How the system carries datagrams.
    Udp,
    /// Open files.
    Files,
    /// The database.
    Database,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// As it should be.
    Ok,
    /// A gateway serves, but worse than it could, or not for long.
    Warning,
    /// A gateway does not serve.
    Fault,
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

/// One line of the examination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub check: Check,
    /// How bad it is.
    pub level: Level,
    /// What was found and what it means.
    pub meaning: Said,
    /// What to do; there is one for all but [`Level::Ok`].
    pub step: Option<Said>,
}

/// A text, Vietnamese first.
pub(super) fn said(vi: impl Into<String>, en: impl Into<String>) -> Said {
    Said { vi: vi.into(), en: en.into() }
}

impl Finding {
    pub(super) fn ok(check: Check, meaning: Said) -> Self {
        Self { check, level: Level::Ok, meaning, step: None }
    }

    pub(super) fn warning(check: Check, meaning: Said, step: Said) -> Self {
        Self { check, level: Level::Warning, meaning, step: Some(step) }
    }

    pub(super) fn fault(check: Check, meaning: Said, step: Said) -> Self {
        Self { check, level: Level::Fault, meaning, step: Some(step) }
    }
}

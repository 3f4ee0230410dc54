//! Why a command is not carried out.

/// A refusal. What an administrator may not see is said not to exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// No unit with this id, or none that the actor may see.
    #[error("there is no such unit")]
    NoSuchUnit,
    /// No person with this id, or none that the actor may see.
    #[error("there is no such person")]
    NoSuchPerson,
    /// No appointment with this id, or none that the actor may see.
    #[error("there is no such appointment")]
    NoSuchAppointment,
    /// The actor sees it, but has no authority for this.
    #[error("this is for an administrator above")]
    NotAllowed,
    /// The clearance is above the actor's own.
    #[error("nobody gives a clearance above his own")]
    ClearanceTooHigh,
    /// The last administrator of the whole organisation stays.
    #[error("the organisation keeps at least one administrator")]
    LastAdministrator,
    /// The person has this appointment already.
    #[error("this person administers this unit already")]
    AppointedAlready,
    /// Another unit or person has this code.
    #[error("this code is taken")]
    CodeTaken,
    /// A name, rank or duty is empty, too long or unreadable.
    #[error("a name is one line of 1 to 200 readable characters")]
    BadText,
    /// A code is not one.
    #[error("a code has 1 to 40 letters, digits and . _ - / and begins with a letter or digit")]
    BadCode,
    /// A mail address is not one.
    #[error("this is no mail address")]
    BadMail,
    /// The unit does not live on that day any more, or not yet.
    #[error("the unit does not exist on that day")]
    NotLiving,
    /// Something else is recorded for a later day than the one given.
    #[error("a later change of this unit or person is recorded already")]
    LaterChange,
    /// A unit would come to lie in itself.
    #[error("a unit cannot lie within itself")]
    WithinItself,
    /// A merger of fewer than two units, a split into fewer than two, or the same unit twice.
    #[error("two different units at least are needed")]
    TooFew,
    /// What is asked for is so already.
    #[error("nothing would change")]
    NothingToChange,
    /// No more ids.
    #[error("the directory is full")]
    Full,
}

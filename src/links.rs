//! Links: what a person opens to take a seat.

use std::net::{IpAddr, Ipv6Addr};
use std::time::SystemTime;

use giaoban_media_types::{ConferenceId, MemberId};
use giaoban_signaling::conference::Seat;
use giaoban_signaling::wire::{Classification, Role, RoomInfo};

use crate::connection::milliseconds;
use crate::secret::Secret;
use crate::store::{By, LinkRow, NewSeat, Store, StoreError};

/// The room that stands from the first start on.
const STANDING_ROOM: &str = "giao-ban";
const STANDING_TITLE: &str = "Giao ban";

/// Its first seats.
const FIRST_SEATS: [(&str, Role); 4] = [
    ("Chủ trì", Role::Chair),
    ("Điểm cầu 1", Role::Site),
    ("Điểm cầu 2", Role::Site),
    ("Điểm cầu 3", Role::Site),
];

/// Longest name of a site, in characters.
const MAX_NAME: usize = 100;

/// A link with its secret, shown once. No `Debug`.
pub struct NewLink {
    /// Its number.
    pub member: MemberId,
    /// The site's name.
    pub name: String,
    /// Its role.
    pub role: Role,
    /// The address to open; the secret is in its fragment, which browsers send to no one.
    pub url: String,
}

/// What a new link is for.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// The site's name.
    pub name: &'a str,
    /// Its role.
    pub role: Role,
    /// Milliseconds since 1970 at which it ends, if it does.
    pub until: Option<u64>,
}

/// Why a link cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No randomness.
    #[error("the system has no randomness")]
    Randomness,
    /// Not a name.
    #[error("a site's name has 1 to {MAX_NAME} characters and no control characters")]
    Name,
    /// An end that is past.
    #[error("the time until which the link is to be good is over already")]
    Over,
    /// No room to make it in.
    #[error("there is no room yet")]
    NoRoom,
}

/// Makes links.
#[derive(Clone)]
pub struct Links {
    store: Store,
    base: String,
}

impl Links {
    /// For a gateway that browsers reach at `host` and `port`.
    #[must_use]
    pub fn new(store: Store, host: &str, port: u16) -> Self {
        let host = if host.parse::<Ipv6Addr>().is_ok() { format!("[{host}]") } else { host.to_owned() };
        let base = if port == 443 { format!("https://{host}") } else { format!("https://{host}:{port}") };
        Self { store, base }
    }

    /// What all links begin with.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// At first start: the standing room with its seats and their links. Nothing when there is a room already.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn first(&self) -> Result<Vec<NewLink>, LinkError> {
        if !self.store.rooms().await?.is_empty() {
            return Ok(Vec::new());
        }
        let mut seats = Vec::new();
        let mut secrets = Vec::new();
        for (name, role) in FIRST_SEATS {
            let secret = Secret::random().map_err(|_| LinkError::Randomness)?;
            seats.push(NewSeat { name: name.to_owned(), role, link: secret.hash(), until: None });
            secrets.push(secret);
        }
        let info = RoomInfo { title: STANDING_TITLE.to_owned(), classification: Classification::Normal };
        let (_, members) = self.store.create_room(STANDING_ROOM, &info, &seats).await?;
        let made = seats.into_iter().zip(members).zip(secrets);
        Ok(made
            .map(|((NewSeat { name, role, .. }, member), secret)| NewLink {
                member,
                name,
                role,
                url: self.url(STANDING_ROOM, &secret),
            })
            .collect())
    }

    /// A new seat in the first room.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn make(&self, wanted: Wanted<'_>) -> Result<(ConferenceId, Seat, NewLink), LinkError> {
        let rooms = self.store.rooms().await?;
        let room = rooms.into_iter().find(|room| !room.closed).ok_or(LinkError::NoRoom)?;
        let (seat, link) = self.make_in(room.conference, wanted, By::default()).await?;
        Ok((room.conference, seat, link))
    }

    /// A new seat in a room.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn make_in(
        &self,
        conference: ConferenceId,
        wanted: Wanted<'_>,
        by: By,
    ) -> Result<(Seat, NewLink), LinkError> {
        let Wanted { name, role, until } = wanted;
        let name = name.trim();
        if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
            return Err(LinkError::Name);
        }
        if until.is_some_and(|until| until <= milliseconds(SystemTime::now())) {
            return Err(LinkError::Over);
        }
        let slug = self.store.slug(conference).await?.ok_or(LinkError::NoRoom)?;
        let secret = Secret::random().map_err(|_| LinkError::Randomness)?;
        let seat = NewSeat { name: name.to_owned(), role, link: secret.hash(), until };
        let member = self.store.add_seat(conference, &seat, by).await?;
        let link = NewLink { member, name: name.to_owned(), role, url: self.url(&slug, &secret) };
        Ok((Seat { member, name: name.to_owned(), role, until }, link))
    }

    /// Every link ever made.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn list(&self) -> Result<Vec<LinkRow>, StoreError> {
        self.store.links().await
    }

    /// Ends a link. Its room, if it was alive.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn revoke(&self, member: MemberId) -> Result<Option<ConferenceId>, StoreError> {
        self.store.revoke(member, By::default()).await
    }

    fn url(&self, slug: &str, secret: &Secret) -> String {
        format!("{}/r/{slug}#{}", self.base, secret.as_str())
    }
}

/// The host to print in links: as configured, else the address listened on, else the machine's own.
#[must_use]
pub fn host(configured: Option<&str>, listen: Option<IpAddr>, preferred: Option<IpAddr>) -> String {
    let listen = listen.filter(|ip| !ip.is_unspecified());
    match (configured, listen.or(preferred)) {
        (Some(host), _) => host.to_owned(),
        (None, Some(ip)) => ip.to_string(),
        (None, None) => "localhost".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::SecretHash;
    use crate::testing::TemporaryDirectory;

    async fn links(temporary: &TemporaryDirectory) -> Links {
        let store = Store::open(&temporary.path().join("test.db")).await.unwrap();
        Links::new(store, "2001:db8::1", 8443)
    }

    #[tokio::test]
    async fn the_first_start_makes_a_chair_and_three_sites_and_the_second_makes_nothing() {
        let temporary = TemporaryDirectory::new();
        let links = links(&temporary).await;
        let made = links.first().await.unwrap();
        let roles: Vec<Role> = made.iter().map(|link| link.role).collect();
        assert_eq!(roles, [Role::Chair, Role::Site, Role::Site, Role::Site]);
        assert!(links.first().await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_links_fragment_is_its_secret() {
        let temporary = TemporaryDirectory::new();
        let links = links(&temporary).await;
        links.first().await.unwrap();
        let (_, seat, link) =
            links.make(Wanted { name: " Tỉnh A ", role: Role::Site, until: None }).await.unwrap();
        let (page, secret) = link.url.split_once('#').unwrap();
        assert_eq!(page, "https://[2001:db8::1]:8443/r/giao-ban");
        let found = links.store.find_link(SecretHash::of(secret)).await.unwrap().unwrap();
        assert_eq!(found.seat.member, seat.member);
        assert_eq!(found.name, "Tỉnh A");
    }

    #[tokio::test]
    async fn a_name_must_be_a_name() {
        let temporary = TemporaryDirectory::new();
        let links = links(&temporary).await;
        links.first().await.unwrap();
        for name in ["", "  ", "a\nb", &"x".repeat(MAX_NAME + 1)] {
            assert!(
                matches!(
                    links.make(Wanted { name, role: Role::Site, until: None }).await,
                    Err(LinkError::Name)
                ),
                "{name:?}"
            );
        }
    }

    #[tokio::test]
    async fn the_default_https_port_is_not_written_out() {
        let temporary = TemporaryDirectory::new();
        let store = links(&temporary).await.store;
        assert_eq!(Links::new(store.clone(), "hop.example", 443).base(), "https://hop.example");
        assert_eq!(Links::new(store, "10.0.0.1", 8443).base(), "https://10.0.0.1:8443");
    }

    #[test]
    fn links_name_the_host_that_browsers_can_reach() {
        let ip = |text: &str| text.parse().ok();
        assert_eq!(host(Some("hop.example"), ip("127.0.0.1"), ip("10.0.0.1")), "hop.example");
        assert_eq!(host(None, ip("127.0.0.1"), ip("10.0.0.1")), "127.0.0.1");
        assert_eq!(host(None, ip("::"), ip("10.0.0.1")), "10.0.0.1");
        assert_eq!(host(None, ip("::"), None), "localhost");
    }
}

//! Where the store keeps its tables.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use sqlx::postgres::{PgConnectOptions, PgSslMode};

/// The store's database. Without a URL it is SQLite, in the data directory.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// A PostgreSQL database.
    pub url: Option<DatabaseUrl>,
}

/// A PostgreSQL URL that was found usable. It may hold a password, so it does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The whole URL.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(withheld)")
    }
}

impl FromStr for DatabaseUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if !text.starts_with("postgresql://") && !text.starts_with("postgres://") {
            return Err("the database's URL begins with postgresql://; leave it out to use SQLite");
        }
        let options = PgConnectOptions::from_str(text)
            .map_err(|_| "the database's URL is not postgresql://USER:PASSWORD@HOST/DATABASE")?;
        let here = options.get_socket().is_some()
            || matches!(options.get_host(), "localhost" | "127.0.0.1" | "::1" | "[::1]")
            || options.get_host().starts_with('/');
        let proven = matches!(options.get_ssl_mode(), PgSslMode::VerifyFull | PgSslMode::VerifyCa);
        if !here && !proven {
            return Err(
                "the database is on another machine: add ?sslmode=verify-full&sslrootcert=FILE to its URL",
            );
        }
        Ok(Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for DatabaseUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_on_another_machine_must_prove_who_it_is() {
        for (url, good) in [
            ("postgresql:///giaoban?host=/run/postgresql&user=giaoban", true),
            ("postgresql://giaoban:secret@127.0.0.1/giaoban", true),
            ("postgresql://giaoban:secret@localhost:5433/giaoban", true),
            ("postgresql://giaoban:secret@192.0.2.1/giaoban", false),
            ("postgresql://giaoban:secret@192.0.2.1/giaoban?sslmode=require", false),
            ("postgresql://giaoban:secret@db.example/giaoban?sslmode=verify-full&sslrootcert=ca.crt", true),
            ("mysql://localhost/giaoban", false),
        ] {
            assert_eq!(url.parse::<DatabaseUrl>().is_ok(), good, "{url}");
        }
    }

    #[test]
    fn a_url_does_not_print() {
        let url: DatabaseUrl = "postgresql://giaoban:secret@localhost/giaoban".parse().unwrap();
        assert!(!format!("{url:?}").contains("secret"));
    }
}

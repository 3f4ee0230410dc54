//! What the commands print.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;

use giaoban_signaling::wire::Role;

use super::language::Language;
use super::moment::Moment;
use crate::config::Config;
use crate::control::{Listed, Reply};
use crate::doctor::{Check, Finding, Level, Said};
use crate::gateway::Gateway;

/// One line on the standard error.
pub fn failure(failure: &impl Display) {
    // A closed standard error leaves only the exit code.
    let _ = writeln!(io::stderr(), "giaoban: {failure}");
}

/// What the operator must know once the gateway serves.
pub fn started(gateway: &Gateway) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let base = gateway.base_url();
    writeln!(out, "Giaoban serves {base}")?;
    writeln!(out, "  data directory    {}", gateway.data_directory().display())?;
    writeln!(out, "  metrics, health   http://{}/metrics", gateway.private_address())?;
    for address in gateway.media_addresses() {
        writeln!(out, "  media (UDP)       {address}")?;
    }
    writeln!(out)?;
    if gateway.first_links().is_empty() {
        writeln!(
            out,
            "Links were shown once, when they were made; `giaoban link new --site NAME` makes another."
        )?;
    } else {
        writeln!(out, "Links to the standing room. One link is one seat; they are shown only this once:")?;
        for link in gateway.first_links() {
            writeln!(out, "  {:>3}  {}{}", link.member.0, link.name, role(link.role))?;
            writeln!(out, "       {}", link.url)?;
        }
        writeln!(
            out,
            "More with `giaoban link new --site NAME`; `giaoban link list`, `giaoban link revoke ID`."
        )?;
    }
    writeln!(out)?;
    if let Some(secret) = gateway.first_administrator() {
        writeln!(
            out,
            "Nobody administers this gateway yet. One-time link of the first administrator, good for 72 hours and"
        )?;
        writeln!(out, "shown anew at each start until it is used:")?;
        writeln!(out, "       {base}/admin/first#{secret}")?;
        writeln!(out)?;
    }
    writeln!(out, "Browsers must trust this gateway's own authority: import {base}/ca.crt (also")?;
    writeln!(out, "{}) as an authority for web sites.", gateway.data_directory().join("ca.crt").display())?;
    out.flush()
}

/// What the running gateway answered.
pub fn reply(reply: &Reply) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match reply {
        Reply::Made { link, url } => writeln!(out, "link {link}, shown only this once:\n{url}")?,
        Reply::Links { links } => list(&mut out, links)?,
        Reply::AccountLinkMade { url } => {
            writeln!(out, "one-time link, shown only this once, good for 72 hours:\n{url}")?;
        }
        Reply::Revoked => writeln!(out, "revoked")?,
        Reply::Failed { .. } => {}
    }
    out.flush()
}

/// A backup that was made.
pub fn backed_up(file: &Path) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "backed up to {}; whoever has it has everything: keep it locked away", file.display())?;
    out.flush()
}

/// A backup that was restored.
pub fn restored() -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "restored; start the gateway with `giaoban serve`")?;
    out.flush()
}

/// A record of acts that holds, with what to compare it with later.
pub fn acts_hold(acts: u64, head: &[u8; 32]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "The record of acts holds: {acts} acts.")?;
    write!(out, "Note this hash of the last one; it tells whether the record was cut off or written anew: ")?;
    for byte in head {
        write!(out, "{byte:02x}")?;
    }
    writeln!(out)?;
    out.flush()
}

/// What a configuration comes to.
pub fn config(config: &Config) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let texts = |items: Vec<String>| if items.is_empty() { "-".to_owned() } else { items.join(", ") };
    writeln!(out, "The configuration is good.")?;
    writeln!(out, "  data                 {}", config.data_directory().display())?;
    let database = if config.database.url.is_some() { "PostgreSQL" } else { "SQLite, in the data directory" };
    writeln!(out, "  database             {database}")?;
    writeln!(
        out,
        "  https.listen         {}",
        texts(config.https.listen.iter().map(ToString::to_string).collect())
    )?;
    writeln!(
        out,
        "  https.host           {}",
        config.https.host.as_deref().unwrap_or("(this machine's address)")
    )?;
    writeln!(out, "  private.listen       {}", config.private.listen)?;
    writeln!(out, "  media.port           {}", config.media.port)?;
    writeln!(out, "  media.shards         {}", config.media.shards)?;
    writeln!(
        out,
        "  media.bind           {}",
        texts(config.media.bind.iter().map(ToString::to_string).collect())
    )?;
    writeln!(
        out,
        "  media.announce       {}",
        texts(config.media.announce.iter().map(ToString::to_string).collect())
    )?;
    writeln!(out, "  media.allow_dtls12   {}", config.media.allow_dtls12)?;
    writeln!(out, "  limits.connections   {}", config.limits.connections)?;
    writeln!(out, "  limits.room_members  {}", config.limits.room_members)?;
    out.flush()
}

fn list(out: &mut impl Write, links: &[Listed]) -> io::Result<()> {
    for link in links {
        let state = match (link.revoked, link.in_use, link.expired) {
            (true, _, _) => "revoked",
            (false, true, _) => "in use",
            (false, false, true) => "expired",
            (false, false, false) => "free",
        };
        let until = link.until.and_then(Moment::of).map(|until| format!("  until {until}"));
        let (role, until) = (role(link.role), until.unwrap_or_default());
        writeln!(out, "{:>4}  {state:<8}  {}{role}{until}  ({})", link.link, link.site, link.room)?;
    }
    Ok(())
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Chair => "  [chair]",
        Role::Deputy => "  [deputy]",
        Role::Site => "",
    }
}

/// What an examination found: a line each, with its step below where something is wrong, and the sum.
pub fn findings(findings: &[Finding], language: Language) -> io::Result<()> {
    write_findings(&mut io::stdout().lock(), findings, language)
}

fn write_findings(out: &mut impl Write, findings: &[Finding], language: Language) -> io::Result<()> {
    let say = |said: &Said| language.of(&said.vi, &said.en).to_owned();
    for finding in findings {
        let level = match finding.level {
            Level::Ok => language.of("TỐT     ", "ok      "),
            Level::Warning => language.of("CẢNH BÁO", "WARNING "),
            Level::Fault => language.of("LỖI     ", "FAULT   "),
        };
        let check = match finding.check {
            Check::Disk => language.of("đĩa        ", "disk       "),
            Check::Port => language.of("cổng       ", "port       "),
            Check::Certificate => language.of("chứng thư  ", "certificate"),
            Check::Clock => language.of("đồng hồ    ", "clock      "),
            Check::Udp => "UDP        ",
            Check::Files => language.of("tệp mở     ", "open files "),
            Check::Database => language.of("dữ liệu    ", "database   "),
        };
        writeln!(out, "{level}  {check}  {}", say(&finding.meaning))?;
        if let Some(step) = &finding.step {
            writeln!(out, "          {:11}  → {}", "", say(step))?;
        }
    }
    let count = |level| findings.iter().filter(|finding| finding.level == level).count();
    let (ok, warnings, faults) = (count(Level::Ok), count(Level::Warning), count(Level::Fault));
    let sum = match language {
        Language::Vietnamese => format!("{ok} tốt, {warnings} cảnh báo, {faults} lỗi"),
        Language::English => format!("{ok} ok, {warnings} to heed, {faults} at fault"),
    };
    writeln!(out, "{sum}")
}

#[cfg(test)]
mod tests;

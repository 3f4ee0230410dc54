//! The clock: certificates, resume secrets and one-time codes go by it. No time server is asked: what the system itself
//! knows of its synchronisation counts.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::finding::{Check, Finding, said};

/// A program that does not answer by then says nothing.
const PATIENCE: Duration = Duration::from_secs(2);

/// A clock that is off by more makes one-time codes fail (RFC 6238 §5.2) and certificates begin too early.
const LARGEST_OFFSET: f64 = 1.0;

/// What the system knows of its clock.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Synchronisation {
    /// It follows a source; how far off it is, if that is known, in seconds.
    Follows(Option<f64>),
    /// It follows none.
    Free,
    /// Nobody says.
    Unknown,
}

pub(super) async fn examine() -> Finding {
    // Both speak to the system only.
    let chrony = run("chronyc", &["-n", "tracking"]).await;
    let systemd = run("timedatectl", &["show", "--property=NTPSynchronized", "--value"]).await;
    judge(read(chrony.as_deref(), systemd.as_deref()))
}

async fn run(program: &str, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, command.output()).await.ok()?.ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// chrony knows more than the kernel's flag that systemd tells.
fn read(chrony: Option<&str>, systemd: Option<&str>) -> Synchronisation {
    if let Some(tracking) = chrony {
        let line = |name: &str| {
            let mut lines = tracking.lines().filter_map(|line| line.split_once(':'));
            lines.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim().to_owned())
        };
        match line("Leap status").as_deref() {
            Some("Not synchronised") => return Synchronisation::Free,
            Some(_) => {
                let offset = line("System time").and_then(|text| text.split(' ').next()?.parse().ok());
                return Synchronisation::Follows(offset);
            }
            None => {}
        }
    }
    match systemd.map(str::trim) {
        Some("yes") => Synchronisation::Follows(None),
        Some("no") => Synchronisation::Free,
        _ => Synchronisation::Unknown,
    }
}

fn judge(synchronisation: Synchronisation) -> Finding {
    let step = said(
        "Cài chrony (hoặc bật systemd-timesyncd) theo máy chủ giờ của mạng này",
        "run chrony (or systemd-timesyncd) with a time server of this network",
    );
    match synchronisation {
        Synchronisation::Follows(Some(offset)) if offset.abs() > LARGEST_OFFSET => Finding::warning(
            Check::Clock,
            said(
                format!("Đồng hồ lệch {offset:.1} s; mã một lần và chứng thư có thể bị từ chối"),
                format!("the clock is off by {offset:.1} s; one-time codes and certificates may be refused"),
            ),
            said("Chờ chrony chỉnh xong, hoặc `chronyc makestep`", "wait for chrony, or `chronyc makestep`"),
        ),
        Synchronisation::Follows(_) => Finding::ok(
            Check::Clock,
            said("Đồng hồ đang theo một nguồn giờ", "the clock follows a source of time"),
        ),
        Synchronisation::Free => Finding::warning(
            Check::Clock,
            said(
                "Đồng hồ không theo nguồn giờ nào và sẽ trôi; mã một lần và chứng thư có thể bị từ chối",
                "the clock follows no source of time and drifts; one-time codes and certificates may come to be refused",
            ),
            step,
        ),
        Synchronisation::Unknown => Finding::warning(
            Check::Clock,
            said(
                "Hệ thống không cho biết đồng hồ có được đồng bộ không (không có chrony, không có systemd)",
                "the system does not say whether its clock is synchronised (neither chrony nor systemd)",
            ),
            step,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Level;
    use super::*;

    /// As chrony 4.3 prints it.
    fn tracking(offset: &str, leap: &str) -> String {
        format!(
            "Reference ID    : 0A000001 (10.0.0.1)\nStratum         : 3\n\
             System time     : {offset} seconds slow of NTP time\nLeap status     : {leap}\n"
        )
    }

    #[test]
    fn what_chrony_says_counts_before_what_systemd_says() {
        let far = tracking("3.500000000", "Normal");
        assert_eq!(read(Some(&far), Some("yes\n")), Synchronisation::Follows(Some(3.5)));
        let free = tracking("0.000000000", "Not synchronised");
        assert_eq!(read(Some(&free), Some("yes\n")), Synchronisation::Free);
        assert_eq!(read(None, Some("yes\n")), Synchronisation::Follows(None));
        assert_eq!(read(Some("garbage"), Some("no\n")), Synchronisation::Free);
        assert_eq!(read(None, None), Synchronisation::Unknown);
    }

    #[test]
    fn a_clock_that_is_off_or_free_is_a_warning() {
        for (synchronisation, level) in [
            (Synchronisation::Follows(Some(-0.4)), Level::Ok),
            (Synchronisation::Follows(None), Level::Ok),
            (Synchronisation::Follows(Some(-1.5)), Level::Warning),
            (Synchronisation::Free, Level::Warning),
            (Synchronisation::Unknown, Level::Warning),
        ] {
            assert_eq!(judge(synchronisation).level, level, "{synchronisation:?}");
        }
    }

    #[tokio::test]
    async fn a_program_that_is_missing_or_fails_says_nothing() {
        assert_eq!(run("giaoban-no-such-program", &[]).await, None);
        assert_eq!(run("false", &[]).await, None);
        assert_eq!(run("echo", &["yes"]).await.as_deref(), Some("yes\n"));
    }
}

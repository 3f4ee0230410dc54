//! The data directory: that it can be written, that there is room, that what is written is soon on the disk.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::sys::statvfs::statvfs;

use super::finding::{Check, Finding, said};

/// The file that is written to see whether one can be; removed again.
const PROBE: &str = "doctor.probe";

/// Writes that are timed. Their median counts: one may wait for another program.
const WRITES: usize = 15;

/// What a confirmed change writes at most: a page of the database and its log.
const WRITE_SIZE: usize = 8192;

/// A chair's order waits for the disk; above this it is felt.
const SLOW_WRITE: Duration = Duration::from_millis(50);

/// Below this the database and its log may soon find no room.
const LITTLE_ROOM: u64 = 1 << 30;

/// Below this nothing can be relied on.
const NO_ROOM: u64 = 64 << 20;

pub(super) fn examine(data: &Path) -> Vec<Finding> {
    let (place, exists) = nearest(data);
    let written = if exists { write(&place) } else { can_make(&place) };
    let taken = match written {
        Ok(took) => took,
        Err(error) => return vec![unwritable(data, &error)],
    };
    let mut findings = vec![match taken {
        Some(took) => judge_speed(data, took),
        None => Finding::ok(
            Check::Disk,
            said(
                format!("Thư mục dữ liệu {} sẽ được tạo khi khởi động lần đầu", data.display()),
                format!("the data directory {} is made at the first start", data.display()),
            ),
        ),
    }];
    if let Ok(space) = statvfs(&place) {
        let free = space.blocks_available().saturating_mul(space.fragment_size());
        findings.push(judge_room(free));
    }
    findings
}

/// The directory itself, or the nearest above it that exists.
fn nearest(data: &Path) -> (PathBuf, bool) {
    let existing = data.ancestors().find(|place| place.exists());
    let place = existing.map_or_else(|| PathBuf::from("."), Path::to_owned);
    let exists = place == data;
    (place, exists)
}

/// The median time of a write that is forced to the disk.
fn write(place: &Path) -> io::Result<Option<Duration>> {
    let probe = place.join(PROBE);
    let timed = || {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&probe)?;
        let mut times = Vec::with_capacity(WRITES);
        for _ in 0..WRITES {
            let start = Instant::now();
            file.write_all(&[0; WRITE_SIZE])?;
            file.sync_data()?;
            times.push(start.elapsed());
        }
        times.sort_unstable();
        Ok(times.get(WRITES / 2).copied())
    };
    let result = timed();
    // It may never have been made.
    let _ = std::fs::remove_file(&probe);
    result
}

/// Whether the data directory could be made under `place`: a file can.
fn can_make(place: &Path) -> io::Result<Option<Duration>> {
    write(place).map(|_| None)
}

fn unwritable(data: &Path, error: &io::Error) -> Finding {
    Finding::fault(
        Check::Disk,
        said(
            format!("Không ghi được thư mục dữ liệu {}: {error}", data.display()),
            format!("the data directory {} cannot be written: {error}", data.display()),
        ),
        said(
            "Chạy lệnh này bằng tài khoản chạy máy chủ giao ban, hoặc chỉ thư mục khác bằng --data",
            "run this as the account that runs the gateway, or name another directory with --data",
        ),
    )
}

fn judge_speed(data: &Path, took: Duration) -> Finding {
    let milliseconds = took.as_secs_f64() * 1000.0;
    if took <= SLOW_WRITE {
        return Finding::ok(
            Check::Disk,
            said(
                format!("Ghi được {}; mỗi lần ghi chắc chắn mất {milliseconds:.1} ms", data.display()),
                format!("{} can be written; a write is on the disk in {milliseconds:.1} ms", data.display()),
            ),
        );
    }
    Finding::warning(
        Check::Disk,
        said(
            format!("Đĩa chậm: mỗi lần ghi chắc chắn mất {milliseconds:.0} ms; lệnh của chủ trì phải chờ"),
            format!(
                "the disk is slow: a write is on it only after {milliseconds:.0} ms; the chair's orders wait for it"
            ),
        ),
        said(
            "Đặt thư mục dữ liệu lên đĩa SSD của chính máy này (--data)",
            "put the data directory on an SSD of this machine (--data)",
        ),
    )
}

fn judge_room(free: u64) -> Finding {
    let megabytes = free >> 20;
    let left = said(format!("Đĩa còn trống {megabytes} MB"), format!("{megabytes} MB are free on the disk"));
    let step = said(
        "Dọn đĩa hoặc chuyển thư mục dữ liệu sang đĩa lớn hơn (--data)",
        "make room, or move the data directory to a larger disk (--data)",
    );
    match free {
        0..NO_ROOM => Finding::fault(Check::Disk, left, step),
        NO_ROOM..LITTLE_ROOM => Finding::warning(Check::Disk, left, step),
        _ => Finding::ok(Check::Disk, left),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Level;
    use super::*;
    use crate::testing::TemporaryDirectory;

    #[test]
    fn a_place_that_cannot_be_written_is_a_fault_and_nothing_is_left_in_one_that_can() {
        let temporary = TemporaryDirectory::new();
        std::fs::write(temporary.path().join("file"), "").unwrap();
        let findings = examine(&temporary.path().join("file/data"));
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].level, Level::Fault, "{findings:?}");

        let findings = examine(temporary.path());
        assert!(findings[0].level < Level::Fault && findings[0].meaning.en.contains("ms"), "{findings:?}");
        assert!(!temporary.path().join(PROBE).exists());
    }

    #[test]
    fn a_directory_that_does_not_exist_yet_is_not_made() {
        let temporary = TemporaryDirectory::new();
        let data = temporary.path().join("a/b");
        let findings = examine(&data);
        assert_eq!(findings[0].level, Level::Ok, "{findings:?}");
        assert!(!temporary.path().join("a").exists());
    }

    #[test]
    fn little_room_is_a_warning_and_none_a_fault() {
        for (free, level) in [
            (NO_ROOM - 1, Level::Fault),
            (NO_ROOM, Level::Warning),
            (LITTLE_ROOM - 1, Level::Warning),
            (LITTLE_ROOM, Level::Ok),
        ] {
            assert_eq!(judge_room(free).level, level, "{free}");
        }
    }

    #[test]
    fn a_slow_disk_is_a_warning() {
        let at = Path::new("/data");
        assert_eq!(judge_speed(at, SLOW_WRITE).level, Level::Ok);
        assert_eq!(judge_speed(at, SLOW_WRITE + Duration::from_millis(1)).level, Level::Warning);
    }
}

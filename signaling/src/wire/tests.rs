//! The committed texts made from these types: generated TypeScript and one golden file a message.
//!
//! `UPDATE_GOLDEN=1 cargo test -p giaoban-signaling` writes them anew.

mod golden;
mod parse;
mod typescript;

use std::path::{Path, PathBuf};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the repository").to_path_buf()
}

fn updating() -> bool {
    std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1")
}

/// The committed file must hold `text`; when updating it is written first.
fn assert_committed(path: &Path, text: &str) {
    if updating() {
        std::fs::create_dir_all(path.parent().expect("a file in a folder")).expect("its folder");
        std::fs::write(path, text).expect("written");
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == text,
        "{} is not what the types say now: UPDATE_GOLDEN=1 cargo test -p giaoban-signaling, then read the diff",
        path.display()
    );
}

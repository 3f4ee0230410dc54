//! Puts the built web client into the program: every file of `web/dist`, also compressed, with an entity tag.
//! Without `web/dist` the program still builds, and its page says what is missing.

use std::collections::hash_map::DefaultHasher;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::hash::Hasher;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

/// Shown in place of the client in a build without it.
const NOT_BUILT: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Giaoban</title>\n\
    <p>This build of the gateway has no web client: build it with <code>make web</code>, then build the gateway again.</p>\n\
    <p lang=\"vi\">Bản dựng này chưa có trang web: chạy <code>make web</code> rồi dựng lại chương trình.</p>\n</html>\n";

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let dist = root.join("web/dist");
    // Of a missing path cargo runs this again at each build, so a client that is built later is found.
    println!("cargo::rerun-if-changed={}", dist.display());
    println!("cargo::rerun-if-changed=build.rs");

    let mut files = Vec::new();
    if dist.join("index.html").exists() {
        collect(&dist, &mut files)?;
    } else {
        let page = out.join("not-built.html");
        fs::write(&page, NOT_BUILT)?;
        files.push((String::from("index.html"), page));
    }
    files.sort();

    let mut table = String::from("[\n");
    for (number, (name, path)) in files.iter().enumerate() {
        let content = fs::read(path)?;
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(&content)?;
        let gzip = gzip.finish()?;
        let compressed = if gzip.len() < content.len() {
            let place = out.join(format!("asset-{number}.gz"));
            fs::write(&place, &gzip)?;
            format!("Some(include_bytes!({:?}))", place.display().to_string())
        } else {
            String::from("None")
        };
        writeln!(
            table,
            "    Asset {{ path: {name:?}, content: include_bytes!({:?}), gzip: {compressed}, tag: \"{:016x}\" }},",
            path.display().to_string(),
            tag(&content),
        )?;
    }
    table.push(']');
    fs::write(out.join("assets.rs"), table)?;
    Ok(())
}

/// Every file under `directory`, with its path relative to it.
fn collect(directory: &Path, files: &mut Vec<(String, PathBuf)>) -> Result<(), Box<dyn Error>> {
    let mut open = vec![(String::new(), directory.to_owned())];
    while let Some((prefix, directory)) = open.pop() {
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                open.push((format!("{name}/"), entry.path()));
            } else {
                files.push((name, entry.path()));
            }
        }
    }
    Ok(())
}

/// Tells two contents of the same path apart; need not withstand an attacker, who cannot write `web/dist`.
fn tag(content: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(content);
    hasher.finish()
}

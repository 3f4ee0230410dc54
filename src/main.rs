//! The `giaoban` command.
fn main() {}

//! Every message as a file that the tests of Rust and of TypeScript both read.

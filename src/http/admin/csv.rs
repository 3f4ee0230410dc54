//! Tables as text (RFC 4180), for spreadsheets.

use std::collections::HashMap;

use super::fault::LineProblem;

/// Begins a cell that a spreadsheet might take for a formula.
const GUARD: char = '\'';

/// Writes a table. The byte order mark tells spreadsheets that it is UTF-8.
pub fn write(heading: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>, ::csv::Error> {
    let mut writer =
        ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(b"\xef\xbb\xbf".to_vec());
    writer.write_record(heading)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| guarded(cell)))?;
    }
    writer.into_inner().map_err(|error| ::csv::Error::from(error.into_error()))
}

/// A table's rows by the names in its heading.
pub struct Row {
    /// The line, counted from 1 with the heading.
    pub line: usize,
    cells: HashMap<&'static str, String>,
}

impl Row {
    /// A cell, trimmed; empty if its column is missing.
    pub fn cell(&self, name: &str) -> &str {
        self.cells.get(name).map_or("", String::as_str)
    }
}

/// Reads a table whose heading names the columns, in any order; a column that is not known is a fault, so that none is
/// ignored in silence. Also takes `;` between cells, as spreadsheets write where the comma is decimal.
pub fn read(text: &[u8], columns: &[&'static str]) -> Result<Vec<Row>, Vec<LineProblem>> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let delimiter = if first.contains(&b';') && !first.contains(&b',') { b';' } else { b',' };
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .trim(::csv::Trim::All)
        .flexible(false)
        .from_reader(text);
    let fault = |line, detail: String| vec![LineProblem { line, code: "bad_table", detail }];
    let heading = reader.headers().map_err(|error| fault(1, error.to_string()))?.clone();
    let mut names = Vec::new();
    for name in &heading {
        let known = columns.iter().find(|column| **column == name.to_lowercase());
        names.push(*known.ok_or_else(|| fault(1, format!("the columns are {}", columns.join(", "))))?);
    }
    let (mut rows, mut lines) = (Vec::new(), Lines { text, byte: 0, line: 1 });
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(1, |position| lines.of(position.byte()));
            fault(line, "this line has more or fewer cells, or is not UTF-8".to_owned())
        })?;
        let line = record.position().map_or(1, |position| lines.of(position.byte()));
        let cells = names.iter().copied().zip(record.iter().map(unguarded)).collect();
        rows.push(Row { line, cells });
    }
    Ok(rows)
}

/// Counts lines along a text. The reader's own count stands at the end of the line before, and before empty lines.
struct Lines<'a> {
    text: &'a [u8],
    byte: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line of the record that begins at a byte, or after the ends of lines there. Bytes only rise.
    fn of(&mut self, byte: u64) -> usize {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX);
        let rest = self.text.get(self.byte..).unwrap_or_default();
        let before = byte.saturating_sub(self.byte);
        let ends = rest.iter().skip(before).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = rest.get(..before.saturating_add(ends)).unwrap_or(rest);
        self.line += passed.iter().filter(|byte| **byte == b'\n').count();
        self.byte += passed.len();
        self.line
    }
}

/// A spreadsheet takes a cell that begins with one of these for a formula, and with it runs what a stranger wrote
/// (OWASP, "CSV injection").
fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

fn guarded(cell: &str) -> String {
    if is_formula(cell.trim_start_matches(GUARD)) { format!("{GUARD}{cell}") } else { cell.to_owned() }
}

fn unguarded(cell: &str) -> String {
    match cell.strip_prefix(GUARD) {
        Some(rest) if is_formula(rest.trim_start_matches(GUARD)) => rest.to_owned(),
        _ => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_reading_gives_back_what_was_written() {
        for cell in ["=1+1", "+84 24", "-1", "@SUM(A1)", "'=1", "''=1", "Tỉnh \"A\", B", "d'Arc", "'"] {
            let rows = [vec![cell.to_owned(), "x".to_owned()]];
            let text = write(&["name", "code"], rows.into_iter()).unwrap();
            let line = String::from_utf8(text.clone()).unwrap();
            let written = line.lines().nth(1).unwrap().trim_start_matches('"');
            assert!(!is_formula(written), "{line}");
            let read = read(&text, &["code", "name"]).ok().unwrap();
            assert_eq!((read[0].cell("name"), read[0].line), (cell, 2));
        }
    }

    #[test]
    fn columns_are_known_by_their_names_and_an_unknown_one_is_a_fault() {
        let rows = read(b"Name;CODE\r\nA;1\r\n", &["code", "name"]).ok().unwrap();
        assert_eq!((rows[0].cell("code"), rows[0].cell("name"), rows[0].cell("parent")), ("1", "A", ""));
        let lines = |text: &str| -> Vec<usize> {
            read(text.as_bytes(), &["code"]).err().unwrap().iter().map(|fault| fault.line).collect()
        };
        assert_eq!(lines("code,colour\r\n"), [1]);
        assert_eq!(lines("code\r\na\r\na,b\r\n"), [3]);
        assert_eq!(lines("code\n\na\n\r\na,b\n"), [5]);
    }
}

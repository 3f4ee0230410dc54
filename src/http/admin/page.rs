//! Pages of a long list, and the answer to a change.

use giaoban_directory::{Change, Date, Directory, UnitId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Items on a page when nothing is said, and at most.
const USUAL: usize = 100;
const MOST: usize = 1000;

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// Items after this number: `next` of the page before.
    pub after: Option<u32>,
    /// Items on the page, 1 to 1000; 100 when nothing is said.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<usize>,
    /// As of which day; today when nothing is said.
    #[param(value_type = Option<String>, format = Date)]
    pub as_of: Option<Date>,
    /// Only what is right in this unit: units below it, people of it.
    pub unit: Option<u32>,
    /// And what is in the units below that one.
    #[serde(default)]
    pub below: bool,
    /// Only what has this in its name or code; marks and capitals do not count.
    pub q: Option<String>,
}

impl Paging {
    /// Whether what belongs to a unit on a day is asked for.
    pub fn takes(&self, unit: Option<UnitId>, directory: &Directory, day: Date) -> bool {
        let Some(asked) = self.unit.map(UnitId) else { return true };
        unit == Some(asked) || (self.below && unit.is_some_and(|unit| directory.is_within(unit, asked, day)))
    }
}

/// One page.
#[derive(Serialize, ToSchema)]
pub struct Page<T> {
    /// The items, by number.
    pub items: Vec<T>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u32>,
}

impl<T> Page<T> {
    /// The page that is asked for, of items in the order of their numbers.
    pub fn of<S>(
        all: impl Iterator<Item = S>,
        paging: &Paging,
        number: impl Fn(&S) -> u32,
        show: impl Fn(S) -> T,
    ) -> Self {
        let limit = paging.limit.unwrap_or(USUAL).clamp(1, MOST);
        let mut rest = all.filter(|item| paging.after.is_none_or(|after| number(item) > after));
        let mut last = None;
        let mut items = Vec::new();
        for item in rest.by_ref().take(limit) {
            last = Some(number(&item));
            items.push(show(item));
        }
        let next = rest.next().and(last);
        Self { items, next }
    }
}

/// The numbers of what a change made or changed; what is new comes first.
#[derive(Serialize, ToSchema, Default)]
pub struct Changed {
    /// Units.
    pub units: Vec<u32>,
    /// People.
    pub people: Vec<u32>,
    /// Appointments.
    pub appointments: Vec<u32>,
}

impl From<&[Change]> for Changed {
    fn from(changes: &[Change]) -> Self {
        let mut changed = Self::default();
        for change in changes {
            match change {
                Change::Unit(unit) => changed.units.push(unit.id.0),
                Change::Person(person) => changed.people.push(person.id.0),
                Change::Appointment(appointment) => changed.appointments.push(appointment.id.0),
            }
        }
        changed
    }
}

/// Whether a text is found in another as people search Vietnamese: without capitals and without marks.
pub fn finds(within: &str, sought: &str) -> bool {
    plain(within).contains(&plain(sought))
}

fn plain(text: &str) -> String {
    let letter = |letter: char| match letter {
        'à' | 'á' | 'ả' | 'ã' | 'ạ' | 'ă' | 'ằ' | 'ắ' | 'ẳ' | 'ẵ' | 'ặ' | 'â' | 'ầ' | 'ấ' | 'ẩ' | 'ẫ'
        | 'ậ' => 'a',
        'è' | 'é' | 'ẻ' | 'ẽ' | 'ẹ' | 'ê' | 'ề' | 'ế' | 'ể' | 'ễ' | 'ệ' => 'e',
        'ì' | 'í' | 'ỉ' | 'ĩ' | 'ị' => 'i',
        'ò' | 'ó' | 'ỏ' | 'õ' | 'ọ' | 'ô' | 'ồ' | 'ố' | 'ổ' | 'ỗ' | 'ộ' | 'ơ' | 'ờ' | 'ớ' | 'ở' | 'ỡ'
        | 'ợ' => 'o',
        'ù' | 'ú' | 'ủ' | 'ũ' | 'ụ' | 'ư' | 'ừ' | 'ứ' | 'ử' | 'ữ' | 'ự' => 'u',
        'ỳ' | 'ý' | 'ỷ' | 'ỹ' | 'ỵ' => 'y',
        'đ' => 'd',
        other => other,
    };
    // Marks that stand for themselves (decomposed text) are left out.
    text.to_lowercase().chars().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paging(after: Option<u32>, limit: usize) -> Paging {
        Paging { after, limit: Some(limit), as_of: None, unit: None, below: false, q: None }
    }

    #[test]
    fn pages_follow_each_other_without_gap_and_the_last_says_so() {
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = Page::of(1..=7u32, &paging(after, 3), |number| *number, |number| number);
            seen.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen, [1, 2, 3, 4, 5, 6, 7]);
        let full = Page::of(1..=3u32, &paging(None, 3), |number| *number, |number| number);
        assert_eq!(full.next, None);
    }

    #[test]
    fn a_search_needs_neither_marks_nor_capitals() {
        assert!(finds("Tỉnh Điện Biên", "dien bien"));
        assert!(finds("Tỉnh Đie\u{302}\u{323}n Biên", "điện"));
        assert!(!finds("Tỉnh Điện Biên", "lai chau"));
    }
}

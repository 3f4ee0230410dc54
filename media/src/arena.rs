//! Values in a row that are found by a key in constant time.

/// Names one value of an [`Arena`] for as long as it lives. The key of a removed value finds nothing, ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    position: u32,
    generation: u32,
}

struct Place<T> {
    generation: u32,
    value: Option<T>,
}

/// A growing row of values; removed places are used again under a new generation.
pub struct Arena<T> {
    places: Vec<Place<T>>,
    vacant: Vec<u32>,
}

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Self { places: Vec::new(), vacant: Vec::new() }
    }
}

impl<T> Arena<T> {
    /// Keeps a value.
    pub fn insert(&mut self, value: T) -> Key {
        while let Some(position) = self.vacant.pop() {
            if let Some(place) = self.places.get_mut(position as usize) {
                place.value = Some(value);
                return Key { position, generation: place.generation };
            }
        }
        let position = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        self.places.push(Place { generation: 0, value: Some(value) });
        Key { position, generation: 0 }
    }

    /// Takes a value out.
    pub fn remove(&mut self, key: Key) -> Option<T> {
        let place = self.places.get_mut(key.position as usize)?;
        if place.generation != key.generation {
            return None;
        }
        let value = place.value.take()?;
        place.generation = place.generation.wrapping_add(1);
        self.vacant.push(key.position);
        Some(value)
    }

    /// Whether it holds no value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.len() == self.vacant.len()
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: Key) -> Option<&T> {
        let place = self.places.get(key.position as usize)?;
        if place.generation == key.generation { place.value.as_ref() } else { None }
    }

    /// The value of a key.
    pub fn get_mut(&mut self, key: Key) -> Option<&mut T> {
        let place = self.places.get_mut(key.position as usize)?;
        if place.generation == key.generation { place.value.as_mut() } else { None }
    }

    /// All values in the order of their places.
    pub fn iter(&self) -> impl Iterator<Item = (Key, &T)> {
        self.places.iter().enumerate().filter_map(|(position, place)| {
            let key = Key { position: u32::try_from(position).ok()?, generation: place.generation };
            Some((key, place.value.as_ref()?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_a_removed_value_does_not_find_its_successor() {
        let mut arena = Arena::default();
        let first = arena.insert("first");
        assert_eq!(arena.remove(first), Some("first"));
        let second = arena.insert("second");
        assert_eq!(arena.get(first), None);
        assert_eq!(arena.remove(first), None);
        assert_eq!(arena.get(second), Some(&"second"));
        assert_eq!(arena.iter().count(), 1);
    }
}

//! Which simulcast layer a receiver gets.

use std::time::Duration;

/// A layer that has been silent for so long while a sister was not is no longer sent: every layer
/// carries every frame, so that a gap of this length is neither loss nor a low frame rate.
pub const LAYER_SILENCE: Duration = Duration::from_millis(500);

/// A simulcast layer's position in the offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LayerIndex(pub u8);

/// What is known of one layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layer {
    /// Which.
    pub index: LayerIndex,
    /// Height of its picture; `None` until a key frame has told.
    pub height: Option<u16>,
}

/// The layer for a picture of `wish` pixels' height, out of those that are alive: the smallest that has
/// at least nine tenths of it, else the tallest, else one whose height is not known yet.
#[must_use]
pub fn choose(alive: &[Layer], wish: u16) -> Option<LayerIndex> {
    let known = |layer: &Layer| layer.height.map(|height| (height, layer.index));
    let enough = |&(height, _): &(u16, LayerIndex)| u32::from(height) * 10 >= u32::from(wish) * 9;
    let smallest = alive.iter().filter_map(known).filter(enough).min_by_key(|&(height, _)| height);
    let tallest = || alive.iter().filter_map(known).max_by_key(|&(height, _)| height);
    let unknown = || alive.first().map(|layer| layer.index);
    smallest.or_else(tallest).map(|(_, index)| index).or_else(unknown)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn layer(index: u8, height: u16) -> Layer {
        Layer { index: LayerIndex(index), height: Some(height) }
    }

    #[test]
    fn the_smallest_layer_of_nine_tenths_of_the_wish_is_chosen() {
        let layers = [layer(0, 180), layer(1, 360), layer(2, 720)];
        assert_eq!(choose(&layers, 180), Some(LayerIndex(0)));
        assert_eq!(choose(&layers, 200), Some(LayerIndex(0)));
        assert_eq!(choose(&layers, 201), Some(LayerIndex(1)));
        assert_eq!(choose(&layers, 720), Some(LayerIndex(2)));
    }

    #[test]
    fn with_none_large_enough_the_tallest_is_chosen() {
        assert_eq!(choose(&[layer(0, 180), layer(1, 360)], 1080), Some(LayerIndex(1)));
    }

    #[test]
    fn with_none_small_enough_the_next_higher_is_chosen() {
        assert_eq!(choose(&[layer(1, 360), layer(2, 720)], 90), Some(LayerIndex(1)));
    }

    #[test]
    fn an_unknown_height_is_taken_only_when_nothing_is_known() {
        let unknown = Layer { index: LayerIndex(0), height: None };
        assert_eq!(choose(&[unknown, layer(1, 360)], 90), Some(LayerIndex(1)));
        assert_eq!(choose(&[unknown], 90), Some(LayerIndex(0)));
        assert_eq!(choose(&[], 90), None);
    }

    proptest! {
        #[test]
        fn no_smaller_layer_would_have_done(heights in prop::collection::vec(1_u16..4000, 1..4), wish in 0_u16..4000) {
            let layers: Vec<Layer> = (0..).zip(&heights).map(|(index, &height)| layer(index, height)).collect();
            let chosen = choose(&layers, wish).and_then(|index| heights.get(usize::from(index.0)).copied()).unwrap();
            for &height in &heights {
                let enough = u32::from(height) * 10 >= u32::from(wish) * 9;
                prop_assert!(!enough || chosen <= height || u32::from(chosen) * 10 < u32::from(wish) * 9);
                prop_assert!(enough || height <= chosen);
            }
        }
    }
}

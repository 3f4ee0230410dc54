use proptest::prelude::*;

use super::*;

/// Lays out fields from the left: (width, value) each.
fn pack(fields: &[(u32, u32)]) -> Vec<u8> {
    let bits: Vec<bool> = fields
        .iter()
        .flat_map(|&(width, value)| (0..width).rev().map(move |place| value >> place & 1 != 0))
        .collect();
    bits.chunks(8)
        .map(|byte| {
            byte.iter().enumerate().fold(0, |octet, (place, &bit)| octet | u8::from(bit) << (7 - place))
        })
        .collect()
}

const HEAD: [(u32, u32); 4] = [(1, 1), (1, 0), (6, 5), (16, 0x1234)];
const FLAGS_STRUCTURE: [(u32, u32); 5] = [(1, 1), (1, 0), (1, 0), (1, 0), (1, 0)];
const FLAGS_STRUCTURE_AND_MASK: [(u32, u32); 5] = [(1, 1), (1, 1), (1, 0), (1, 0), (1, 0)];
const FLAGS_MASK: [(u32, u32); 5] = [(1, 0), (1, 1), (1, 0), (1, 0), (1, 0)];

/// Two spatial layers of two temporal layers each: four templates, four decode targets, two chains.
fn structure() -> Vec<(u32, u32)> {
    let mut fields = vec![(6, 7), (5, 3)];
    fields.extend([(2, 1), (2, 2), (2, 1), (2, 3)]); // next temporal, next spatial, next temporal, end
    fields.extend([(2, 3); 16]); // indications
    fields.extend([(1, 0), (1, 1), (4, 1), (1, 0), (1, 1), (4, 0), (1, 1), (4, 3), (1, 0), (1, 0)]); // frame distances
    fields.push((2, 2)); // two chains, a number below 5
    fields.extend([(1, 0), (1, 0), (1, 1), (1, 1)]); // protecting chains, below 2
    fields.extend([(4, 15); 8]); // chain distances
    fields.push((1, 1)); // resolutions
    fields.extend([(16, 319), (16, 179), (16, 639), (16, 359)]);
    fields
}

const KNOWN: Structure = Structure { decode_targets: 4, templates: 4, spatial_layers: 2 };

fn descriptor(structure: Option<Structure>, active_decode_targets: Option<u32>) -> Descriptor {
    Descriptor {
        frame_start: true,
        frame_end: false,
        template_id: 5,
        frame_number: 0x1234,
        structure,
        active_decode_targets,
    }
}

#[test]
fn three_bytes_are_a_whole_descriptor() {
    assert_eq!(Descriptor::parse(&[0x85, 0x12, 0x34], None), Ok(descriptor(None, None)));
    assert_eq!(Descriptor::parse(&[0x85, 0x12], None), Err(ParseError::Truncated));
    let last = Descriptor::parse(&[0x45, 0x12, 0x34], None).expect("a descriptor");
    assert!(last.frame_end && !last.frame_start);
}

#[test]
fn a_structure_is_measured_to_find_the_mask_behind_it() {
    let fields = [&HEAD[..], &FLAGS_STRUCTURE_AND_MASK, &structure(), &[(4, 0b0101)]].concat();
    let data = pack(&fields);
    assert_eq!(Descriptor::parse(&data, None), Ok(descriptor(Some(KNOWN), Some(0b0101))));
    for end in 4..data.len() {
        assert_eq!(Descriptor::parse(&data[..end], None), Err(ParseError::Truncated), "{end} bytes");
    }
}

#[test]
fn a_structure_without_chains_and_resolutions_is_shorter() {
    let single = [(6, 0), (5, 0), (2, 3), (2, 2), (1, 0), (1, 0), (1, 0)];
    let data = pack(&[&HEAD[..], &FLAGS_STRUCTURE_AND_MASK, &single, &[(1, 1)]].concat());
    let expected = Structure { decode_targets: 1, templates: 1, spatial_layers: 1 };
    assert_eq!(Descriptor::parse(&data, None), Ok(descriptor(Some(expected), Some(1))));
}

#[test]
fn a_mask_alone_is_as_wide_as_the_last_structure_says() {
    let data = pack(&[&HEAD[..], &FLAGS_MASK, &[(4, 0b1001)]].concat());
    assert_eq!(Descriptor::parse(&data, Some(KNOWN)), Ok(descriptor(None, Some(0b1001))));
    assert_eq!(Descriptor::parse(&data, None), Ok(descriptor(None, None)));
}

#[test]
fn too_many_templates_or_layers_are_refused() {
    for step in [0, 2] {
        let layers = [(2, step); 80];
        let data = pack(&[&HEAD[..], &FLAGS_STRUCTURE, &[(6, 0), (5, 0)], &layers].concat());
        assert_eq!(Descriptor::parse(&data, None), Err(ParseError::Excessive));
    }
}

#[test]
fn a_number_below_a_limit_takes_as_few_bits_as_it_can() {
    // The example of the specification's table for n = 5: 00, 01, 10, 110, 111.
    for (value, code) in [(0, (2, 0)), (1, (2, 1)), (2, (2, 2)), (3, (3, 6)), (4, (3, 7))] {
        let mut bits = Bits { bytes: &pack(&[code]), position: 0 };
        assert_eq!((bits.below(5), bits.position), (Ok(value), code.0 as usize));
    }
    let mut bits = Bits { bytes: &[], position: 0 };
    assert_eq!(bits.below(1), Ok(0), "of one value nothing needs to be said");
}

#[test]
fn only_the_frame_number_is_rewritten() {
    let mut data = pack(&[&HEAD[..], &FLAGS_STRUCTURE, &structure()].concat());
    let before = data.clone();
    rewrite_frame_number(&mut data, 0xBEEF);
    assert_eq!((data[0], &data[1..3], &data[3..]), (before[0], &[0xBE, 0xEF][..], &before[3..]));
    let mut short = [1, 2];
    rewrite_frame_number(&mut short, 0xBEEF);
    assert_eq!(short, [1, 2]);
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(
        data in proptest::collection::vec(any::<u8>(), 0..255),
        decode_targets in proptest::option::of(1u8..=32),
    ) {
        let known = decode_targets.map(|decode_targets| Structure { decode_targets, ..KNOWN });
        if let Ok(Descriptor { structure: Some(structure), .. }) = Descriptor::parse(&data, known) {
            prop_assert!((1..=32).contains(&structure.decode_targets));
            prop_assert!((1..=64).contains(&structure.templates));
            prop_assert!((1..=4).contains(&structure.spatial_layers));
        }
    }
}

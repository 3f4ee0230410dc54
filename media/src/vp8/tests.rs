use proptest::prelude::*;

use super::*;

/// What libvpx in a browser sends: 15-bit picture id, TL0PICIDX, TID and KEYIDX, on the first packet of a key frame.
const BROWSER: [u8; 16] = [
    0x90, 0xE0, 0x81, 0x02, 0x07, 0x60, // descriptor
    0x50, 0x42, 0x00, 0x9D, 0x01, 0x2A, 0x80, 0x82, 0x68, 0x41, // 640 by 360, scale bits set
];

#[test]
fn a_browsers_descriptor_is_read_field_by_field() {
    let descriptor = Descriptor::parse(&BROWSER).expect("a descriptor");
    assert_eq!(
        descriptor,
        Descriptor {
            discardable: false,
            partition_start: true,
            partition: 0,
            picture_id: Some(PictureId::Long(0x0102)),
            tl0_index: Some(7),
            layering: Some(Layering { temporal: Some(1), sync: true, key_index: None }),
            length: 6,
        }
    );
    assert!(descriptor.frame_start());
}

#[test]
fn a_descriptor_without_extensions_is_one_byte() {
    let descriptor = Descriptor::parse(&[0x23, 0xFF]).expect("a descriptor");
    assert_eq!((descriptor.length, descriptor.picture_id, descriptor.partition), (1, None, 3));
    assert!(descriptor.discardable && !descriptor.frame_start());
}

#[test]
fn a_short_picture_id_takes_one_byte() {
    let descriptor = Descriptor::parse(&[0x80, 0x80, 0x7F]).expect("a descriptor");
    assert_eq!((descriptor.picture_id, descriptor.length), (Some(PictureId::Short(127)), 3));
}

#[test]
fn a_key_index_without_temporal_layer_is_read_alone() {
    let descriptor = Descriptor::parse(&[0x80, 0x10, 0xDF]).expect("a descriptor");
    let layering = Layering { temporal: None, sync: false, key_index: Some(31) };
    assert_eq!((descriptor.layering, descriptor.length), (Some(layering), 3));
}

#[test]
fn a_payload_that_ends_within_its_descriptor_is_refused() {
    for end in 0..6 {
        assert_eq!(Descriptor::parse(&BROWSER[..end]), Err(Truncated), "{end} bytes");
    }
}

#[test]
fn a_key_frame_tells_its_size_without_the_scaling_bits() {
    let descriptor = Descriptor::parse(&BROWSER).expect("a descriptor");
    assert_eq!(descriptor.key_frame_size(&BROWSER), Some(FrameSize { width: 640, height: 360 }));
    assert!(descriptor.starts_key_frame(&BROWSER[..9]));
    assert_eq!(descriptor.key_frame_size(&BROWSER[..15]), None, "the packet ends before the size does");
    let mut no_start_code = BROWSER;
    no_start_code[9] = 0;
    assert_eq!(descriptor.key_frame_size(&no_start_code), None);
}

#[test]
fn only_the_first_packet_of_an_intra_coded_frame_is_a_key_frame() {
    let mut inter = BROWSER;
    inter[6] |= 1;
    let mut middle = BROWSER;
    middle[0] &= !0x10;
    let mut second_partition = BROWSER;
    second_partition[0] |= 1;
    for payload in [inter, middle, second_partition] {
        let descriptor = Descriptor::parse(&payload).expect("a descriptor");
        assert!(!descriptor.starts_key_frame(&payload));
        assert_eq!(descriptor.key_frame_size(&payload), None);
    }
    let descriptor = Descriptor::parse(&BROWSER).expect("a descriptor");
    assert!(!descriptor.starts_key_frame(&BROWSER[..6]), "no payload");
}

#[test]
fn a_picture_id_keeps_its_width() {
    assert_eq!(PictureId::Short(1).with(0x1FF), PictureId::Short(0x7F));
    assert_eq!(PictureId::Long(1).with(0xFFFF), PictureId::Long(0x7FFF));
    assert_eq!(PictureId::Long(1).with(0xFFFF).get(), 0x7FFF);
    assert_eq!(PictureId::Short(5).get(), 5);
}

proptest! {
    #[test]
    fn a_rewrite_changes_the_two_counters_and_nothing_else(
        mut payload in proptest::collection::vec(any::<u8>(), 0..12),
        picture_id in any::<u16>(),
        tl0_index in any::<u8>(),
    ) {
        let before = payload.clone();
        let Ok(descriptor) = Descriptor::parse(&payload) else { return Ok(()) };
        let _ = descriptor.key_frame_size(&payload);
        descriptor.rewrite(&mut payload, picture_id, tl0_index);
        let expected = Descriptor {
            picture_id: descriptor.picture_id.map(|old| old.with(picture_id)),
            tl0_index: descriptor.tl0_index.map(|_| tl0_index),
            ..descriptor
        };
        prop_assert_eq!(Descriptor::parse(&payload), Ok(expected));
        let old = (descriptor.picture_id.map_or(0, PictureId::get), descriptor.tl0_index.unwrap_or(0));
        descriptor.rewrite(&mut payload, old.0, old.1);
        prop_assert_eq!(payload, before);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(payload in proptest::collection::vec(any::<u8>(), 0..40)) {
        if let Ok(descriptor) = Descriptor::parse(&payload) {
            prop_assert!(descriptor.length <= payload.len());
        }
    }
}

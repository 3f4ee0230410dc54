use super::*;

fn printed(language: Language) -> String {
    let text = |vi: &str, en: &str| Said { vi: vi.to_owned(), en: en.to_owned() };
    let finding =
        |level, step| Finding { check: Check::Clock, level, meaning: text("nghĩa", "meaning"), step };
    let findings = [
        finding(Level::Ok, None),
        finding(Level::Warning, Some(text("bước", "step"))),
        finding(Level::Fault, None),
    ];
    let mut out = Vec::new();
    write_findings(&mut out, &findings, language).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn findings_are_lines_with_their_step_and_a_sum_in_the_language_asked_for() {
    let english = "ok        clock        meaning\n\
                   WARNING   clock        meaning\n\
                   \u{20}                      → step\n\
                   FAULT     clock        meaning\n\
                   1 ok, 1 to heed, 1 at fault\n";
    assert_eq!(printed(Language::English), english);
    let vietnamese = printed(Language::Vietnamese);
    assert!(vietnamese.contains("CẢNH BÁO  đồng hồ      nghĩa\n"), "{vietnamese}");
    assert!(
        vietnamese.contains("→ bước\n") && vietnamese.ends_with("1 tốt, 1 cảnh báo, 1 lỗi\n"),
        "{vietnamese}"
    );
}

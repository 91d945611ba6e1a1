use super::*;

fn pairs(query: &str) -> Vec<(String, String)> {
    let uri = format!("/answers?{query}").parse().unwrap();
    Query::try_from_uri(&uri).map(|Query(pairs)| pairs).unwrap()
}

fn asked(query: &str) -> Result<Filters, Trouble> {
    Asked { path: "/answers".to_owned(), pairs: pairs(query), file: None }.filters(ANSWERS)
}

/// The address that a query leads to; the same one if it is the view's own.
fn led_to(query: &str) -> String {
    match asked(query) {
        Ok(filters) => filters.href("/answers"),
        Err(Trouble::To { path, .. }) => path,
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn a_view_has_one_address() {
    let own = "period=2026-10&q=agent&team=first&team=returns&tag!=promo&band=low";
    assert!(asked(own).is_ok());
    assert_eq!(
        led_to("band=low&team=returns&tag!=promo&q=agent&team=first&period=2026-10"),
        format!("/answers?{own}")
    );
    assert_eq!(led_to("from=2026-10-03&to=2026-10-20"), "/answers?period=2026-10-03..2026-10-20");
    assert_eq!(led_to("agent=*&team=first&after=0&text="), "/answers?team=first");
    assert_eq!(led_to("tag="), "/answers?tag=");
    assert_eq!(led_to(""), "/answers");
}

#[test]
fn what_is_not_known_is_kept_aside() {
    let filters =
        Filters::read(&pairs("period=2026-10&colour=red&band=worst&vs=year&band!=low&wait=9..1"), ANSWERS);
    let unknown: Vec<String> =
        filters.unknown.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(unknown, ["colour=red", "band=worst", "vs=year", "band!=low", "wait=9..1"]);
    assert_eq!(filters.chosen().count(), 1);
    assert!(!filters.is_plain() && filters.plain().is_plain());
    // Dates that are no period; read once more, they are the same.
    for dates in ["from=2026-10-20&to=2026-10-03", "from=yesterday&to=2026-10-03", "from=2026-10-03"] {
        assert_eq!(led_to(&format!("{dates}&team=first")), format!("/answers?team=first&{dates}"));
        assert!(asked(&format!("team=first&{dates}")).is_ok(), "{dates}");
    }
}

#[test]
fn of_a_word_given_twice_the_first_value_holds_and_the_other_is_kept_aside() {
    for (query, period, aside) in [
        ("period=2026-10&period=2026-11", "2026-10", &["period=2026-11"][..]),
        ("period=2026-10&from=2026-11-01&to=2026-11-02", "2026-10", &["from=2026-11-01", "to=2026-11-02"]),
        ("period=2026-10-03..2026-10-20&from=2026-10-04", "2026-10-03..2026-10-20", &["from=2026-10-04"]),
    ] {
        let filters = asked(query).unwrap_or_else(|_| panic!("{query} is the view's own address"));
        let unknown: Vec<String> =
            filters.unknown.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let unknown: Vec<&str> = unknown.iter().map(String::as_str).collect();
        assert_eq!((filters.get(Word::Period), unknown.as_slice()), (Some(period), aside), "{query}");
    }
    assert_eq!(led_to("period=2026-10&period=2026-10"), "/answers?period=2026-10");
    // A new value replaces all of them.
    let twice =
        Filters::read(&pairs("period=2026-10&team=a&period=2026-11&from=2026-11-01&colour=red"), ANSWERS);
    assert_eq!(twice.without_any(Word::Period).href(""), "?team=a&colour=red");
    assert_eq!(
        led_to("from=2026-10-03&to=2026-10-20&from=2026-10-04"),
        "/answers?period=2026-10-03..2026-10-20&from=2026-10-04"
    );
}

#[test]
fn an_address_is_read_back() {
    let filters = Filters::default()
        .with(Word::Team, "первая линия & co")
        .with(Word::Tag, NONE)
        .set(Word::Period, "2026-W44")
        .with(Word::Text, "50% + <b>");
    let href = filters.href("/answers");
    assert!(!href.contains(['<', ' ', '+', '"', '\'']), "{href}");
    let read = Filters::read(&pairs(href.split_once('?').unwrap().1), ANSWERS);
    assert_eq!(read, filters);
}

#[test]
fn the_figures_are_asked_the_same() {
    let filters = Filters::read(&pairs("q=agent&team=a&team=&tag!=promo&band=low&reason=slow"), ANSWERS);
    let request = filters.request(Period::parse("2026-10").unwrap());
    let url = request.url("/v1/figures", &request.period.unwrap());
    assert_eq!(
        url,
        "/v1/figures?question=agent&team=(none)&team=a&tag!=promo&band=low&reason=slow&period=2026-10&compare=previous"
    );
}

#[test]
fn of_what_an_event_can_have_several_what_is_left_out_still_holds() {
    let filters = Filters::read(&pairs("team=first&tag!=refund&segment!=vip"), ANSWERS);
    let row = filters.narrow(Word::Tag, "delivery").narrow(Word::Team, "second");
    assert_eq!(row.href(""), "?team=second&tag=delivery&tag!=refund&segment!=vip");
    assert!(filters.can_narrow(Word::Tag, "delivery") && filters.can_narrow(Word::Team, "second"));
    let chosen = Filters::read(&pairs("tag=delivery&tag=payment"), ANSWERS);
    assert!(chosen.can_narrow(Word::Tag, "payment") && !chosen.can_narrow(Word::Tag, "refund"));
    assert_eq!(chosen.narrow(Word::Tag, "payment").href(""), "?tag=payment");
}

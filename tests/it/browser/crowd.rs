//! The crowd's month on the page: it ends in a picture whose counts agree with each other.

use serde_json::{Value, json};

use super::{Page, Screen, play};

/// Waits for the end of the month, as a window hears of it; what came of it.
async fn month(page: &Page) -> Value {
    let mut stream = reqwest::get(format!("{}/live?chats=1", page.url)).await.unwrap();
    // A letter may be in two pieces; a line is whole.
    let mut heard = Vec::new();
    loop {
        heard.extend(stream.chunk().await.unwrap().expect("the demo runs"));
        while let Some(end) = heard.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = heard.drain(..=end).collect();
            let Some(data) = line.strip_prefix(b"data:") else { continue };
            let crowd = serde_json::from_slice::<Value>(data).unwrap()["crowd"].clone();
            if crowd["running"] == false {
                return crowd;
            }
        }
    }
}

#[tokio::test]
async fn the_month_ends_in_a_picture_whose_counts_agree_though_others_buy_too() {
    play("en", Screen::Desktop, |page| async move {
        page.click("[data-kind=purchase]", "").await;
        page.sees("#strip .link", "").await;
        page.click("#crowd", "").await;
        let crowd = month(&page).await;
        assert_eq!(crowd["failed"], Value::Null);
        let outcome = &crowd["outcome"];
        let of = |name: &str| outcome[name].as_u64().unwrap();
        let ends: u64 =
            outcome["ends"].as_array().unwrap().iter().map(|end| end["count"].as_u64().unwrap()).sum();
        assert_eq!((of("events"), crowd["progress"]["events"].as_u64().unwrap()), (ends, ends), "{crowd}");
        assert!(of("events") > of("delivered") && of("delivered") > of("answered"), "{crowd}");
        assert!(of("answered") > of("low") && of("low") > 0, "{crowd}");
        page.sees("#strip .funnel", &ends.to_string()).await;
        for scores in outcome["scores"].as_array().unwrap() {
            let bars = scores["values"].as_array().unwrap().iter();
            let answers: u64 = bars.map(|bar| bar["count"].as_u64().unwrap()).sum();
            assert_eq!(scores["answers"], answers);
            // No score without its n and its interval.
            page.sees("#strip .distribution figcaption", "95% interval").await;
            page.sees("#strip .distribution figcaption", &format!("n = {answers}")).await;
        }
        drivers_are_found(&page).await;
        page.click("#strip .picture summary", "").await;
        page.sees("#strip .picture .figures", "Completed").await;
        page.shot("crowd-end").await;
    })
    .await;
}

/// What customers think of the whole is made of both sides of a purchase, and the figures find both.
async fn drivers_are_found(page: &Page) {
    let address = format!("{}/program/v1/figures/drivers?period=2026-11..2026-12", page.url);
    let found: Value = reqwest::get(address).await.unwrap().json().await.unwrap();
    let of =
        |script: &str| found["scripts"].as_array().unwrap().iter().find(|of| of["script"] == script).unwrap();
    let purchase = of("purchase");
    assert_eq!((&purchase["state"], &purchase["outcome"]), (&json!("found"), &json!("overall")), "{found}");
    assert!(purchase["r2"].as_f64().unwrap() > 0.3, "{found}");
    for factor in purchase["factors"].as_array().unwrap() {
        assert!(factor["lo"].as_f64().unwrap() > 0.0, "{found}");
    }
    assert_eq!(of("support")["outcome"], "overall", "{found}");
}

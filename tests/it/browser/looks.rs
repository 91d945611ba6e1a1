//! What can be seen: every text stands out from what is behind it, in light colours and in dark ones.

use serde_json::json;

use super::{Page, Screen, play};

/// Texts whose contrast is below that of WCAG 2, level AA: 4.5, or 3 for large ones. What is behind a text is mixed from
/// the backgrounds of all elements around it; of a gradient the worst colour counts.
pub(super) const FAINT: &str = r"
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const known = new Map();
    const parse = (colour) => {
        if (!known.has(colour)) {
            canvas.clearRect(0, 0, 1, 1);
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
            const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
            known.set(colour, [r, g, b, a / 255]);
        }
        return known.get(colour);
    };
    const over = ([r, g, b, a], [r2, g2, b2]) => [r * a + r2 * (1 - a), g * a + g2 * (1 - a), b * a + b2 * (1 - a), 1];
    const behind = (node) => {
        if (!node) return [parse('#fff')];
        const { backgroundColor, backgroundImage } = getComputedStyle(node);
        const own = parse(backgroundColor);
        const stops = (backgroundImage.match(/(?:rgba?|color)\([^)]*\)/g) ?? []).map(parse).filter(([,,, a]) => a === 1);
        if (own[3] === 1) return [own, ...stops];
        return [...behind(node.parentElement).map((under) => over(own, under)), ...stops];
    };
    const light = ([r, g, b]) => {
        const [x, y, z] = [r, g, b].map((c) => c / 255).map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const contrast = (one, two) => {
        const [high, low] = [light(one), light(two)].sort((a, b) => b - a);
        return (high + 0.05) / (low + 0.05);
    };
    const faint = new Set();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const text = texts.currentNode.data.trim();
        const node = texts.currentNode.parentElement;
        if (!text || node.closest(':disabled, .hidden, .avatar, script, noscript, option, [aria-hidden=true], .toast:not(.open), .jump[hidden]')) continue;
        if (!node.getClientRects().length || !node.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
        const style = getComputedStyle(node);
        const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
        let ink = [...parse(style.color)];
        for (let at = node; at; at = at.parentElement) ink[3] *= Number(getComputedStyle(at).opacity);
        const worst = Math.min(...behind(node).map((under) => contrast(over(ink, under), under)));
        const place = `${node.tagName.toLowerCase()}.${node.className} in .${node.parentElement.className}`;
        if (worst < (large ? 3 : 4.5)) faint.add(`${worst.toFixed(2)} ${place}: ${text.slice(0, 30)}`);
    }
    return [...faint].sort();
";

/// Looks at what is shown in both colours, and adds what can hardly be read.
async fn look(page: &Page, what: &str, faint: &mut Vec<String>) {
    for theme in ["light", "dark"] {
        page.script(&format!("document.documentElement.dataset.theme = '{theme}'")).await;
        // What fades from one colour to the other is looked at when it has arrived.
        page.script("for (const fading of document.getAnimations()) if (fading.effect.getComputedTiming().endTime < Infinity) fading.finish()").await;
        let found: Vec<String> = serde_json::from_value(page.script(FAINT).await).unwrap();
        faint.extend(found.into_iter().map(|text| format!("{what}, {theme}: {text}")));
        page.shot(&format!("looks-{what}-{theme}")).await;
    }
}

#[tokio::test]
async fn every_text_can_be_read_in_light_and_in_dark() {
    play("en", Screen::Desktop, |page| async move {
        let mut faint = Vec::new();
        look(&page, "1-begin", &mut faint).await;
        page.click("[data-kind=purchase]", "").await;
        page.sees("#follow", "").await;
        look(&page, "2-link", &mut faint).await;
        page.click("#follow", "").await;
        page.sees("#customer .their", "").await;
        page.click("[data-jump='3h']", "").await;
        page.click_only("#customer .key", "3").await;
        page.click("#customer .key", "Faulty or damaged").await;
        page.sees("#customer .key", "✓ Faulty or damaged").await;
        page.click("#customer .send", "").await;
        page.sees("#customer .own .voice", "0:07").await;
        page.sees("#group .message", "Bad score").await;
        look(&page, "3-alert", &mut faint).await;
        let user = page.sits("customer").await;
        let to = json!({ "chat": user, "topic": null, "reply": null, "quote": null });
        for what in [
            json!("photo"),
            json!("album"),
            json!("video_note"),
            json!({ "file": { "name": "receipt.txt", "content": "1" } }),
        ] {
            page.act(
                json!({ "do": "attach", "user": user, "to": to, "what": what, "caption": "See *this*" }),
            )
            .await;
        }
        page.sees("#customer .own .file", "receipt.txt").await;
        page.click("#customer .own:has(.file) .actions", "").await;
        page.sees(".menu", "Edit").await;
        look(&page, "4-menu", &mut faint).await;
        page.click(".menu button", "Reply").await;
        page.write("#customer textarea", "And this").await;
        page.click("[name=network]", "").await;
        page.click("[data-kind=ticket_closed]", "").await;
        page.sees("#strip .status dd:not(:empty)", "").await;
        look(&page, "5-trouble", &mut faint).await;
        page.click("[name=network]", "").await;
        page.click("#customer .send", "").await;
        page.sees("#customer .own .reply", "").await;
        page.click("#customer .chathead button", "").await;
        page.click(".menu .danger", "Block the bot").await;
        page.sees("#customer .big", "Unblock").await;
        look(&page, "6-blocked", &mut faint).await;
        assert!(faint.is_empty(), "these can hardly be read:\n{}", faint.join("\n"));
    })
    .await;
}

#[tokio::test]
async fn the_phone_can_be_read_in_light_and_in_dark() {
    play("ru", Screen::Phone, |page| async move {
        let mut faint = Vec::new();
        look(&page, "1-begin", &mut faint).await;
        page.turn_to("strip").await;
        page.click("[data-kind=purchase]", "").await;
        page.sees("#follow", "").await;
        look(&page, "2-strip", &mut faint).await;
        page.click("#follow", "").await;
        page.turn_to("customer").await;
        page.sees("#customer .their", "").await;
        look(&page, "3-linked", &mut faint).await;
        page.turn_to("group").await;
        page.click("#group .topics button", "Общее").await;
        look(&page, "4-topic", &mut faint).await;
        page.turn_to("admin").await;
        page.click("#admin .commands", "").await;
        look(&page, "5-commands", &mut faint).await;
        assert!(faint.is_empty(), "these can hardly be read:\n{}", faint.join("\n"));
    })
    .await;
}

#[tokio::test]
async fn the_tour_can_be_read_in_light_and_in_dark() {
    play("ru", Screen::Desktop, |page| async move {
        let mut faint = Vec::new();
        page.click("#show-me", "").await;
        page.click("#guide .key-play.going", "").await;
        page.sees("#strip .link .url", "").await;
        look(&page, "tour-1-begin", &mut faint).await;
        page.click_only("#guide .dots button", "11").await;
        page.sees("#strip .answers", "Курьер").await;
        look(&page, "tour-2-end", &mut faint).await;
        page.click_only("#guide .dots button", "4").await;
        page.sees("#customer .past-bar", "как было").await;
        look(&page, "tour-3-past", &mut faint).await;
        assert!(faint.is_empty(), "these can hardly be read:\n{}", faint.join("\n"));
    })
    .await;
}

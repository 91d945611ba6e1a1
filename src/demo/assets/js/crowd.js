// The button that simulates a month for the crowd, its progress, and the outcome: how many were reached and answered,
// their scores, and how every event ended.

import { h, refill } from "./dom.js";
import { post } from "./net.js";
import { knows, lang, t } from "./words.js";

/** The faces shown in place of numbers, lowest first. */
const FACES = { support: ["😞", "😐", "🙂"] };

/** A percentage that cannot be broken across two lines. */
const percent = (share) => `${Math.round(share * 100)}${lang() === "ru" ? "\u00a0" : ""}%`;

export class Crowd {
  constructor(strip) {
    Object.assign(this, { strip, box: h("section", {}) });
  }

  draw() {
    const { crowd } = this.strip.store;
    refill(this.box, [lang()], () => {
      this.button = h("button", { type: "button", class: "wide", id: "crowd", onclick: () => this.live() }, t("crowd.start"));
      this.bar = h("progress", { max: 1, "aria-label": t("crowd.title") });
      this.said = h("p", { class: "said", role: "status" });
      this.picture = h("div", { class: "picture" });
      return [h("h2", {}, t("crowd.title")), h("p", { class: "hint" }, t("crowd.why")), this.button, this.bar, this.said, this.picture];
    });
    this.bar.hidden = !crowd?.running;
    this.button.disabled = Boolean(crowd?.running);
    if (!crowd) return;
    const { hours, of, events, taps, comments, blocked } = crowd.progress;
    this.bar.value = of ? hours / of : 0;
    const words = crowd.failed ? t("crowd.failed", { why: crowd.failed })
      : crowd.running ? of && t("crowd.day", { day: Math.ceil(hours / 24), days: of / 24 }) : t("crowd.done");
    // Set only when the text changes, because screen readers read it aloud.
    if (this.said.textContent !== words) this.said.textContent = words || "";
    refill(this.picture, [lang(), crowd.progress, crowd.outcome, crowd.running], () => crowd.running || !crowd.outcome
      ? [rows([["events", events], ["taps", taps], ["comments", comments], ["blocked", blocked]].map(([name, to]) => [t("crowd." + name), to]))]
      : this.draws(crowd.outcome));
  }

  draws(outcome) {
    const { events, delivered, answered, low, scores, ends } = outcome;
    return [
      h("div", { class: "funnel" },
        stage(t("crowd.events"), events, events),
        stage(t("crowd.delivered"), delivered, events),
        stage(t("crowd.answered"), answered, events, delivered ? t("crowd.answered.of", { percent: percent(answered / delivered) }) : ""),
        stage(t("crowd.low"), low, events, t("crowd.low.why"), "low")),
      ...scores.map((of) => distribution(of)),
      h("details", {}, h("summary", {}, t("crowd.ends", { count: events })), rows(ends.map(({ state, reason, count }) =>
        [[t("ends." + state), reason && knows("reason." + reason) && t("reason." + reason)].filter(Boolean).join(": "), count]))),
    ];
  }

  async live() {
    this.button.disabled = true;
    try {
      await post("/crowd", {});
    } catch (error) {
      this.button.disabled = false;
      this.said.textContent = error.message;
    }
  }
}

const rows = (of) => h("dl", { class: "figures" }, of.map(([name, to]) => [h("dt", {}, name), h("dd", {}, to)]));

/** One step of those who were reached; its width is its share of all. */
function stage(name, count, all, more = "", kind = "") {
  return h("div", { class: `stage-of ${kind}`, vars: { "--part": all ? count / all : 0 } },
    h("span", {}, name), h("b", {}, count), more && h("small", {}, more));
}

/** A bar for each value of the scale, and the share of good ones with its interval. */
function distribution({ script, answers, values, high }) {
  const most = Math.max(1, ...values.map(({ count }) => count));
  const face = (value, index) => FACES[script]?.[index] ?? value;
  return h("figure", { class: "distribution" },
    h("figcaption", {}, h("b", {}, t("crowd.of." + script)),
      h("span", {}, t("crowd.high", { share: percent(high.share), from: percent(high.from), to: percent(high.to), count: answers }))),
    h("div", { class: "bars", role: "img", "aria-label": values.map(({ value, count }) => `${value}: ${count}`).join(", ") },
      values.map(({ value, band, count }, index) => h("div", { class: `bar ${band ?? ""}` },
        h("small", {}, count || ""), h("i", { vars: { "--tall": count / most } }), h("span", {}, face(value, index))))));
}

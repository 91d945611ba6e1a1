// The button that lets a crowd live through a month, how far it is, and what came of it.

import { h, refill } from "./dom.js";
import { post } from "./net.js";
import { lang, t } from "./words.js";

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
      this.figures = h("dl", { class: "figures" });
      return [h("h2", {}, t("crowd.title")), h("p", { class: "hint" }, t("crowd.why")), this.button, this.bar, this.said, this.figures];
    });
    this.bar.hidden = !crowd;
    this.button.disabled = Boolean(crowd?.running);
    if (!crowd) return;
    const { hours, of, events, taps, comments, blocked } = crowd.progress;
    this.bar.value = of ? hours / of : 0;
    const words = crowd.failed ? t("crowd.failed", { why: crowd.failed })
      : crowd.running ? t("crowd.day", { day: Math.floor(hours / 24), days: of / 24 }) : t("crowd.done");
    // Said again only when it is another word: it is read aloud.
    if (this.said.textContent !== words) this.said.textContent = words;
    const rows = [["events", events], ["taps", taps], ["comments", comments], ["blocked", blocked]].map(([name, to]) => [t("crowd." + name), to]);
    for (const [state, to] of Object.entries(crowd.surveys)) rows.push([t("state." + state), to]);
    this.figures.replaceChildren(...rows.flatMap(([name, to]) => [h("dt", {}, name), h("dd", {}, to)]));
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

// The clock on the strip: the jumps it can make, and what the last jump changed.

import { h } from "./dom.js";
import { post } from "./net.js";
import { dayKey, hours, knows, lang, moment, ZONE, shortDay, t } from "./words.js";

const JUMPS = [["15m", 15], ["1h", 60], ["3h", 180], ["6h", 360]];
const GOOD = ["sent", "started", "completed", "partial"];
/** Nobody was asked, or nobody answered: a normal outcome, not an error. */
const OVER = ["suppressed", "recorded", "expired", "refused"];

export class Time {
  /** `choose` shows an event's ledger. */
  constructor(strip, choose) {
    Object.assign(this, { strip, choose, box: h("section", {}) });
  }

  draw() {
    this.shown = null;
    this.big = h("div", { class: "big-clock" });
    this.morning = h("button", { type: "button", data: { jump: "morning" }, onclick: () => this.pass({ morning: this.strip.person.zone }) }, t("time.morning"));
    const jumps = JUMPS.map(([name, minutes]) => h("button", {
      type: "button", data: { jump: name }, onclick: () => this.pass({ minutes }),
    }, t("time." + name)));
    this.jumps = h("div", { class: "jumps", role: "group", "aria-label": t("time.title") }, jumps, this.morning);
    this.said = h("p", { class: "said", role: "status" });
    this.report = h("div", { class: "report", "aria-live": "polite" });
    this.box.replaceChildren(h("h2", {}, t("time.title")), this.big, this.jumps, this.said, this.report);
    this.drawReport();
    this.tick();
  }

  tick() {
    const { person, store } = this.strip;
    const now = store.now();
    const shown = [hours(now, ZONE), shortDay(now, ZONE)];
    if (this.shown !== String(shown) + lang()) {
      this.shown = String(shown) + lang();
      this.big.replaceChildren(h("b", {}, shown[0]), h("small", {}, shown[1]));
    }
    this.morning.title = t("time.morning.why", { name: person?.name ?? "" });
  }

  /** Jumps to a moment, or up to a minute past it. */
  goTo(moment) {
    const minutes = Math.ceil((Date.parse(moment) - this.strip.store.now()) / 60000);
    return this.pass({ minutes: Math.max(1, minutes) });
  }

  async pass(jump) {
    this.moving = true;
    this.strip.changed();
    const keys = [...this.jumps.children];
    keys.forEach((key) => { key.disabled = true; });
    this.strip.root.dataset.moving = "true";
    this.said.textContent = "";
    try {
      await post("/time", jump);
    } catch (error) {
      this.said.textContent = error.message;
    }
    delete this.strip.root.dataset.moving;
    keys.forEach((key) => { key.disabled = false; });
    this.moving = false;
    this.strip.changed();
  }

  drawReport() {
    const { report } = this.strip.store;
    if (!report) { this.report.replaceChildren(h("p", { class: "hint" }, t("report.none"))); return; }
    const [from, to] = [new Date(report.from), new Date(report.to)];
    const when = (at) => (dayKey(from, ZONE) === dayKey(to, ZONE) ? "" : `${shortDay(at, ZONE)}, `) + hours(at, ZONE);
    this.report.replaceChildren(
      h("h3", {}, t("report.title", { from: when(from), to: when(to) })),
      report.surveys.length ? h("ul", {}, report.surveys.map((line) => this.line(line))) : h("p", { class: "hint" }, t("report.nothing")),
      report.more ? h("p", { class: "hint" }, t("report.more", { count: report.more })) : "",
      report.settled ? "" : h("p", { class: "hint" }, t("report.unsettled")));
  }

  line({ event_id: id, state, reason, due_at: due, moved }) {
    const kind = GOOD.includes(state) ? "good" : OVER.includes(state) ? "over" : state === "undeliverable" ? "bad" : "waits";
    const why = [reason && knows("reason." + reason) ? t("reason." + reason) : "",
      due && state === "scheduled" ? t("report.due", { at: moment(due, this.strip.store.now()) }) : ""].filter(Boolean).join(" · ");
    return h("li", { class: `${kind}${moved ? "" : " still"}` },
      h("button", { type: "button", class: "plain-link", onclick: () => this.choose(id) }, id),
      h("span", {}, t("state." + state)), why && h("small", {}, why));
  }
}

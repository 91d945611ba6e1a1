// What became of an event, as the program's API tells it, step by step.

import { h } from "./dom.js";
import { get } from "./net.js";
import { knows, lang, moment, t } from "./words.js";

/** What happens within this time is looked at together, in milliseconds. */
const TOGETHER = 120;

export class Ledger {
  constructor(strip) {
    Object.assign(this, { strip, box: h("section", {}) });
  }

  choose(id) { this.event = id; this.refreshSoon(); }

  /** The newest event comes first of itself when there is another. */
  follow() {
    const { events } = this.strip.store;
    if (events.length === this.known) return;
    this.known = events.length;
    this.event = events.at(-1)?.id;
  }

  refreshSoon() {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.refresh(), TOGETHER);
  }

  async refresh() {
    const id = this.event;
    const ledger = id ? await get(`/program/v1/events/${encodeURIComponent(id)}`) : null;
    if (id !== this.event) return;
    const shown = JSON.stringify([id, ledger, this.strip.store.events.map((e) => e.id), lang()]);
    // What cannot be read now, as while the program is down, stays as it was.
    if (shown === this.shown || (id && !ledger && this.shown)) return;
    this.shown = shown;
    this.fill(id, ledger);
  }

  fill(id, ledger) {
    const title = h("h2", {}, t("ledger.title"));
    if (!ledger) { this.box.replaceChildren(title, h("p", { class: "hint" }, t("ledger.none"))); return; }
    const { events } = this.strip.store;
    const at = (time) => moment(time, this.strip.store.now());
    const listed = events.some((event) => event.id === id) ? [] : [{ id }];
    const select = h("select", { "aria-label": t("ledger.event"), onchange: () => this.choose(select.value) },
      [...events, ...listed].reverse().map((event) =>
        h("option", { value: event.id, selected: event.id === id }, [event.id, event.customer].filter(Boolean).join(" · "))));
    const steps = ledger.transitions.map(({ state, reason, at: time }) => h("li", { class: state },
      h("time", { datetime: time }, at(time)),
      h("b", {}, t("state." + state)), h("code", {}, state),
      reason && h("small", {}, knows("reason." + reason) ? t("reason." + reason) : reason)));
    const waits = ledger.state === "scheduled" && ledger.due_at ? h("p", { class: "hint" }, t("ledger.due", { at: at(ledger.due_at) })) : "";
    this.box.replaceChildren(title, select, h("ol", { class: "ledger", "aria-live": "polite" }, steps), waits,
      h("code", { class: "url" }, `GET /v1/events/${id}`));
  }
}

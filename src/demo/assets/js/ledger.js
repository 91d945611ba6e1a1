// The history of one event, step by step, as the program's API reports it.

import { h } from "./dom.js";
import { get } from "./net.js";
import { dayKey, hours, knows, lang, moment, shortDay, t, ZONE } from "./words.js";

/** Changes within this time are fetched together, in milliseconds. */
const TOGETHER = 120;

export class Ledger {
  /** `told` gets the ledger that is shown. */
  constructor(strip, told) {
    Object.assign(this, { strip, told, past: null, box: h("section", {}) });
  }

  choose(id) { this.event = id; this.refreshSoon(); }

  /** Shows the given past ledger, or without one the current one. */
  showPast(ledger) {
    this.past = ledger;
    this.refreshSoon();
  }

  /** Switches to the newest event when there is a new one. */
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
    const turn = this.turn = (this.turn ?? 0) + 1;
    const id = this.event;
    const ledger = this.past ?? (id ? await get(`/program/v1/events/${encodeURIComponent(id)}`) : null);
    // The ledger uses one word for everybody who is not asked again so soon.
    if (ledger?.reason === "throttled") {
      const told = await get(`/reason/${encodeURIComponent(id)}`);
      if (told?.reason) ledger.transitions.at(-1).reason = told.reason;
    }
    // A later request has newer data.
    if (id !== this.event || turn !== this.turn) return;
    const today = dayKey(this.strip.store.now(), ZONE);
    const shown = JSON.stringify([id, ledger, this.strip.store.events.map((e) => e.id), today, lang()]);
    // If the data cannot be read, for example while the program is down, keeps what is shown.
    if (shown === this.shown || (id && !ledger && this.shown)) return;
    this.shown = shown;
    this.fill(id, ledger);
    this.told(ledger);
  }

  fill(id, ledger) {
    const title = h("h2", {}, t("ledger.title"));
    if (!ledger) { this.box.replaceChildren(title, h("p", { class: "hint" }, t("ledger.none"))); return; }
    const { events } = this.strip.store;
    const listed = events.some((event) => event.id === id) ? [] : [{ id }];
    const select = h("select", { "aria-label": t("ledger.event"), onchange: () => this.choose(select.value) },
      [...events, ...listed].reverse().map((event) =>
        h("option", { value: event.id, selected: event.id === id }, [event.id, event.customer].filter(Boolean).join(" · "))));
    const due = ledger.state === "scheduled" && ledger.due_at;
    const waits = due ? h("p", { class: "hint" }, t("ledger.due", { at: moment(due, this.strip.store.now()) })) : "";
    this.box.replaceChildren(title, select, h("ol", { class: "ledger", "aria-live": "polite" }, this.steps(ledger)), waits,
      h("code", { class: "url" }, `GET /v1/events/${id}`));
  }

  /** The steps, with a day above them unless all are from today: beside the times it would make the column ragged. */
  steps({ transitions }) {
    let last = dayKey(this.strip.store.now(), ZONE);
    const rows = [];
    const isLong = transitions.some(({ at }) => dayKey(new Date(at), ZONE) !== last);
    if (isLong) last = null;
    for (const { state, reason, at } of transitions) {
      const date = new Date(at);
      if (dayKey(date, ZONE) !== last) rows.push(h("li", { class: "date" }, shortDay(date, ZONE)));
      last = dayKey(date, ZONE);
      rows.push(h("li", { class: state },
        h("time", { datetime: at }, hours(date, ZONE)),
        h("b", {}, t("state." + state)), h("code", {}, state),
        reason && h("small", {}, knows("reason." + reason) ? t("reason." + reason) : reason)));
    }
    return rows;
  }
}

// The tour: the story of one purchase, played step by step in the page's chats. An earlier step is shown as it was
// left; the chats themselves only move forward.

import { get, post } from "./net.js";
import { lang } from "./words.js";

/** How long a step is shown before the next one starts by itself, in milliseconds. */
const STAYS = 7000;

export class Tour {
  /** `show` goes to a step; `leave` returns to the present; `changed` is called when the bar's text has changed. */
  constructor(store, { show, leave, changed }) {
    Object.assign(this, { store, show, leave, changed, at: 0, goesOn: false, said: "" });
  }

  get on() { return this.store.tour; }
  get steps() { return this.on?.steps ?? []; }
  /** The step being looked at, counted from 1. */
  get step() { return this.at || this.on?.played || 0; }
  get isPast() { return Boolean(this.on) && this.step < this.on.played; }
  get isOver() { return Boolean(this.on) && this.step === this.steps.length; }
  get isBusy() { return Boolean(this.on?.busy || this.waits); }

  /** Processes the server's state of the tour. */
  take() {
    const { on } = this;
    const seen = on ? `${on.event} ${on.played} ${on.lost}` : "";
    if (seen === this.seen) return;
    this.seen = seen;
    if (!on) { this.at = 0; this.goesOn = false; this.leave(); }
    // A viewer who is looking at an earlier step stays there.
    else if (!this.at && on.played) this.show(this.step);
    if (on?.lost && !this.waits) this.goesOn = false;
    this.wait();
    this.changed();
  }

  async ask(wish) {
    this.waits = true;
    this.said = "";
    this.changed();
    try {
      await post("/tour", wish);
    } catch (error) {
      this.said = error.message;
      this.goesOn = false;
    }
    this.waits = false;
    this.wait();
    this.changed();
  }

  start() {
    // Until the server reports the new tour, the finished one is still the previous tour.
    this.before = this.on?.event;
    this.at = 0;
    this.goesOn = true;
    this.leave();
    return this.ask({ do: "start", lang: lang() });
  }

  stop() { return this.ask({ do: "stop" }); }

  /** Goes to a step: one already played is shown as it was left; a later one is reached by playing up to it. */
  async go(to) {
    if (this.isBusy || to < 1 || to > this.steps.length) return;
    const { played } = this.on;
    if (to < played) {
      const left = await get(`/tour/${to}`);
      if (!left) return;
      this.at = to;
      this.show(to, left);
    } else {
      const wasPast = this.isPast;
      this.at = 0;
      if (wasPast) this.leave();
      if (to > played) await this.ask({ do: "play", to });
      else this.show(played);
    }
    this.wait();
    this.changed();
  }

  /** Somebody pages by hand, so nothing starts by itself any more. */
  turn(to) {
    this.goesOn = false;
    return this.go(to);
  }

  toggle() {
    this.goesOn = !this.goesOn;
    if (this.goesOn) this.go(this.step + 1);
    this.changed();
  }

  wait() {
    clearTimeout(this.timer);
    if (this.isOver && this.on.event !== this.before) this.goesOn = false;
    if (this.goesOn && this.on?.played && !this.isBusy) this.timer = setTimeout(() => this.go(this.step + 1), STAYS);
  }
}

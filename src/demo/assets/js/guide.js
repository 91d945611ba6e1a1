// The bar above the chats: the next thing to do, with the button that does it. During the tour it shows the captions
// and steps.

import { h, icon, refill } from "./dom.js";
import { hours, knows, lang, moment, t, ZONE } from "./words.js";

export class Guide {
  /** `turnTo` switches to a part of the page when only one part is visible at a time. */
  constructor(root, { store, strip, tour, turnTo }) {
    Object.assign(this, { root, store, strip, tour, turnTo });
    this.words = h("div", { class: "caption", "aria-live": "polite" });
    this.keys = h("div", { class: "guide-keys" });
    this.dots = h("ol", { class: "dots" });
    root.replaceChildren(this.words, this.dots, this.keys);
  }

  draw() {
    if (!this.strip.person) return;
    const { tour } = this;
    this.root.classList.toggle("touring", Boolean(tour.on));
    if (tour.on) this.drawTour(); else this.drawNext();
    this.strip.customer.log.drawEmpty();
  }

  // --- The tour ---

  drawTour() {
    const { step, steps, on, isPast, isOver, isBusy, goesOn, said } = this.tour;
    const { name, at } = steps[step - 1] ?? {};
    const who = this.store.people.get(on.customer)?.name ?? "";
    const past = isPast ? t("tour.past", { at: hours(new Date(at), ZONE) }) : "";
    const lost = on.lost ? t("error.tour") : said;
    refill(this.words, [lang(), "tour", name, past, lost, who], () => [
      h("p", {}, h("b", {}, name ? `${step}. ${t("tour." + name)}` : t("tour.begins")), past && h("span", { class: "past" }, past)),
      h("p", {}, lost || (name ? t(`tour.${name}.why`, { name: who }) : ""))]);
    refill(this.dots, [lang(), step, on.played, steps.length, isBusy], () => steps.map(({ name: of }, index) => h("li", {}, h("button", {
      type: "button", class: index + 1 === step ? "here" : index < on.played ? "played" : "", disabled: isBusy || (on.lost && index >= on.played),
      "aria-label": t("tour.step", { step: index + 1, name: t("tour." + of) }), title: t("tour." + of),
      "aria-current": index + 1 === step ? "step" : undefined, onclick: () => this.tour.turn(index + 1),
    }, index + 1))));
    const again = on.lost || (isOver && !isPast);
    refill(this.keys, [lang(), step, steps.length, isBusy, goesOn, again], () => [
      h("button", { type: "button", class: "key-back", disabled: isBusy || step < 2, onclick: () => this.tour.turn(step - 1) }, "← ", h("span", {}, t("tour.back"))),
      again
        ? h("button", { type: "button", class: "key-again", disabled: isBusy, onclick: () => this.tour.start() }, t("tour.again"))
        : h("button", { type: "button", class: `round key-play ${goesOn ? "going" : ""}`, disabled: isBusy && !goesOn, "aria-label": t(goesOn ? "tour.pause" : "tour.play"), title: t(goesOn ? "tour.pause" : "tour.play"), onclick: () => this.tour.toggle() }, icon(goesOn ? "pause" : "play")),
      isOver
        ? h("button", { type: "button", class: "do", onclick: () => this.finish() }, t("tour.end"))
        : h("button", { type: "button", class: "do key-next", disabled: isBusy || (on.lost && !isPast), onclick: () => this.tour.turn(step + 1) }, h("span", {}, t("tour.next")), " →"),
      h("button", { type: "button", class: "round key-stop", "aria-label": t("tour.stop"), title: t("tour.stop"), onclick: () => this.tour.stop() }, icon("close"))]);
  }

  async finish() {
    await this.tour.stop();
    this.turnTo("customer");
  }

  // --- The next thing to do ---

  drawNext() {
    const { why, label, act } = this.next();
    const { said } = this.tour;
    refill(this.dots, [], () => []);
    refill(this.words, [lang(), "next", why, said], () => [h("p", {}, why), said ? h("p", { class: "error" }, said) : ""]);
    const isBusy = this.tour.isBusy || this.strip.time.moving || Boolean(this.store.crowd?.running);
    // Before anything has happened, the story is the first suggestion.
    const first = !this.store.events.length;
    refill(this.keys, [lang(), label, isBusy, first], () => [
      label ? h("button", { type: "button", class: first ? "" : "do", id: "next", disabled: isBusy, onclick: () => this.next().act?.() }, label) : "",
      h("button", { type: "button", class: first ? "show do" : "show", id: "show-me", disabled: isBusy, onclick: () => this.tour.start() }, icon("play"), t("tour.show"))]);
  }

  /** Looks at the state of this customer's newest event: returns what is true now, and the one next step. */
  next() {
    const { strip, store } = this;
    const { newest, person } = strip;
    const { name } = person;
    if (store.crowd?.running) return { why: t("next.crowd") };
    if (newest.link) return { why: t("next.link", { name }), label: t("link.open", { name }), act: () => strip.till.follow() };
    const { state, reason, due_at: due } = newest.ledger ?? {};
    const buy = { label: t("next.buy.do"), act: () => strip.till.send("purchase") };
    const chat = { label: t("next.chat"), act: () => this.turnTo("customer") };
    switch (state) {
      case undefined: return { why: t("next.buy"), ...buy };
      case "scheduled": return {
        why: t("next.wait", { at: moment(due, store.now()) }), label: t("next.wait.do"), act: () => strip.time.goTo(due),
      };
      case "sent": return { why: t("next.answer", { name }), ...(this.isSeen("customer") ? {} : chat) };
      case "started": return { why: t("next.answering", { name }), ...(this.isSeen("customer") ? {} : chat) };
      case "completed": case "partial":
        if (!this.isSeen("group")) return { why: t("next.done"), label: t("next.group"), act: () => this.turnTo("group") };
        if (store.crowd?.outcome) return { why: t("next.month"), label: t("next.month.do"), act: () => this.results() };
        return { why: t("next.done"), label: t("crowd.start"), act: () => { this.results(); strip.crowd.live(); } };
      case "waiting_for_link": return { why: t("next.link", { name }) };
      default: {
        const because = reason && knows("reason." + reason) ? t("reason." + reason) : t("state." + state);
        return { why: t("next.over", { why: because }), ...buy };
      }
    }
  }

  results() {
    this.turnTo("strip");
    this.strip.crowd.box.scrollIntoView({ block: "start", behavior: "smooth" });
  }

  isSeen(part) { return document.getElementById(part).getClientRects().length > 0; }
}

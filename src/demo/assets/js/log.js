// The messages of a chat, oldest first: days separate them, edits happen in place, and older ones load when the reader
// looks for them.

import { h, icon, refill } from "./dom.js";
import { render } from "./message.js";
import { get } from "./net.js";
import { day, dayKey, lang, t } from "./words.js";

/** Anything closer to the end than this counts as being at the end. */
const AT_END = 90;
/** Older messages are fetched when the reader is this close to the beginning. */
const NEAR_BEGIN = 400;
/** How much of an answered message its answer shows, in characters. */
const EXCERPT = 90;

export class Log {
  /** `chat` knows whose messages these are and what can be done with them. */
  constructor(chat) {
    this.chat = chat;
    this.messages = new Map();
    this.nodes = new Map();
    this.below = 0;
    // The scroll position at the end of the list; a reader who has left the end may be anywhere.
    this.end = 0;
    this.list = h("div", { class: "messages", role: "log", "aria-live": "polite", "aria-relevant": "additions" });
    this.scroller = h("div", { class: "scroller", tabindex: "0", onscroll: () => this.scrolled() }, this.list);
    this.jump = h("button", { type: "button", class: "jump", onclick: () => this.toEnd() }, icon("down"), h("b", {}));
    this.empty = h("div", { class: "empty" });
    // Keeps a reader at the end there as rows grow, because off-screen rows are measured only once they come into view.
    const watch = new ResizeObserver(() => { if (!this.stays) this.scrollToEnd(); });
    watch.observe(this.list);
    watch.observe(this.scroller);
    this.scroller.addEventListener("keydown", (event) => this.pressed(event));
  }

  /** Takes a complete snapshot. If nothing is new, nothing is redrawn and nobody loses their place. */
  reset({ messages, more, revision }, sameChat) {
    const last = JSON.stringify(messages.at(-1));
    if (sameChat && revision === this.revision && last === this.last) return;
    const back = sameChat && this.stays ? this.scroller.scrollHeight - this.scroller.scrollTop : 0;
    this.messages = new Map(messages.map((message) => [message.id, message]));
    Object.assign(this, { more, revision, last });
    this.redraw();
    if (back) this.scroller.scrollTop = this.scroller.scrollHeight - back;
  }

  /** Takes the changes, and reports each new message that belongs to another topic. */
  take({ messages, revision }, elsewhere) {
    const { stays } = this;
    let own = false;
    for (const message of messages) {
      const known = this.messages.get(message.id);
      if (!known || message.deleted || known.text !== message.text) this.freshen(message);
      // Older than everything fetched so far: a reader who scrolls there will fetch it in its current state.
      if (!known && (message.deleted || (this.more && message.id < this.oldest()))) continue;
      if (message.deleted) { this.forget(message.id); continue; }
      this.messages.set(message.id, message);
      if (!this.chat.belongs(message)) {
        if (!known) elsewhere(message);
      } else if (known) this.replace(message);
      else {
        this.append(message);
        own ||= this.chat.isOwn(message);
        if (stays && !this.chat.isOwn(message)) this.below += 1;
      }
    }
    const last = [...this.messages.values()].at(-1);
    Object.assign(this, { revision, last: JSON.stringify(last) });
    this.drawEmpty();
    if (!stays || own) this.toEnd();
    else this.drawJump();
  }

  oldest() { return this.messages.keys().next().value ?? 0; }

  /** Redraws all messages. */
  redraw() {
    this.nodes.clear();
    this.below = 0;
    this.list.replaceChildren(...this.rows([...this.messages.values()]));
    this.drawEmpty();
    this.toEnd();
    if (this.more && this.list.childElementCount < 12) this.further();
  }

  /** The messages, with the days between them. */
  rows(messages) {
    const rows = [];
    let last = null;
    for (const message of messages.filter((message) => this.chat.belongs(message))) {
      const today = dayKey(new Date(message.at), this.chat.zone());
      if (!last || last.today !== today) rows.push(this.dayRow(message, today));
      rows.push(this.node(message, last?.today === today ? last.message : null));
      last = { today, message };
    }
    return rows;
  }

  dayRow(message, key) {
    return h("div", { class: "day", data: { day: key } }, h("span", {}, day(new Date(message.at), this.chat.zone())));
  }

  node(message, before) {
    const node = render(message, this.chat);
    node.classList.toggle("follows", Boolean(before && !before.service && !message.service && before.from === message.from));
    node.classList.toggle("album", Boolean(message.album && before?.album === message.album));
    this.nodes.set(message.id, node);
    return node;
  }

  append(message) {
    const end = this.list.lastElementChild;
    const before = this.messages.get(Number((end?.dataset.id ? end : end?.lastElementChild)?.dataset.id));
    const today = dayKey(new Date(message.at), this.chat.zone());
    const same = before && dayKey(new Date(before.at), this.chat.zone()) === today;
    this.empty.remove();
    if (!same) this.list.append(this.dayRow(message, today));
    const node = this.node(message, same ? before : null);
    node.classList.add("new");
    this.list.append(node);
  }

  /** Edits a message in place, and keeps the focus of somebody who is about to press a button. */
  replace(message) {
    const old = this.nodes.get(message.id);
    if (!old) return;
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const place = [...old.querySelectorAll(".key")].indexOf(focused);
    const node = this.node(message, null);
    for (const name of ["follows", "album"]) node.classList.toggle(name, old.classList.contains(name));
    old.replaceWith(node);
    if (focused) {
      const now = node.querySelectorAll(".key");
      (now[Math.min(Math.max(place, 0), now.length - 1)] ?? node).focus({ preventScroll: true });
    }
  }

  forget(id) {
    this.messages.delete(id);
    const node = this.nodes.get(id);
    this.nodes.delete(id);
    const day = node?.previousElementSibling;
    const next = node?.nextElementSibling;
    node?.remove();
    // A day without messages gets no heading.
    if (day?.dataset.day && (!next || next.dataset.day)) day.remove();
  }

  /** Answers show the current text of the message they answer; a quote stays as it was. */
  freshen({ id, deleted, text }) {
    for (const answer of this.messages.values()) {
      if (answer.reply?.id !== id || (answer.reply.quote && !deleted)) continue;
      answer.reply = deleted ? undefined : { ...answer.reply, text: [...text ?? ""].slice(0, EXCERPT).join("") };
      this.replace(answer);
    }
  }

  /** Loads older messages when somebody looks for them. */
  async further() {
    if (this.loading || !this.more || !this.messages.size) return;
    this.loading = true;
    const { id } = this.chat;
    const told = await get(`/history?chat=${id}&before=${this.oldest()}`);
    this.loading = false;
    if (!told || id !== this.chat.id) return;
    this.more = told.more;
    this.messages = new Map([...told.messages.map((message) => [message.id, message]), ...this.messages]);
    const rows = this.rows(told.messages);
    const first = this.list.querySelector(".day, article");
    const lastDay = rows.filter((row) => row.dataset.day).at(-1)?.dataset.day;
    const height = this.scroller.scrollHeight;
    if (lastDay && first?.dataset.day === lastDay) first.remove();
    const page = h("div", { class: "page" }, rows);
    this.list.prepend(page);
    this.scroller.scrollTop += this.scroller.scrollHeight - height;
    // Off screen, the whole page of messages is skipped but keeps its height.
    page.style = `content-visibility: auto; contain-intrinsic-size: auto ${page.offsetHeight}px`;
    if (this.more && rows.length < 12) this.further();
  }

  // --- Moving around ---

  atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < AT_END;
  }

  /** Whether somebody reads further up or has just scrolled there; the browser reports that with its next frame. */
  get stays() { return this.scroller.scrollTop < this.end && !this.atEnd(); }

  toEnd() {
    this.below = 0;
    this.scrollToEnd();
    this.drawJump();
  }

  scrollToEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.end = this.scroller.scrollTop;
  }

  scrolled() {
    if (this.scroller.scrollTop < NEAR_BEGIN) this.further();
    this.end = this.atEnd() ? this.scroller.scrollTop : Infinity;
    if (!this.stays) this.below = 0;
    this.drawJump();
  }

  show(id) {
    const node = this.nodes.get(id);
    node?.scrollIntoView({ block: "center", behavior: "smooth" });
    node?.classList.add("lit");
    setTimeout(() => node?.classList.remove("lit"), 1500);
  }

  /** Arrow keys move between messages; Enter opens a message's menu. */
  pressed(event) {
    const on = document.activeElement;
    if (on !== this.scroller && !on.matches("article")) return;
    const all = [...this.list.querySelectorAll("article")];
    const at = on === this.scroller ? all.length : all.indexOf(on);
    const to = { ArrowUp: all[at - 1], ArrowDown: all[at + 1], Home: all[0], End: all.at(-1) }[event.key];
    if (to) { event.preventDefault(); to.focus(); }
    if (event.key === "Enter" && on !== this.scroller) { event.preventDefault(); on.querySelector(".actions").click(); }
  }

  drawJump() {
    this.jump.hidden = !this.stays;
    this.jump.lastChild.textContent = this.below || "";
    this.jump.lastChild.hidden = !this.below;
  }

  /** Shown while nobody has said anything: the bot's description, and what to do first. */
  drawEmpty() {
    const { chat } = this;
    if ([...this.messages.values()].some((message) => !message.service && chat.belongs(message))) { this.empty.remove(); return; }
    const { why, label, act } = chat.whenEmpty?.() ?? {};
    const about = (!chat.isGroup && chat.head?.description) || (why ? "" : t("chat.nothing"));
    refill(this.empty, [lang(), about, why, label], () => [
      about && h("p", {}, about), why && h("p", { class: "first" }, why),
      label && h("button", { type: "button", class: "first-do", onclick: act }, label)].filter(Boolean));
    if (!this.empty.isConnected) this.list.prepend(this.empty);
  }
}

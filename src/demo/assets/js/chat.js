// A chat as its person sees it: who is using it, what can be done with its messages, and what surrounds them.

import { Composer } from "./composer.js";
import { avatar, h, icon, menu, refill } from "./dom.js";
import { Log } from "./log.js";
import { post } from "./net.js";
import { hours, lang, remember, remembered, t } from "./words.js";

/** How long a toast stays, in milliseconds. */
const TOAST = 3500;
/** Kinds of messages without a text to edit. */
const WORDLESS = ["voice", "video_note", "sticker", "contact"];

export class Chat {
  /** `store` is the page's state; `choices` returns the people who may use this chat. */
  constructor(column, store, { isGroup, choices, chosen }) {
    Object.assign(this, { column, store, isGroup, choices, chosen });
    this.name = column.id;
    this.topic = null;
    this.unread = new Map();
    this.log = new Log(this);
    this.composer = new Composer(this);
    this.draw();
  }

  // --- The person and the chat ---

  /** The person who acts here. */
  get me() {
    const people = this.choices();
    const kept = Number(remembered(this.name));
    return people.find(({ id }) => id === (this.picked ?? kept)) ?? people[0];
  }

  get id() { return this.isGroup ? this.store.group : this.me?.id; }
  zone() { return this.me?.zone ?? "UTC"; }
  isOwn(message) { return message.from !== null && message.from === this.me?.id; }
  belongs(message) { return !this.isGroup || !this.head?.forum || (message.thread ?? 0) === this.topic; }

  /** Whether the bot is typing, as far as the server has said; it ends by itself. */
  get isTyping() { return Boolean(this.head?.typing) && Date.parse(this.head.typing) > this.store.now(); }

  sender(from) {
    if (from === null) return { id: 0, name: this.head?.bot ?? "" };
    return { id: from, name: this.store.people.get(from)?.name ?? t("chat.somebody") };
  }

  pick(id) {
    this.picked = id;
    this.leavePast();
    remember(this.name, id);
    this.composer.stopMode();
    if (this.isGroup) this.redraw();
    this.chosen();
  }

  // --- The content ---

  /** Processes the server's data for this chat. A viewer who is looking at an earlier state stays there. */
  take(told, all) {
    if (this.past) return;
    this.head = told.head;
    if (all) {
      const same = this.shown === this.id;
      this.shown = this.id;
      if (!same) this.unread.clear();
      if (this.isGroup && (this.topic === null || !same)) this.topic = this.head.forum ? this.store.alerts : 0;
      this.log.reset(told, same);
    } else {
      this.log.take(told, ({ thread = 0 }) => this.unread.set(thread, (this.unread.get(thread) ?? 0) + 1));
    }
    this.drawFrame();
  }

  /** Shows the chat as it was at that time, read-only. */
  showPast(told, label) {
    this.past = label;
    this.shown = null;
    this.head = told.head;
    this.log.reset(told, false);
    this.drawFrame();
  }

  /** Returns to the present; the next snapshot brings it. Returns true if something else was shown. */
  leavePast() {
    if (!this.past) return false;
    this.past = "";
    this.shown = null;
    return true;
  }

  redraw() {
    this.log.redraw();
    this.drawFrame();
  }

  // --- Actions ---

  /** Performs an act, and shows why if it is refused. */
  async act(body) {
    if (this.past) { this.toast(t("tour.past.act")); return null; }
    try {
      return (await post("/act", body)).json;
    } catch (error) {
      this.toast(error.message);
      return null;
    }
  }

  place(mode = null) {
    const topic = this.isGroup && this.topic ? this.topic : null;
    return { chat: this.id, topic, reply: mode?.reply ?? null, quote: mode?.quote ?? null };
  }

  say(text) { return this.act({ do: "say", user: this.me.id, to: this.place(), text }); }
  start(payload = null) { return this.act({ do: "start", user: this.me.id, payload }); }
  block(on) { return this.act({ do: on ? "block" : "unblock", user: this.me.id }); }

  async tap(message, button, key) {
    if (key.getAttribute("aria-busy")) return;
    key.setAttribute("aria-busy", "true");
    const answer = await this.act({ do: "tap", user: this.me.id, chat: this.id, message: message.id, data: button.data });
    key.removeAttribute("aria-busy");
    if (answer?.text) answer.alert ? this.alert(answer.text) : this.toast(answer.text);
  }

  openActions(message, opener) {
    const quote = String(getSelection());
    const inside = quote && opener.closest("article")?.querySelector(".text")?.contains(getSelection().anchorNode);
    const own = this.isOwn(message);
    const mode = (mode) => () => this.composer.setMode(mode);
    const items = [{ text: t("act.reply"), act: mode({ reply: message.id }) }];
    if (inside) items.push({ text: t("act.quote"), hint: quote.slice(0, 40), act: mode({ reply: message.id, quote }) });
    if (own && !WORDLESS.includes(message.media?.kind)) items.push({ text: t("act.edit"), act: mode({ edit: message.id }) });
    if (message.text) items.push({ text: t("act.copy"), act: () => this.copy(message.text) });
    if (own || !this.isGroup) {
      items.push({ text: t("act.delete"), danger: true, act: () => this.act({ do: "delete", user: this.me.id, chat: this.id, message: message.id }) });
    }
    menu(opener, items, t("message.actions"));
  }

  openMenu(opener) {
    menu(opener, [
      this.me.blocked
        ? { text: t("chat.unblock"), act: () => this.block(false) }
        : { text: t("chat.block"), danger: true, act: () => this.block(true) },
      { text: "/start", hint: t("chat.start.why"), act: () => this.start() },
    ], t("chat.menu"));
  }

  async copy(text) {
    try { await navigator.clipboard.writeText(text); } catch { this.toast(t("error.copy")); }
  }

  // --- Drawing ---

  draw() {
    this.owner = h("div", { class: "owner" });
    this.headBar = h("header", { class: "chathead" });
    this.topics = h("div", { class: "topics", role: "tablist" });
    this.popup = h("div", { class: "toast", role: "status" });
    this.pastBar = h("div", { class: "past-bar", hidden: true });
    const { list, scroller, jump } = this.log;
    list.addEventListener("click", (event) => this.clicked(event));
    list.addEventListener("dblclick", (event) => {
      const id = Number(event.target.closest("article")?.dataset.id);
      if (id && !event.target.closest(".key")) this.composer.setMode({ reply: id });
    });
    list.addEventListener("contextmenu", (event) => {
      const actions = event.target.closest("article")?.querySelector(".actions");
      if (actions && !event.target.closest("a")) { event.preventDefault(); actions.click(); }
    });
    this.column.replaceChildren(this.owner, h("div", { class: "phone" }, this.headBar, this.topics, this.pastBar,
      h("div", { class: "stage" }, scroller, jump, this.popup), ...this.composer.nodes));
  }

  /** Draws everything except the messages. */
  drawFrame() {
    const { me, head } = this;
    if (!me || !head) return;
    const name = this.isGroup ? head.title : head.bot;
    this.drawHead(name);
    this.drawOwner();
    this.drawTopics();
    this.pastBar.hidden = !this.past;
    this.pastBar.textContent = this.past;
    this.log.drawEmpty();
    this.log.list.setAttribute("aria-label", t("chat.log", { name }));
    this.log.scroller.setAttribute("aria-label", t("chat.log", { name }));
    this.log.jump.setAttribute("aria-label", t("chat.end"));
    this.composer.draw(name, !this.isGroup && (me.blocked || (!me.started && !this.log.messages.size)));
  }

  drawHead(name) {
    const members = t("chat.members", { count: (this.head.members?.length ?? 0) + 1 });
    const { isTyping } = this;
    const subtitle = isTyping ? t("chat.typing") : this.isGroup ? members : t("chat.bot");
    refill(this.headBar, [name, subtitle, lang()], () => [
      avatar(name, this.isGroup ? 5 : 0),
      h("div", { class: "who" }, h("b", {}, name), h("small", { class: isTyping ? "typing" : "" }, subtitle)),
      this.isGroup ? "" : h("button", {
        type: "button", class: "round", "aria-label": t("chat.menu"), onclick: (e) => this.openMenu(e.currentTarget),
      }, icon("more"))]);
  }

  drawOwner() {
    const { me } = this;
    const groups = new Map();
    for (const person of this.choices()) {
      const key = person.crowd ? t("role.crowd") : t("role." + person.role);
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(person);
    }
    const news = (person) => !this.isGroup && person.id !== me.id && this.store.hasNews(person.id) ? " ●" : "";
    const label = (person) => person.name + (person.customer ? ` · ${person.customer}` : "") + news(person);
    refill(this.owner, [lang(), me.id, [...groups].map(([of, people]) => [of, people.map((person) => [person.id, label(person)])])], () => {
      const options = [...groups].map(([of, people]) => h("optgroup", { label: of }, people.map((person) =>
        h("option", { value: String(person.id), selected: person.id === me.id }, label(person)))));
      const select = h("select", {
        id: `${this.name}-who`, "aria-label": t("chat.whose." + this.name), onchange: () => this.pick(Number(select.value)),
      }, options);
      this.localTime = h("span", { class: "local" });
      return [avatar(me.name, me.id), h("div", { class: "who" }, h("small", {}, t("chat.whose." + this.name)), select), this.localTime];
    });
    this.drawTime();
  }

  /** The person's local time. */
  drawTime() {
    const zone = this.zone().split("/").pop().replace("_", " ");
    const language = (this.me.language ?? "").toUpperCase();
    const text = `${hours(this.store.now(), this.zone())} · ${t("zone." + zone)} · ${language}`;
    if (this.localTime.textContent !== text) this.localTime.textContent = text;
  }

  /** Updates what changes with the clock alone. */
  tick() {
    if (!this.localTime || !this.head) return;
    this.drawHead(this.isGroup ? this.head.title : this.head.bot);
    this.drawTime();
  }

  drawTopics() {
    this.topics.hidden = !this.head.forum;
    if (!this.head.forum) return;
    const tabs = [...this.head.topics, { id: 0, name: t("chat.general") }];
    this.topics.setAttribute("aria-label", t("chat.topics"));
    refill(this.topics, [tabs, this.topic, [...this.unread]], () => tabs.map(({ id, name }) => h("button", {
      type: "button", role: "tab", "aria-selected": String(id === this.topic), data: { topic: id }, tabindex: id === this.topic ? "0" : "-1",
      onclick: () => this.openTopic(id),
      onkeydown: (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        const all = [...this.topics.children];
        if (step) all[(all.indexOf(event.currentTarget) + step + all.length) % all.length].click();
      },
    }, name, this.unread.get(id) ? h("b", { class: "badge" }, this.unread.get(id)) : "")));
  }

  openTopic(id) {
    this.turnTo(id);
    this.topics.querySelector("[aria-selected=true]").focus();
  }

  turnTo(topic) {
    this.topic = topic;
    this.unread.delete(topic);
    this.composer.stopMode();
    this.redraw();
  }

  clicked(event) {
    const command = event.target.closest("[data-command]");
    if (command) this.say(command.dataset.command);
    const link = event.target.closest("a");
    const own = `https://t.me/${this.store.bot}?start=`;
    if (link?.href.startsWith(own) && !this.isGroup) { event.preventDefault(); this.start(link.href.slice(own.length)); }
  }

  toast(text) {
    this.popup.textContent = text;
    this.popup.classList.add("open");
    clearTimeout(this.popupTimer);
    this.popupTimer = setTimeout(() => this.popup.classList.remove("open"), TOAST);
  }

  alert(text) {
    const dialog = h("dialog", { onclose: () => dialog.remove() },
      h("p", {}, text), h("form", { method: "dialog" }, h("button", { class: "plain" }, "OK")));
    document.body.append(dialog);
    dialog.showModal();
  }
}

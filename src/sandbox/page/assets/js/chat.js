// A chat as its person sees it: messages, what stands under them, and everything one can do there.

import { avatar, h, icon, menu, refill } from "./dom.js";
import { brief, render } from "./message.js";
import { get, post } from "./net.js";
import { day, dayKey, hours, lang, remember, remembered, t } from "./words.js";

const AT_END = 90;

export class Chat {
  /** `store` is what the page knows; `choices` gives the people who may sit here. */
  constructor(column, store, { isGroup, choices, chosen }) {
    Object.assign(this, { column, store, isGroup, choices, chosen });
    this.name = column.id;
    this.messages = new Map();
    this.nodes = new Map();
    this.topic = null;
    this.unread = new Map();
    this.draw();
  }

  // --- Who and where ---

  /** The person who acts here. */
  get me() {
    const people = this.choices();
    const kept = Number(remembered(this.name));
    return people.find(({ id }) => id === (this.picked ?? kept)) ?? people[0];
  }

  get id() { return this.isGroup ? this.store.group : this.me?.id; }
  /** The bot is typing, as far as the server has told: the end comes by itself. */
  get isTyping() { return Boolean(this.head?.typing) && Date.parse(this.head.typing) > this.store.now(); }
  zone() { return this.me?.zone ?? "UTC"; }
  isOwn(message) { return message.from !== null && message.from === this.me?.id; }

  sender(from) {
    if (from === null) return { id: 0, name: this.head?.bot ?? "" };
    return { id: from, name: this.store.people.get(from)?.name ?? t("chat.somebody") };
  }

  pick(id) {
    this.picked = id;
    remember(this.name, id);
    this.stopMode();
    if (this.isGroup) this.redraw();
    this.chosen();
  }

  // --- What is there ---

  /** Takes in what the server told of this chat. */
  take(told, all) {
    if (all) {
      this.messages = new Map(told.messages.map((message) => [message.id, message]));
      this.more = told.more;
      this.head = told.head;
      this.unread.clear();
      this.openTopic();
      this.redraw();
      return;
    }
    this.head = told.head;
    const { stays } = this;
    let own = false;
    for (const message of told.messages) {
      const known = this.messages.has(message.id);
      if (message.deleted) {
        this.messages.delete(message.id);
        this.nodes.get(message.id)?.remove();
        this.nodes.delete(message.id);
        continue;
      }
      this.messages.set(message.id, message);
      if (!this.belongs(message)) {
        if (!known && this.isGroup) this.unread.set(message.thread ?? 0, (this.unread.get(message.thread ?? 0) ?? 0) + 1);
        continue;
      }
      if (known) this.replace(message);
      else {
        this.append(message);
        own ||= this.isOwn(message);
        if (stays && !this.isOwn(message)) this.below += 1;
      }
    }
    this.drawFrame();
    if (!stays || own) this.toEnd();
    else this.drawJump();
  }

  belongs(message) {
    return !this.isGroup || !this.head?.forum || (message.thread ?? 0) === this.topic;
  }

  openTopic() {
    if (!this.isGroup || this.topic !== null) return;
    this.topic = this.head.forum ? this.store.alerts : 0;
  }

  /** Draws all messages anew. */
  redraw() {
    this.nodes.clear();
    this.below = 0;
    this.list.replaceChildren(...this.rows([...this.messages.values()]));
    this.drawFrame();
    this.toEnd();
    if (this.more && this.list.childElementCount < 12) this.further();
  }

  /** Messages with the days between them. */
  rows(messages) {
    const rows = [];
    let last = null;
    for (const message of messages.filter((message) => this.belongs(message))) {
      const today = dayKey(new Date(message.at), this.zone());
      if (!last || last.today !== today) rows.push(this.dayRow(message, today));
      rows.push(this.node(message, last?.today === today ? last.message : null));
      last = { today, message };
    }
    return rows;
  }

  dayRow(message, key) {
    return h("div", { class: "day", data: { day: key } }, h("span", {}, day(new Date(message.at), this.zone())));
  }

  node(message, before) {
    const node = render(message, this);
    node.classList.toggle("follows", Boolean(before && !before.service && !message.service && before.from === message.from));
    this.nodes.set(message.id, node);
    return node;
  }

  append(message) {
    const shown = [...this.nodes.keys()];
    const before = this.messages.get(shown.at(-1));
    const today = dayKey(new Date(message.at), this.zone());
    const same = before && dayKey(new Date(before.at), this.zone()) === today;
    if (!same) this.list.append(this.dayRow(message, today));
    const node = this.node(message, same ? before : null);
    node.classList.add("new");
    this.list.append(node);
  }

  /** An edit in place; who was about to press a button stays on it. */
  replace(message) {
    const old = this.nodes.get(message.id);
    if (!old) return;
    const focused = old.contains(document.activeElement) ? document.activeElement : null;
    const keys = [...old.querySelectorAll(".key")];
    const place = keys.indexOf(focused);
    const node = this.node(message, null);
    node.classList.toggle("follows", old.classList.contains("follows"));
    old.replaceWith(node);
    if (focused) {
      const now = node.querySelectorAll(".key");
      (now[Math.min(Math.max(place, 0), now.length - 1)] ?? node).focus({ preventScroll: true });
    }
  }

  /** Older messages, when somebody looks for them. */
  async further() {
    if (this.loading || !this.more || !this.messages.size) return;
    this.loading = true;
    const { id } = this;
    const told = await get(`/history?chat=${id}&before=${Math.min(...this.messages.keys())}`);
    this.loading = false;
    if (!told || id !== this.id) return;
    this.more = told.more;
    this.messages = new Map([...told.messages.map((message) => [message.id, message]), ...this.messages]);
    const known = this.nodes;
    this.nodes = new Map();
    const rows = this.rows(told.messages);
    for (const [key, node] of known) this.nodes.set(key, node);
    const first = this.list.firstElementChild;
    const lastDay = rows.filter((row) => row.dataset.day).at(-1)?.dataset.day;
    if (first?.dataset.day && first.dataset.day === lastDay) first.remove();
    const height = this.scroller.scrollHeight;
    this.list.prepend(...rows);
    this.scroller.scrollTop += this.scroller.scrollHeight - height;
    if (this.more && rows.length < 12) this.further();
  }

  atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < AT_END;
  }

  toEnd() {
    this.below = 0;
    this.stays = false;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.drawJump();
  }

  show(id) {
    const node = this.nodes.get(id);
    node?.scrollIntoView({ block: "center", behavior: "smooth" });
    node?.classList.add("lit");
    setTimeout(() => node?.classList.remove("lit"), 1500);
  }

  // --- What one can do ---

  /** Does something, and says why if it cannot be done. */
  async act(body) {
    try {
      return (await post("/act", body)).json;
    } catch (error) {
      this.toast(error.message);
      return null;
    }
  }

  place() {
    const topic = this.isGroup && this.topic ? this.topic : null;
    return { chat: this.id, topic, reply: this.mode?.reply ?? null, quote: this.mode?.quote ?? null };
  }

  async say(text) {
    return this.act({ do: "say", user: this.me.id, to: { ...this.place(), reply: null, quote: null }, text });
  }

  async submit() {
    const text = this.field.value;
    if (!text.trim()) return;
    const { mode } = this;
    const user = this.me.id;
    const done = mode?.edit
      ? await this.act({ do: "edit", user, chat: this.id, message: mode.edit, text })
      : await this.act({ do: "say", user, to: this.place(), text });
    if (done) { this.field.value = ""; this.stopMode(); }
  }

  async attach(what) {
    const caption = this.field.value;
    const done = await this.act({ do: "attach", user: this.me.id, to: this.place(), what, caption });
    if (done) { this.field.value = ""; this.stopMode(); }
  }

  async tap(message, button, key) {
    if (key.getAttribute("aria-busy")) return;
    key.setAttribute("aria-busy", "true");
    const answer = await this.act({ do: "tap", user: this.me.id, chat: this.id, message: message.id, data: button.data });
    key.removeAttribute("aria-busy");
    if (answer?.text) answer.alert ? this.alert(answer.text) : this.toast(answer.text);
  }

  start(payload = null) { return this.act({ do: "start", user: this.me.id, payload }); }

  openActions(message, opener) {
    const quote = String(getSelection());
    const inside = quote && opener.closest("article")?.querySelector(".text")?.contains(getSelection().anchorNode);
    const own = this.isOwn(message);
    const items = [{ text: t("act.reply"), act: () => this.setMode({ reply: message.id }) }];
    if (inside) items.push({ text: t("act.quote"), hint: quote.slice(0, 40), act: () => this.setMode({ reply: message.id, quote }) });
    if (own && !["voice", "video_note"].includes(message.media?.kind)) {
      items.push({ text: t("act.edit"), act: () => this.setMode({ edit: message.id }) });
    }
    if (message.text) items.push({ text: t("act.copy"), act: () => navigator.clipboard?.writeText(message.text) });
    if (own || !this.isGroup) {
      items.push({ text: t("act.delete"), danger: true, act: () => this.act({ do: "delete", user: this.me.id, chat: this.id, message: message.id }) });
    }
    menu(opener, items, t("message.actions"));
  }

  openAttach(opener) {
    const file = h("input", { type: "file", onchange: async () => {
      const [chosen] = file.files;
      if (chosen?.size > 500000) this.toast(t("error.large"));
      else if (chosen) this.attach({ file: { name: chosen.name, content: await chosen.text() } });
    } });
    menu(opener, [
      { text: t("media.photo"), act: () => this.attach("photo") },
      { text: t("media.album"), act: () => this.attach("album") },
      { text: t("attach.file"), hint: t("attach.file.why"), act: () => file.click() },
      { text: t("media.voice"), hint: "0:07", act: () => this.attach("voice") },
      { text: t("media.video_note"), hint: "0:12", act: () => this.attach("video_note") },
    ], t("attach.title"));
  }

  openCommands(opener) {
    const items = this.head.commands.map(({ name, about }) => ({ text: `/${name}`, hint: about, act: () => this.say(`/${name}`) }));
    menu(opener, items, t("chat.commands"));
  }

  openMenu(opener) {
    const { id, blocked } = this.me;
    menu(opener, [
      blocked
        ? { text: t("chat.unblock"), act: () => this.act({ do: "unblock", user: id }) }
        : { text: t("chat.block"), danger: true, act: () => this.act({ do: "block", user: id }) },
      { text: "/start", hint: t("chat.start.why"), act: () => this.start() },
    ], t("chat.menu"));
  }

  // --- Replying and editing ---

  setMode(mode) {
    this.mode = mode;
    const message = this.messages.get(mode.reply ?? mode.edit);
    if (mode.edit) this.field.value = message.text;
    this.modeBar.replaceChildren(
      icon("reply"),
      h("span", {}, h("b", {}, mode.edit ? t("act.editing") : this.sender(message.from).name),
        h("span", {}, mode.quote ?? brief(message))),
      h("button", { type: "button", class: "round", "aria-label": t("act.cancel"), onclick: () => this.stopMode() }, icon("close")));
    this.modeBar.hidden = false;
    this.grow();
    this.field.focus();
  }

  stopMode() {
    if (this.mode?.edit) this.field.value = "";
    this.mode = null;
    this.modeBar.hidden = true;
    this.grow();
  }

  editLast() {
    const last = [...this.messages.values()].filter((m) => this.isOwn(m) && m.text && !m.service).at(-1);
    if (last) this.setMode({ edit: last.id });
  }

  // --- Drawing ---

  draw() {
    this.owner = h("div", { class: "owner" });
    this.headBar = h("header", { class: "chathead" });
    this.topics = h("div", { class: "topics", role: "tablist" });
    this.list = h("div", { class: "messages", role: "log", "aria-live": "polite", "aria-relevant": "additions" });
    this.scroller = h("div", { class: "scroller", tabindex: "0", onscroll: () => this.scrolled() }, this.list);
    // Who is at the end stays there, whatever grows: rows out of sight are measured only when they come into it.
    const watch = new ResizeObserver(() => { if (!this.stays) this.scroller.scrollTop = this.scroller.scrollHeight; });
    watch.observe(this.list);
    watch.observe(this.scroller);
    this.list.addEventListener("click", (event) => this.clicked(event));
    this.list.addEventListener("dblclick", (event) => {
      const id = Number(event.target.closest("article")?.dataset.id);
      if (id && !event.target.closest(".key")) this.setMode({ reply: id });
    });
    this.jump = h("button", { type: "button", class: "jump", onclick: () => this.toEnd() }, icon("down"), h("b", {}));
    this.popup = h("div", { class: "toast", role: "status" });
    this.modeBar = h("div", { class: "mode", hidden: true });
    this.replyKeys = h("div", { class: "replykeys", role: "group" });
    this.field = h("textarea", { rows: "1", oninput: () => this.grow(), onkeydown: (event) => this.typed(event) });
    this.menuButton = h("button", { type: "button", class: "commands", onclick: (e) => this.openCommands(e.currentTarget) }, icon("menu"), h("span", {}));
    this.attachButton = h("button", { type: "button", class: "round", onclick: (e) => this.openAttach(e.currentTarget) }, icon("clip"));
    this.sendButton = h("button", { type: "submit", class: "round send" });
    this.form = h("form", { class: "composer", onsubmit: (event) => {
      event.preventDefault();
      this.field.value.trim() ? this.submit() : this.attach("voice");
    } }, this.menuButton, this.field, this.attachButton, this.sendButton);
    this.big = h("button", { type: "button", class: "big", onclick: () => this.me.blocked ? this.act({ do: "unblock", user: this.me.id }) : this.start() });
    this.column.replaceChildren(this.owner, h("div", { class: "phone" }, this.headBar, this.topics,
      h("div", { class: "stage" }, this.scroller, this.jump, this.popup),
      this.modeBar, this.form, this.replyKeys, this.big));
  }

  /** All but the messages. */
  drawFrame() {
    const { me, head } = this;
    if (!me || !head) return;
    const { bot } = head;
    const members = t("chat.members", { count: (head.members?.length ?? 0) + 1 });
    const subtitle = this.isTyping ? t("chat.typing") : this.isGroup ? members : t("chat.bot");
    const name = this.isGroup ? head.title : bot;
    refill(this.headBar, [name, subtitle, lang()], () => [
      avatar(name, this.isGroup ? 5 : 0),
      h("div", { class: "who" }, h("b", {}, name), h("small", { class: this.isTyping ? "typing" : "" }, subtitle)),
      this.isGroup ? "" : h("button", {
        type: "button", class: "round", "aria-label": t("chat.menu"), onclick: (e) => this.openMenu(e.currentTarget),
      }, icon("more"))]);
    this.drawOwner();
    this.drawTopics();
    const silent = !this.isGroup && (me.blocked || (!me.started && !this.messages.size));
    this.form.hidden = silent;
    this.big.hidden = !silent;
    this.big.textContent = me.blocked ? t("chat.unblock") : t("chat.start");
    this.drawEmpty();
    this.field.placeholder = t("chat.message");
    this.field.setAttribute("aria-label", t("chat.message.to", { name: this.isGroup ? head.title : bot }));
    this.list.setAttribute("aria-label", t("chat.log", { name: this.isGroup ? head.title : bot }));
    this.scroller.setAttribute("aria-label", t("chat.log", { name }));
    this.menuButton.hidden = !head.commands.length;
    this.menuButton.lastChild.textContent = t("chat.commands");
    this.attachButton.setAttribute("aria-label", t("attach.title"));
    this.jump.setAttribute("aria-label", t("chat.end"));
    this.grow();
    this.replyKeys.hidden = silent || !head.keyboard.length;
    refill(this.replyKeys, [head.keyboard, me.id], () => head.keyboard.map((row) => h("div", { class: "row" }, row.map((text) => h("button", {
      type: "button", onclick: () => text === this.head.contact ? this.act({ do: "share_contact", user: me.id }) : this.say(text),
    }, text)))));
  }

  drawEmpty() {
    this.empty ??= h("div", { class: "empty" });
    this.empty.remove();
    if (this.nodes.size) return;
    const text = this.isGroup ? t("chat.nothing") : this.head.description || t("chat.nothing");
    this.empty.replaceChildren(h("p", {}, text));
    this.list.append(this.empty);
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
    const options = [...groups].map(([label, people]) => h("optgroup", { label }, people.map((person) =>
      h("option", { value: String(person.id), selected: person.id === me.id }, person.name + (person.customer ? ` · ${person.customer}` : "") + news(person)))));
    refill(this.owner, [lang(), me.id, options.map((option) => option.textContent)], () => {
      const select = h("select", {
        id: `${this.name}-who`, "aria-label": t("chat.whose." + this.name), onchange: () => this.pick(Number(select.value)),
      }, options);
      this.localTime = h("span", { class: "local" });
      return [avatar(me.name, me.id), h("div", { class: "who" }, h("small", {}, t("chat.whose." + this.name)), select), this.localTime];
    });
    this.tick();
  }

  /** The person's own time of day. */
  tick() {
    if (!this.localTime || !this.me) return;
    if (!this.isTyping && this.headBar.querySelector(".typing")) { this.drawFrame(); return; }
    const zone = this.zone().split("/").pop().replace("_", " ");
    const language = (this.me.language ?? "").toUpperCase();
    const text = `${hours(this.store.now(), this.zone())} · ${t("zone." + zone)} · ${language}`;
    if (this.localTime.textContent !== text) this.localTime.textContent = text;
  }

  drawTopics() {
    this.topics.hidden = !this.head.forum;
    if (!this.head.forum) return;
    const tabs = [...this.head.topics, { id: 0, name: t("chat.general") }];
    this.topics.setAttribute("aria-label", t("chat.topics"));
    refill(this.topics, [tabs, this.topic, [...this.unread]], () => tabs.map(({ id, name }) => h("button", {
      type: "button", role: "tab", "aria-selected": String(id === this.topic), data: { topic: id }, tabindex: id === this.topic ? "0" : "-1",
      onclick: () => { this.topic = id; this.unread.delete(id); this.stopMode(); this.redraw(); this.topics.querySelector("[aria-selected=true]").focus(); },
      onkeydown: (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        const all = [...this.topics.children];
        if (step) all[(all.indexOf(event.currentTarget) + step + all.length) % all.length].click();
      },
    }, name, this.unread.get(id) ? h("b", { class: "badge" }, this.unread.get(id)) : "")));
  }

  drawJump() {
    this.jump.hidden = !this.stays;
    this.jump.lastChild.textContent = this.below || "";
    this.jump.lastChild.hidden = !this.below;
  }

  grow() {
    this.field.style.height = "auto";
    // A field out of sight has no height yet.
    if (this.field.scrollHeight) this.field.style.height = `${Math.min(this.field.scrollHeight, 160)}px`;
    const writes = Boolean(this.field.value.trim());
    const what = writes ? "send" : "mic";
    if (this.sendButton.dataset.what !== what + lang()) {
      this.sendButton.dataset.what = what + lang();
      this.sendButton.replaceChildren(icon(what));
      this.sendButton.setAttribute("aria-label", t(writes ? "chat.send" : "chat.voice"));
    }
  }

  scrolled() {
    if (this.scroller.scrollTop < 400) this.further();
    this.stays = !this.atEnd();
    if (!this.stays) this.below = 0;
    this.drawJump();
  }

  typed(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.submit(); }
    if (event.key === "Escape" && this.mode) this.stopMode();
    if (event.key === "ArrowUp" && !this.field.value) { event.preventDefault(); this.editLast(); }
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
    this.popupTimer = setTimeout(() => this.popup.classList.remove("open"), 3500);
  }

  alert(text) {
    const dialog = h("dialog", { onclose: () => dialog.remove() },
      h("p", {}, text), h("form", { method: "dialog" }, h("button", { class: "plain" }, "OK")));
    document.body.append(dialog);
    dialog.showModal();
  }
}

// Everything below the messages: the input field, the message being answered or edited, attachments, commands, and the
// bot's own keyboard.

import { h, icon, menu, refill } from "./dom.js";
import { brief } from "./message.js";
import { lang, t } from "./words.js";

/** In pixels; longer texts scroll. */
const TALLEST = 160;
/** In bytes. */
const LARGEST = 500000;

export class Composer {
  constructor(chat) {
    this.chat = chat;
    this.mode = null;
    this.modeBar = h("div", { class: "mode", hidden: true });
    this.replyKeys = h("div", { class: "replykeys", role: "group" });
    this.field = h("textarea", { rows: "1", oninput: () => this.grow(), onkeydown: (event) => this.typed(event) });
    this.menuButton = h("button", { type: "button", class: "commands", onclick: (e) => this.openCommands(e.currentTarget) }, icon("menu"), h("span", {}));
    this.attachButton = h("button", { type: "button", class: "round", onclick: (e) => this.openAttach(e.currentTarget) }, icon("clip"));
    this.sendButton = h("button", { type: "submit", class: "round send" });
    this.form = h("form", { class: "composer", onsubmit: (event) => {
      event.preventDefault();
      this.writes() ? this.submit() : this.attach("voice");
    } }, this.menuButton, this.field, this.attachButton, this.sendButton);
    this.big = h("button", { type: "button", class: "big", onclick: () => this.chat.me.blocked ? this.chat.block(false) : this.chat.start() });
    this.nodes = [this.modeBar, this.form, this.replyKeys, this.big];
  }

  draw(name, silent) {
    const { me, head } = this.chat;
    this.form.hidden = silent;
    this.big.hidden = !silent;
    this.big.textContent = t(me.blocked ? "chat.unblock" : "chat.start");
    if (silent && this.mode) this.stopMode();
    this.field.placeholder = t("chat.message");
    this.field.setAttribute("aria-label", t("chat.message.to", { name }));
    this.menuButton.hidden = !head.commands.length;
    this.menuButton.lastChild.textContent = t("chat.commands");
    this.attachButton.setAttribute("aria-label", t("attach.title"));
    this.replyKeys.setAttribute("aria-label", t("message.buttons"));
    this.grow();
    this.replyKeys.hidden = silent || !head.keyboard.length;
    refill(this.replyKeys, [head.keyboard, me.id], () => head.keyboard.map((row) => h("div", { class: "row" }, row.map((text) => h("button", {
      type: "button", onclick: () => text === this.chat.head.contact ? this.chat.act({ do: "share_contact", user: me.id }) : this.chat.say(text),
    }, text)))));
  }

  /** Whether there is something to send; an edit may remove everything. */
  writes() { return Boolean(this.field.value.trim() || this.mode?.edit); }

  /** Empties the field at once, ready for the next message; a refused text is put back into it. */
  async submit() {
    const text = this.field.value;
    if (!this.writes()) return;
    const { mode } = this;
    const user = this.chat.me.id;
    const asked = mode?.edit
      ? { do: "edit", user, chat: this.chat.id, message: mode.edit, text }
      : { do: "say", user, to: this.chat.place(mode), text };
    this.clear();
    if (!await this.chat.act(asked)) this.restore(text, mode);
  }

  async attach(what) {
    const caption = this.field.value;
    const { mode } = this;
    const asked = { do: "attach", user: this.chat.me.id, to: this.chat.place(mode), what, caption };
    this.clear();
    if (!await this.chat.act(asked)) this.restore(caption, mode);
  }

  clear() {
    this.stopMode();
    this.field.value = "";
    this.grow();
  }

  restore(text, mode) {
    if (this.field.value) return;
    if (mode) this.setMode(mode);
    this.field.value = text;
    this.grow();
  }

  openAttach(opener) {
    const file = h("input", { type: "file", onchange: async () => {
      const [chosen] = file.files;
      if (chosen?.size > LARGEST) this.chat.toast(t("error.large"));
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
    const { commands } = this.chat.head;
    menu(opener, commands.map(({ name, about }) => ({ text: `/${name}`, hint: about, act: () => this.chat.say(`/${name}`) })), t("chat.commands"));
  }

  // --- Replying and editing ---

  setMode(mode) {
    const message = this.chat.log.messages.get(mode.reply ?? mode.edit);
    if (!message) return;
    this.mode = mode;
    if (mode.edit) this.field.value = message.text ?? "";
    this.modeBar.replaceChildren(
      icon("reply"),
      h("span", {}, h("b", {}, mode.edit ? t("act.editing") : this.chat.sender(message.from).name),
        h("span", {}, mode.quote ?? brief(message))),
      h("button", { type: "button", class: "round", "aria-label": t("act.cancel"), onclick: () => this.stopMode() }, icon("close")));
    this.modeBar.hidden = false;
    this.attachButton.disabled = Boolean(mode.edit);
    this.grow();
    this.field.focus();
  }

  stopMode() {
    if (this.mode?.edit) this.field.value = "";
    this.mode = null;
    this.modeBar.hidden = true;
    this.attachButton.disabled = false;
    this.grow();
  }

  editLast() {
    const last = [...this.chat.log.messages.values()].findLast((m) => this.chat.isOwn(m) && m.text && !m.service && this.chat.belongs(m));
    if (last) this.setMode({ edit: last.id });
  }

  grow() {
    this.field.style.height = "auto";
    // A hidden field has no height yet.
    if (this.field.scrollHeight) this.field.style.height = `${Math.min(this.field.scrollHeight, TALLEST)}px`;
    const what = this.writes() ? "send" : "mic";
    if (this.sendButton.dataset.what !== what + lang()) {
      this.sendButton.dataset.what = what + lang();
      this.sendButton.replaceChildren(icon(what));
      this.sendButton.setAttribute("aria-label", t(what === "send" ? "chat.send" : "chat.voice"));
    }
  }

  typed(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.submit(); }
    if (event.key === "Escape" && this.mode) this.stopMode();
    if (event.key === "ArrowUp" && !this.field.value) { event.preventDefault(); this.editLast(); }
  }
}

// One message as the app draws it.

import { avatar, h, icon } from "./dom.js";
import { bytes, hours, seconds, t } from "./words.js";

const TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre", spoiler: "span",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};

/** A text with its entities. Offsets are in UTF-16 code units, as in JavaScript; entities may be nested. */
export function rich(text, entities = []) {
  const walk = (from, to, list) => {
    const nodes = [];
    let at = from;
    while (list.length) {
      const [entity, ...rest] = list;
      const end = entity.offset + entity.length;
      if (entity.offset > at) nodes.push(...plain(text.slice(at, entity.offset)));
      const inside = rest.filter((other) => other.offset < end);
      const own = text.slice(entity.offset, end);
      const marked = ["url", "bot_command", "code", "pre"].includes(entity.kind);
      nodes.push(element(entity, marked ? [own] : walk(entity.offset, end, inside), own));
      at = end;
      list = rest.filter((other) => other.offset >= end);
    }
    if (at < to) nodes.push(...plain(text.slice(at, to)));
    return nodes;
  };
  return walk(0, text.length, entities);
}

/** Commands and addresses are also found where no entity marks them. */
function plain(text) {
  return text.split(/((?<![\w/<])\/[a-z]\w{0,31}\b|https?:\/\/\S+)/).map((part, index) => {
    if (index % 2 === 0) return part;
    return element({ kind: part.startsWith("/") ? "bot_command" : "url" }, [part], part);
  });
}

function element(entity, children, own) {
  const link = (href) => h("a", { href, target: "_blank", rel: "noreferrer noopener" }, children);
  switch (entity.kind) {
    case "text_link": return link(entity.url);
    case "url": return link(own);
    case "bot_command": return h("button", { type: "button", class: "command", data: { command: own } }, children);
    case "spoiler":
      return h("span", { class: "spoiler", tabindex: "0", onclick: (e) => e.currentTarget.classList.add("open") }, children);
    default: return h(TAGS[entity.kind] ?? "span", {}, children);
  }
}

/** A message in a few words, for places that only mention it. */
export const brief = (message) => message.text || (message.media ? t("media." + message.media.kind) : "");

export function render(message, chat) {
  if (message.service) return service(message, chat);
  const own = chat.isOwn(message);
  const sender = chat.sender(message.from);
  const shown = h("article", {
    class: `message ${own ? "own" : "their"}`, data: { id: message.id }, tabindex: "-1",
    "aria-label": t("message.by", { name: sender.name, time: hours(new Date(message.at), chat.zone()) }),
  });
  const bubble = h("div", { class: `bubble${bare(message) ? " bare" : ""}` });
  if (chat.isGroup && !own) bubble.append(h("div", { class: `name c${Math.abs(sender.id) % 7}` }, sender.name));
  if (message.reply) bubble.append(reply(message.reply, chat));
  if (message.media) bubble.append(media(message.media));
  if (message.text) bubble.append(h("div", { class: "text", dir: "auto" }, rich(message.text, message.entities)));
  bubble.append(h("span", { class: "meta" },
    message.edited && h("span", {}, t("message.edited")),
    h("time", { datetime: message.at }, hours(new Date(message.at), chat.zone())),
    own && h("span", { class: "ticks", title: t(message.read ? "message.read" : "message.sent") },
      message.read ? "✓✓" : "✓")));
  const actions = h("button", {
    type: "button", class: "actions", "aria-label": t("message.actions"), title: t("message.actions"),
    onclick: (event) => chat.openActions(message, event.currentTarget),
  }, icon("more"));
  const body = h("div", { class: "body" }, h("div", { class: "line" }, bubble, actions));
  if (message.buttons) body.append(keyboard(message, chat));
  if (chat.isGroup && !own) shown.append(avatar(sender.name, sender.id));
  shown.append(body);
  return shown;
}

const bare = ({ media: of, text }) => of && !text && ["sticker", "video_note"].includes(of.kind);

function reply(to, chat) {
  const sender = chat.sender(to.from);
  return h("button", { type: "button", class: `reply c${Math.abs(sender.id) % 7}`, onclick: () => chat.show(to.id) },
    h("b", {}, sender.name), h("span", { class: to.quote ? "quote" : "" }, to.text || t("message.media")));
}

function keyboard(message, chat) {
  const rows = message.buttons.map((row) => h("div", { class: "row" }, row.map((button) => {
    const style = `key ${button.style ?? ""}`;
    if (button.url) {
      return h("a", { class: `${style} link`, href: button.url, target: "_blank", rel: "noreferrer noopener" }, button.text);
    }
    return h("button", {
      type: "button", class: style, onclick: (event) => chat.tap(message, button, event.currentTarget),
    }, button.text);
  })));
  return h("div", { class: "keys", role: "group", "aria-label": t("message.buttons") }, rows);
}

function media(of) {
  switch (of.kind) {
    case "voice": return h("div", { class: "voice" }, h("span", { class: "disc" }, icon("play")),
      h("span", {}, wave(of.file), h("small", {}, seconds(of.seconds), h("span", { class: "hidden" }, ` ${t("media.voice")}`))));
    case "video_note": return h("div", { class: "note", vars: { "--hue": hue(of.file) } }, icon("play"),
      h("small", {}, seconds(of.seconds)), h("span", { class: "hidden" }, t("media.video_note")));
    case "video":
    case "photo": return h("div", {
      class: "photo", role: "img", "aria-label": t("media." + of.kind), vars: { "--hue": hue(of.file) },
    }, of.kind === "video" && icon("play"));
    case "document": return h("div", { class: "file" }, h("span", { class: "disc" }, icon("file")),
      h("span", {}, h("a", { href: `/file/${of.id}`, download: of.name }, of.name), h("small", {}, bytes(of.size))));
    case "sticker": return h("div", { class: "sticker" }, of.emoji);
    case "contact": return h("div", { class: "file" }, avatar(of.name, 3),
      h("span", {}, h("b", {}, of.name), h("small", {}, of.phone)));
    default: return h("div", {}, t("message.media"));
  }
}

/** A number that is always the same for the same file. */
function mark(text) {
  let sum = 7;
  for (const letter of text) sum = (sum * 31 + letter.codePointAt(0)) % 100003;
  return sum;
}
const hue = (file) => String((mark(file) * 47) % 360);

function wave(file) {
  let value = mark(file);
  const bars = Array.from({ length: 32 }, () => {
    value = (value * 16807 + 11) % 2147483647;
    return h("i", { vars: { "--tall": `${15 + (value % 85)}%` } });
  });
  return h("span", { class: "wave", "aria-hidden": "true" }, bars);
}

function service(message, chat) {
  const { name } = chat.sender(message.from);
  return h("div", { class: "service", data: { id: message.id } },
    h("span", {}, t("service." + message.service.kind, { name, topic: message.service.name ?? "" })));
}

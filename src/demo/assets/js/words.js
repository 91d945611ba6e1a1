// The page's own texts: two languages, one catalogue, and times as people in a time zone write them.

const words = JSON.parse(document.getElementById("words").textContent);
const listeners = [];
const asked = new URLSearchParams(location.search).get("lang");
let language = [asked, remembered("lang"), document.documentElement.lang].find((code) => Object.hasOwn(words, code));

/** A value stored in this browser; nothing if storage is not allowed. */
export function remembered(name) {
  try { return localStorage.getItem(`afterword.${name}`); } catch { return null; }
}

export function remember(name, value) {
  try { localStorage.setItem(`afterword.${name}`, value); } catch { /* The next visit starts over. */ }
}

/** A text of the page, with values in place of {name}. */
export function t(key, values = {}) {
  const text = words[language][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export const knows = (key) => key in words[language];
export const lang = () => language;

export function setLang(code) {
  language = code;
  translate(document);
  listeners.forEach((listener) => listener());
}

/** Calls the function whenever the language changes. */
export const onLang = (listener) => listeners.push(listener);

/** Fills in the texts of the static page. */
export function translate(root) {
  document.documentElement.lang = language;
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of root.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t(node.dataset.label));
  for (const node of root.querySelectorAll("[data-title]")) node.title = t(node.dataset.title);
}

const formats = new Map();
function format(zone, options) {
  const key = language + zone + JSON.stringify(options);
  if (!formats.has(key)) {
    formats.set(key, new Intl.DateTimeFormat(language === "ru" ? "ru-RU" : "en-GB", { timeZone: zone, ...options }));
  }
  return formats.get(key);
}

export const hours = (at, zone) => format(zone, { hour: "2-digit", minute: "2-digit" }).format(at);
export const day = (at, zone) => format(zone, { day: "numeric", month: "long" }).format(at);
export const shortDay = (at, zone) => format(zone, { weekday: "short", day: "numeric", month: "short" }).format(at);
/** The calendar day as a key. */
export const dayKey = (at, zone) => format(zone, { year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
/** The shop's time zone. */
export const ZONE = "Europe/Moscow";
/** A moment in the shop's time zone; the day is shown only if it is not today. */
export function moment(at, now) {
  const date = new Date(at);
  return (dayKey(date, ZONE) === dayKey(now, ZONE) ? "" : `${shortDay(date, ZONE)}, `) + hours(date, ZONE);
}
export const seconds = (count) => `${Math.floor(count / 60)}:${String(count % 60).padStart(2, "0")}`;
export const bytes = (size) => size < 1024 * 1024
  ? `${Math.max(1, Math.round(size / 1024))} ${t("unit.kb")}` : `${(size / 1048576).toFixed(1)} ${t("unit.mb")}`;

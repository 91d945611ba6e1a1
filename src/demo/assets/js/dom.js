// Creates elements in one line. Texts only ever become text nodes, so nothing that anybody wrote is parsed as HTML.

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "vars") for (const [key, to] of Object.entries(value)) node.style.setProperty(key, to);
    else if (name in node && typeof value !== "string") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const PATHS = {
  send: "M3 20.5 21 12 3 3.5v6.6L14 12 3 13.9z",
  mic: "M12 15a3 3 0 0 0 3-3V6a3 3 0 0 0-6 0v6a3 3 0 0 0 3 3zm5.5-3a5.5 5.5 0 0 1-11 0H5a7 7 0 0 0 6.2 6.9V22h1.6v-3.1A7 7 0 0 0 19 12z",
  clip: "M16.5 6.5v10a4.5 4.5 0 0 1-9 0V6a3 3 0 0 1 6 0v9.5a1.5 1.5 0 0 1-3 0V7H9v8.5a3 3 0 0 0 6 0V6A4.5 4.5 0 0 0 6 6v10.5a6 6 0 0 0 12 0v-10z",
  close: "M18.3 7.1 16.9 5.7 12 10.6 7.1 5.7 5.7 7.1l4.9 4.9-4.9 4.9 1.4 1.4 4.9-4.9 4.9 4.9 1.4-1.4-4.9-4.9z",
  more: "M12 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4zm0 6a2 2 0 1 0 0-4 2 2 0 0 0 0 4zm0 6a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  down: "M7 9.5 5.6 11l6.4 6.4 6.4-6.4L17 9.5l-5 5z",
  reply: "M10 8.5V5l-7 7 7 7v-3.6c5 0 8.5 1.6 11 5.1-1-5-4-10-11-12z",
  menu: "M4 6.5h16v2H4zm0 4.5h16v2H4zm0 4.5h16v2H4z",
  play: "M8 5v14l11-7z",
  pause: "M7 5h4v14H7zm6 0h4v14h-4z",
  file: "M6 2h8l6 6v12a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2zm7 1.8V9h5.2z",
  moon: "M12.3 3a9 9 0 1 0 8.7 11.4A7.2 7.2 0 0 1 12.3 3z",
  sun: "M12 7.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM11 1.5h2v3.5h-2zM11 19h2v3.5h-2zM1.5 11H5v2H1.5zM19 11h3.5v2H19zM4 5.4 5.4 4l2.5 2.5-1.4 1.4zM16.1 17.5l1.4-1.4L20 18.6 18.6 20zM4 18.6l2.5-2.5 1.4 1.4L5.4 20zM16.1 6.5 18.6 4 20 5.4l-2.5 2.5z",
  bolt: "M13 2 4 14h6l-1 8 9-12h-6z",
};

export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** Refills a node only if its content has changed, because replacing it loses the focus and a click in progress. */
export function refill(node, shows, children) {
  const key = JSON.stringify(shows);
  if (node.shows === key) return;
  node.shows = key;
  node.replaceChildren(...children());
}

/** JSON with its names, strings and numbers in colour. */
export function colored(json) {
  const parts = json.split(/("(?:[^"\\]|\\.)*"(?:\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?)/);
  return parts.map((part, index) => {
    if (index % 2 === 0) return part;
    const kind = part.endsWith(":") ? "k" : part.startsWith('"') ? "s" : "n";
    return h("span", { class: kind }, part);
  });
}

/** A person's round picture: initials on a colour of their own. */
export function avatar(name, id) {
  const letters = [...name.trim()][0] ?? "?";
  return h("span", { class: `avatar c${Math.abs(Number(id)) % 7}`, "aria-hidden": "true" }, letters.toUpperCase());
}

/** A menu beside the element that opened it. It closes by itself and gives the focus back. */
export function menu(opener, items, label) {
  document.querySelector(".menu")?.remove();
  const list = h("div", { class: "menu", role: "menu", "aria-label": label });
  const close = (refocus) => {
    list.remove();
    removeEventListener("pointerdown", outside, true);
    if (refocus) opener.focus();
  };
  const outside = (event) => { if (!list.contains(event.target)) close(false); };
  for (const { text, hint, act, danger } of items) {
    list.append(h("button", {
      type: "button", role: "menuitem", class: danger ? "danger" : "",
      onclick: () => { close(true); act(); },
    }, h("span", {}, text), hint && h("small", {}, hint)));
  }
  list.addEventListener("keydown", (event) => {
    const all = [...list.children];
    const at = all.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); all[(at + step + all.length) % all.length].focus(); }
    if (event.key === "Escape") { event.stopPropagation(); close(true); }
    if (event.key === "Tab") close(false);
  });
  document.body.append(list);
  const from = opener.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = list;
  const top = from.bottom + height + 8 < innerHeight ? from.bottom + 4 : Math.max(8, from.top - height - 4);
  list.style.left = `${Math.max(8, Math.min(from.left, innerWidth - width - 8))}px`;
  list.style.top = `${top}px`;
  addEventListener("pointerdown", outside, true);
  list.firstChild?.focus();
}

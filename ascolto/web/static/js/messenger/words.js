// Words on the page: templates of the server filled in with text nodes, dates and sizes by the visitor's own language.

const spoken = document.documentElement.lang;
const language = navigator.languages.find((each) => each.startsWith(spoken)) ?? spoken; // en-GB and en-US write days differently
const CLOCK = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long" });
const FULL = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" });
const NEAR = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const LINK = /https?:\/\/[^\s<>"'“”«»]+/g;

export const clock = (at) => CLOCK.format(at);
export const inFull = (at) => FULL.format(at);
export const fill = (pattern, facts) => pattern.replace(/\{(\w+)\}/g, (_, name) => facts[name] ?? "");
export const copy = (name) => document.querySelector(`template[data-name="${name}"]`).content.cloneNode(true);

export function day(at) {
  const midnight = (moment) => new Date(moment).setHours(0, 0, 0, 0);
  const ago = Math.round((midnight(at) - midnight(new Date())) / 86_400_000);
  return ago > -2 ? `${NEAR.format(ago, "day")}, ${DAY.format(at)}` : DAY.format(at);
}

export function moment(at) {
  const isToday = at.toDateString() === new Date().toDateString();
  return isToday ? CLOCK.format(at) : DAY.format(at);
}

export function size(bytes) {
  const [number, unit] = bytes < 1e6 ? [bytes / 1e3, "kilobyte"] : [bytes / 1e6, "megabyte"];
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: unit === "megabyte" ? 1 : 0 }).format(number);
}

// What someone wrote, as text and links; nothing in it can become markup.
export function said(text) {
  const paragraph = document.createElement("p");
  paragraph.className = "said";
  paragraph.dir = "auto";
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    const address = match[0].replace(/[.,;:!?)\]}]+$/, "");
    if (!URL.canParse(address)) continue;
    const link = document.createElement("a");
    link.href = address;
    link.rel = "noopener noreferrer nofollow";
    link.target = "_blank";
    link.textContent = address;
    paragraph.append(text.slice(end, match.index), link);
    end = match.index + address.length;
  }
  paragraph.append(text.slice(end));
  return paragraph;
}

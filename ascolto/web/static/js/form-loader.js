// Puts the contact form where the site left room for it. Until it runs, or if it never does, the link in that place works.
(() => {
  const settings = "ASCOLTO_SETTINGS";
  const script = document.currentScript;
  const desk = new URL(script?.src || location.href).origin;
  const FIRST_PX = 800; // until the form has said how tall it is
  const MOST_PX = 8000; // a form that says it is taller is not one of ours

  const pageLanguage = document.documentElement.lang.slice(0, 2).toLowerCase();
  const language = Object.hasOwn(settings.titles, pageLanguage) ? pageLanguage : settings.language;

  const bring = () => {
    const place = document.querySelector(`[data-ascolto-form="${CSS.escape(settings.key)}"]`);
    if (!place && !script?.parentElement?.closest("body")) return;
    // The form is light or dark as the page around it is, whatever the device likes.
    const known = getComputedStyle(document.documentElement).colorScheme.split(" ");
    const likesDark = known.includes("dark") && (!known.includes("light") || matchMedia("(prefers-color-scheme: dark)").matches);
    const frame = document.createElement("iframe");
    frame.title = settings.titles[language];
    frame.lang = language;
    frame.referrerPolicy = "origin";
    frame.style.cssText = `display:block;inline-size:100%;block-size:${FIRST_PX}px;border:0`;
    frame.src = `${desk}/contact/${encodeURIComponent(settings.key)}/embed/?lang=${language}&scheme=${likesDark ? "dark" : "light"}`;
    frame.addEventListener("load", () => frame.contentWindow.postMessage({ ascolto: settings.key, kind: "hello" }, desk));
    addEventListener("message", ({ source, origin, data }) => {
      if (source !== frame.contentWindow || origin !== desk || data?.ascolto !== settings.key || data.kind !== "height") return;
      const height = Number(data.height);
      if (height > 0 && height <= MOST_PX) frame.style.blockSize = `${Math.ceil(height)}px`;
    });
    if (place) place.replaceChildren(frame);
    else script.after(frame);
  };

  if (document.readyState === "loading") addEventListener("DOMContentLoaded", bring, { once: true });
  else bring();
})();

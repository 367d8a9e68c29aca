// Puts the contact form where the site left room for it. Until it runs, or if it never does, the link in that place works.
(() => {
  const settings = "ASCOLTO_SETTINGS";
  const script = document.currentScript;
  const desk = new URL(script?.src || location.href).origin;
  const LEAST_PX = 200;
  const MOST_PX = 8000; // a form that says it is taller is not one of ours

  const pageLanguage = document.documentElement.lang.slice(0, 2).toLowerCase();
  const language = Object.hasOwn(settings.titles, pageLanguage) ? pageLanguage : settings.language;

  const bring = () => {
    const place = document.querySelector(`[data-ascolto-form="${CSS.escape(settings.key)}"]`);
    if (!place && !script?.parentElement?.closest("body")) return;
    const frame = document.createElement("iframe");
    frame.title = settings.titles[language];
    frame.lang = language;
    frame.referrerPolicy = "origin";
    frame.style.cssText = `display:block;inline-size:100%;block-size:${LEAST_PX * 4}px;border:0;color-scheme:light dark`;
    frame.src = `${desk}/contact/${encodeURIComponent(settings.key)}/embed/?lang=${language}`;
    frame.addEventListener("load", () => frame.contentWindow.postMessage({ ascolto: settings.key, kind: "hello" }, desk));
    addEventListener("message", ({ source, origin, data }) => {
      if (source !== frame.contentWindow || origin !== desk || data?.ascolto !== settings.key || data.kind !== "height") return;
      const height = Number(data.height);
      if (height >= LEAST_PX && height <= MOST_PX) frame.style.blockSize = `${Math.ceil(height)}px`;
    });
    if (place) place.replaceChildren(frame);
    else script.after(frame);
  };

  if (document.readyState === "loading") addEventListener("DOMContentLoaded", bring, { once: true });
  else bring();
})();

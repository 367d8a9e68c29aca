// <file-tray>: files for a message, taken by button, paste and drop. Each goes up at once and becomes a chip.
class FileTray extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.drop = this.closest(".composer");
    this.form.upload.addEventListener("change", this);
    this.form.text.addEventListener("paste", this);
    for (const name of ["dragover", "dragleave", "drop"]) this.drop.addEventListener(name, this);
    this.addEventListener("click", this);
  }

  handleEvent(event) {
    if (event.type === "click") event.target.closest("[data-remove]")?.closest("li").remove();
    else if (event.type === "change") { this.takeAll(this.form.upload.files); this.form.upload.value = ""; }
    else if (event.type === "paste") this.pasted(event);
    else this.dragged(event);
  }

  pasted(event) {
    if (!event.clipboardData.files.length) return;
    event.preventDefault();
    this.takeAll(event.clipboardData.files);
  }

  dragged(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    this.drop.classList.toggle("composer--over", event.type === "dragover");
    if (event.type === "drop") this.takeAll(event.dataTransfer.files);
  }

  async takeAll(files) {
    for (const file of [...files]) await this.take(file);
  }

  async take(file) {
    const chip = document.createElement("li");
    chip.className = "chip chip--waiting";
    chip.textContent = this.dataset.uploading.replace("{name}", file.name);
    this.querySelector("[data-chips]").append(chip);
    const body = new FormData();
    body.set("file", file);
    try {
      const answer = await fetch(this.dataset.url, { method: "POST", body, headers: { "HX-Request": "true", "X-CSRFToken": this.form.csrfmiddlewaretoken.value } });
      const words = await answer.text();
      if (answer.status === 201) chip.outerHTML = words;
      else this.failed(chip, answer.headers.get("Content-Type")?.startsWith("text/plain") ? words : "", file);
    } catch {
      this.failed(chip, "", file);
    }
  }

  failed(chip, words, file) {
    chip.className = "chip chip--failed";
    chip.setAttribute("role", "alert");
    chip.textContent = words || this.dataset.failed.replace("{name}", file.name);
  }
}

customElements.define("file-tray", FileTray);

// A place to drop a caption file, or to choose one. Its content goes to the page's own session, so
// the server needs no address for uploads.

export default function ({ data, parentElement, setTriggerValue }) {
  const area = parentElement.querySelector("label")
  const input = parentElement.querySelector("input")
  const said = parentElement.querySelector("[role=status]")
  parentElement.querySelector("span").textContent = data.label
  input.accept = data.accept
  input.disabled = data.disabled

  const take = async (file) => {
    input.value = "" // the same file can be chosen again
    if (!file || data.disabled) return
    if (file.size > data.most) {
      said.textContent = data.too_large
      return
    }
    said.textContent = file.name
    const bytes = new Uint8Array(await file.arrayBuffer())
    let text = ""
    for (const byte of bytes) text += String.fromCharCode(byte)
    setTriggerValue("file", { name: file.name, content: btoa(text) })
  }
  const over = (event) => {
    event.preventDefault() // or the browser would open the file
    area.classList.toggle("over", event.type === "dragover")
    if (event.type === "drop") take(event.dataTransfer.files[0])
  }
  input.onchange = () => take(input.files[0])
  area.ondragover = area.ondragleave = area.ondrop = over
}

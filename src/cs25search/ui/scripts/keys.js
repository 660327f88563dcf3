// Keys for the player and the page. Keys typed into a field, or pressed with Ctrl, Alt or the
// command key, are ignored.

const FIELDS = "input, textarea, select, [contenteditable=true], [role=combobox], [role=listbox]"
const PRESSED_BY_SPACE = "button, summary, audio, video, [role=radio], [role=tab], [role=option]"

export function listen(actions) {
  document.addEventListener("keydown", (event) => {
    const on = event.target
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    if (on.closest?.(FIELDS) || document.querySelector("dialog[open]")) return
    if (event.key === " " && on.closest?.(PRESSED_BY_SPACE)) return
    const action = actions[event.key]
    if (action && action() !== false) event.preventDefault()
  })
}

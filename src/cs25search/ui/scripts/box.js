// The list below the search box: questions that the notes answer, or recent questions.
//
// It is ARIA's combobox: the box keeps the focus, arrow keys move through the list, Enter asks,
// Escape closes. The list is fetched once, when the box is first used, and searched here.

import { forget, recent, remember } from "./history.js"
import { prepare, suggest } from "./questions.js"

const MOST = 6
const LIST = "cs-options"

let list = null // of the page that is shown

class List {
  constructor(parent) {
    this.parent = parent
    this.root = make("div", "cs-list")
    this.root.hidden = true
    this.title = make("p", "cs-label")
    this.options = make("ul", "")
    this.options.id = LIST
    this.options.setAttribute("role", "listbox")
    this.clear = make("button", "")
    this.clear.type = "button"
    this.root.append(this.title, this.options, this.clear)
    parent.append(this.root)
    // The box keeps the focus, or it would send what was typed so far.
    this.root.addEventListener("mousedown", (event) => event.preventDefault())
    this.options.addEventListener("click", (event) => this.choose(event.target.closest("li")))
    this.clear.addEventListener("click", () => {
      forget()
      this.close()
      this.box?.focus()
    })
  }

  get box() {
    return document.querySelector(`input[aria-label="${CSS.escape(this.data.label)}"]`)
  }

  get isOpen() {
    return !this.root.hidden
  }

  // Take over what the server says after a rerun.
  update(data) {
    const before = this.data
    this.data = data
    this.clear.textContent = data.words.clear
    if (data.url !== before?.url) this.questions = this.loading = undefined
    if (data.asked && data.asked !== before?.asked) remember(data.course, data.whole)
    const isHere = this.root.contains(document.activeElement)
    if (data.asked !== before?.asked && !isHere) this.close()
    if (this.box) this.describe(this.box)
  }

  // Show what fits a text that was typed before this script was there.
  catchUp() {
    const { box, data } = this
    const typed = box === document.activeElement && box?.value.trim()
    if (!typed || typed === data.asked) return
    this.typed = true
    this.show()
  }

  describe(box) {
    const active = this.options.querySelector("[aria-selected=true]")
    const facts = {
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-controls": LIST,
      "aria-expanded": this.isOpen,
    }
    for (const [name, value] of Object.entries(facts)) box.setAttribute(name, value)
    if (active) box.setAttribute("aria-activedescendant", active.id)
    else box.removeAttribute("aria-activedescendant")
  }

  async load() {
    const { url } = this.data
    if (!url || this.loading === url) return
    this.loading = url
    try {
      const answer = await fetch(url)
      if (!answer.ok) throw new Error(url)
      const text = answer.body.pipeThrough(new DecompressionStream("gzip"))
      const questions = prepare(await new Response(text).json())
      if (url !== this.data.url) return
      this.questions = questions
      if (document.activeElement === this.box && this.typed) this.show()
    } catch {
      this.loading = undefined // the next key tries again
    }
  }

  // Show what fits the text of the box; recent questions if it is empty or already asked.
  show() {
    const { box, data } = this
    if (!box) return
    this.load()
    const typed = box.value.trim()
    const isNew = typed && typed !== data.asked
    const shown = isNew
      ? suggest(this.questions ?? [], typed, MOST)
      : recent(data.course).filter((one) => !typed || one !== data.whole)
    this.title.textContent = isNew ? data.words.suggested : data.words.recent
    this.options.setAttribute("aria-label", this.title.textContent)
    this.clear.hidden = isNew
    this.options.replaceChildren(...shown.map(option))
    this.options.scrollTop = 0
    this.root.hidden = !shown.length
    this.describe(box)
  }

  close() {
    this.typed = false
    this.root.hidden = true
    this.options.replaceChildren()
    if (this.box) this.describe(this.box)
  }

  // Move to the next option, or the previous one; beyond the last one is the box.
  move(by) {
    const options = [...this.options.children]
    const before = options.findIndex((one) => one.ariaSelected === "true")
    const count = options.length + 1
    const next = ((before < 0 ? options.length : before) + by + count) % count
    for (const [place, one] of options.entries()) one.ariaSelected = String(place === next)
    options[next]?.scrollIntoView({ block: "nearest" })
    this.describe(this.box)
  }

  // Ask as if the question had been typed.
  choose(chosen) {
    const { box } = this
    if (!chosen || !box) return
    const question = chosen.textContent
    this.close()
    // React only takes note of a value that is set in this way.
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(box, question)
    box.dispatchEvent(new Event("input", { bubbles: true }))
    this.close()
    box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }))
    if (matchMedia("(pointer: coarse)").matches) box.blur() // hides the keyboard of a phone
  }
}

function make(tag, name) {
  const element = document.createElement(tag)
  element.className = name
  return element
}

function option(text, number) {
  const element = make("li", "")
  element.id = `${LIST}-${number}`
  element.setAttribute("role", "option")
  element.setAttribute("aria-selected", "false")
  element.textContent = text
  return element
}

// Call an action with the event if it is of the box.
const inBox = (action) => (event) => {
  if (list && event.target === list.box) action(event)
}

function onKey(event) {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
  const active = list.options.querySelector("[aria-selected=true]")
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (!list.isOpen) list.show()
    if (!list.isOpen) return
    list.move(event.key === "ArrowDown" ? 1 : -1)
  } else if (event.key === "Escape" && list.isOpen) {
    list.close()
  } else if (event.key === "Enter" && active) {
    list.choose(active)
  } else {
    if (event.key === "Enter") list.close()
    return
  }
  event.preventDefault()
  event.stopPropagation()
}

document.addEventListener("keydown", inBox(onKey), true)
document.addEventListener("input", inBox(() => {
  list.typed = true
  list.show()
}))
document.addEventListener("click", inBox(() => list.isOpen || list.show()))
document.addEventListener("focusin", inBox((event) => {
  list.describe(event.target)
  list.load()
}))
document.addEventListener("focusout", (event) => {
  if (!list?.isOpen || list.root.contains(event.relatedTarget)) return
  if (event.target === list.box || list.root.contains(event.target)) list.close()
})

export default function ({ data, parentElement }) {
  const isNew = list?.parent !== parentElement
  if (isNew) {
    list?.root.remove()
    list = new List(parentElement)
  }
  list.update(data)
  if (isNew) list.catchUp()
  return () => {
    // A rerun calls this before it calls us again; a page that was left does not.
    setTimeout(() => {
      if (list?.parent === parentElement && !parentElement.isConnected) list = null
    })
  }
}

// Marks what is said now: the line, the note and the slide at the current second.

const MARK = "cs-now"

// Return the last element that begins at or before a second, null if there is none.
function at(elements, second) {
  let found = null
  for (const one of elements) {
    if (Number(one.dataset.at) > second + 0.5) break
    found = one
  }
  if (found?.dataset.end && Number(found.dataset.end) <= second) return null
  return found
}

export class Follower {
  constructor(changed) {
    this.changed = changed // called when following stops or begins
    this.following = true
    for (const name of ["wheel", "touchmove"]) {
      document.addEventListener(name, () => this.stop(), { passive: true })
    }
    document.addEventListener("keydown", (event) => {
      if (["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown"].includes(event.key)) {
        this.stop()
      }
    })
    document.addEventListener("pointerdown", (event) => {
      if (event.target.matches?.("[data-testid=stMain]")) this.stop() // its scroll bar
    })
  }

  stop() {
    if (!this.following) return
    this.following = false
    this.changed()
  }

  resume() {
    this.following = true
    this.last = null
    this.changed()
  }

  // Mark what belongs to a second; `scrolls`: and scroll to it, unless the reader has scrolled.
  mark(video, second, scrolls) {
    const groups = new Map()
    for (const one of document.querySelectorAll(`[data-at][data-video="${CSS.escape(video)}"]`)) {
      const group = one.dataset.group
      if (!groups.has(group)) groups.set(group, [])
      groups.get(group).push(one)
    }
    const now = new Map([...groups].map(([group, elements]) => [group, at(elements, second)]))
    for (const [group, elements] of groups) {
      for (const one of elements) set(one, one.dataset.at === now.get(group)?.dataset.at)
    }
    const number = now.get("note")?.dataset.slide
    for (const one of document.querySelectorAll("[data-of-slide]")) {
      const is = one.dataset.ofSlide === number
      if (set(one, is)) one.querySelector("details").open = is
    }
    const front = now.get("speech") ?? now.get("note")
    if (front && scrolls && this.following && front !== this.last) show(front)
    this.last = front
  }
}

// Mark an element as current, or not; return whether that is a change.
function set(element, is) {
  if (is === element.classList.contains(MARK)) return false
  element.classList.toggle(MARK, is)
  if (is) element.setAttribute("aria-current", "true")
  else element.removeAttribute("aria-current")
  return true
}

// Scroll an element to where it is read: the middle of the window.
export function show(element) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches
  element.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" })
}

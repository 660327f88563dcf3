// Steps through the words that were found on the page, without the server.

import { show } from "./follow.js"

const HERE = "cs-here"
let place = 0

function found() {
  return [...document.querySelectorAll(".cs-text mark")]
}

// Go to the mark `by` steps on, round at the ends; 0: to the first one.
export function stepFound(by) {
  const marks = found()
  if (!marks.length) return false
  place = by ? (place + by + marks.length) % marks.length : 0
  for (const one of document.querySelectorAll(`.${HERE}`)) one.classList.remove(HERE)
  marks[place].classList.add(HERE)
  const number = document.querySelector("[data-found]")
  if (number) number.textContent = place + 1
  show(marks[place])
  return true
}

// Enter and Shift+Enter in a box whose words are already found.
export function onEnter(event, label, wanted) {
  const box = event.target
  if (event.key !== "Enter" || !wanted || box.getAttribute?.("aria-label") !== label) return
  if (box.value === wanted) stepFound(event.shiftKey ? -1 : 1)
}

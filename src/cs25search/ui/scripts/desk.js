// The desk of a page: its player, and what follows it. One for each page, kept over reruns.
//
// Times on the page are ordinary links to YouTube at a second, or to our lecture page for other
// recordings (with data-video and data-at). A plain click on one plays here, without the server.

import { onEnter, stepFound } from "./find.js"
import { Follower, show } from "./follow.js"
import { listen } from "./keys.js"
import { Player } from "./player.js"
import { Reel } from "./reel.js"

const SKIP = 10 // seconds
const BEGIN = 150 // milliseconds until the text that came with the player is drawn
const AWAY = "[data-away], [data-testid=stLinkButton] *"

let desk = null // of the page that is shown

class Desk {
  constructor(parent, data) {
    this.parent = parent
    this.data = { ...data, found: "" }
    this.root = make("section", "cs-desk")
    this.stage = make("div", "cs-stage")
    this.line = make("div", "cs-line")
    this.problem = make("p", "cs-problem")
    this.follow = button("cs-follow", () => follower.resume())
    this.help = button("cs-help", () => openHelp())
    this.root.append(this.stage, this.line, this.problem, make("div", "cs-tools"))
    this.root.lastChild.append(this.follow, this.help)
    parent.append(this.root)
    this.player = new Player(this.stage, () => this.told())
    this.reel = new Reel(
      (video, second) => this.play(video, second),
      () => this.player.playing && this.player.toggle(),
    )
    this.wait()
    setTimeout(() => this.begin(), BEGIN)
  }

  // Go to the second in the address; else to the field of a page that begins with it.
  begin() {
    const { video, focus } = this.data
    const second = Number(new URLSearchParams(location.search).get("t"))
    if (video && second) follower.mark(video, second, true)
    const isFree = document.activeElement === document.body
    if (focus && isFree && matchMedia("(pointer: fine)").matches) focusBox()
  }

  // Take over what the server says after a rerun.
  update(data, ask) {
    this.ask = ask
    const before = this.data
    this.data = data
    if (data.found && data.found !== before.found) setTimeout(() => stepFound(0), 100)
    const words = data.words
    this.root.setAttribute("aria-label", words.player)
    this.follow.textContent = words.follow
    this.help.textContent = words.keys
    this.problem.textContent = ""
    if (!this.player.video) this.wait()
    this.told()
  }

  // Before the first click, nothing is requested from YouTube.
  wait() {
    const words = this.data.words
    if (!this.data.video) {
      this.stage.replaceChildren(make("p", "cs-quiet", words.quiet))
      return
    }
    const second = Number(new URLSearchParams(location.search).get("t")) || 0
    const label = second ? words.play_from.replace("{time}", clock(second)) : words.play_all
    const first = button("cs-first", () => this.play(this.data.video, second))
    first.textContent = `▶ ${label}`
    this.stage.replaceChildren(first)
  }

  play(video, second) {
    const title = this.data.titles[video] ?? this.data.words.player
    const media = this.data.media[video]
    if (media && isElsewhere(media.url)) return this.open(media.url, second)
    if (!this.player.video) this.stage.replaceChildren()
    this.player.play(video, second, title, media)
    follower.resume()
    if (this.data.video) keepSecond(second)
  }

  // The policy of this page loads nothing from other servers, so a recording there opens there.
  open(url, second) {
    this.reel.stop()
    window.open(`${url}#t=${Math.floor(second)}`, "_blank", "noopener")
    const { host } = new URL(url)
    this.problem.textContent = this.data.words.elsewhere.replace("{host}", host)
  }

  told() {
    const { video, time, error } = this.player
    this.root.classList.toggle("cs-on", Boolean(video))
    document.documentElement.classList.toggle("cs-plays", Boolean(video))
    if (video) {
      this.reel.told(video, time)
      const title = this.data.titles[video]
      const { on, place, moments } = this.reel
      const of = on ? `${place + 1}/${moments.length}` : ""
      this.line.textContent = [of, clock(time), title].filter(Boolean).join(" · ")
      this.problem.textContent = error ? this.said(video) : ""
      follower.mark(video, time, this.data.follow)
    }
    this.follow.hidden = !video || !this.data.follow || follower.following
    this.help.hidden = Boolean(video) && !this.follow.hidden
  }

  // Why a recording does not play here.
  said(video) {
    const { words, media } = this.data
    return media[video] ? words.broken : words.blocked
  }

  close() {
    this.player.close()
    this.root.remove()
    document.documentElement.classList.remove("cs-plays")
  }
}

const follower = new Follower(() => desk?.told())

function make(tag, name, text = "") {
  const element = document.createElement(tag)
  element.className = name
  element.textContent = text
  return element
}

function button(name, action) {
  const element = make("button", name)
  element.type = "button"
  element.addEventListener("click", action)
  return element
}

function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds))
  const two = (number) => String(number).padStart(2, "0")
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`
}

// Whether a recording is on another server.
function isElsewhere(url) {
  return new URL(url, location.href).origin !== location.origin
}

// Return the [video, second] that a link plays, null if it does not play here.
function target(link) {
  if (link.matches(AWAY)) return null
  if (link.dataset.play) return [link.dataset.play, Number(link.dataset.second)]
  const url = new URL(link.href, location.href)
  const second = url.searchParams.get("t")
  if (url.hostname !== "youtu.be" || !second) return null
  return [url.pathname.slice(1), parseInt(second, 10)]
}

// Keep the second in the address, so that it can be shared.
function keepSecond(second) {
  const url = new URL(location.href)
  url.searchParams.set("t", Math.floor(second))
  history.replaceState(history.state, "", url)
}

function onClick(event) {
  if (!desk || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) {
    return
  }
  const on = event.target
  const copied = on.closest?.("[data-copy]")
  if (copied) return copy(copied)
  const asked = on.closest?.("[data-ask]")
  if (asked) return desk.ask(asked.dataset.ask)
  const stepped = on.closest?.("[data-step]")
  if (stepped) {
    follower.stop()
    return stepFound(Number(stepped.dataset.step))
  }
  const reel = on.closest?.("[data-reel]")
  if (reel) return desk.reel.start(document.querySelector(`.st-key-${reel.dataset.reel}`))
  const link = on.closest?.("a[href]") ?? nearest(on.closest?.("[data-row]"), event.clientX)
  const wanted = link ? target(link) : spoken(on)
  if (!wanted) return
  event.preventDefault()
  event.stopPropagation()
  moment = link
  desk.reel.stop()
  desk.play(...wanted)
}

// A line of speech plays from where it begins, unless the click selects text.
function spoken(on) {
  const line = on.closest?.(".cs-speech [data-at]")
  if (!line || !getSelection().isCollapsed) return null
  return [line.dataset.video, Number(line.dataset.at)]
}

// A bar of the map is thin: a click beside one means the nearest of its row.
function nearest(row, x) {
  const away = (link) => {
    const { left, right } = link.getBoundingClientRect()
    return Math.max(left - x, x - right, 0)
  }
  const links = [...(row?.querySelectorAll("a[href]") ?? [])]
  return links.sort((one, other) => away(one) - away(other))[0]
}

async function copy(element) {
  const text = element.dataset.copy
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    // Only a page at https: or on this machine may use the clipboard; this works everywhere.
    const area = make("textarea", "cs-hidden", text)
    document.body.append(area)
    area.select()
    document.execCommand("copy")
    area.remove()
  }
  const before = element.textContent
  element.textContent = desk.data.words.copied
  setTimeout(() => (element.textContent = before), 1500)
}

// Moments, for the keys n and p: those found for a question, else the notes of the lecture.
let moment = null // the link that was played last

function step(by) {
  const found = document.querySelectorAll("a[data-moment]")
  const every = [...(found.length ? found : document.querySelectorAll("a[data-note]"))]
  // Two languages have the same time twice.
  const links = every.filter((link) => every.find((one) => one.href === link.href) === link)
  if (!desk || !links.length) return false
  let place = links.findIndex((link) => link.href === moment?.href)
  if (place < 0 && by < 0) place = 0
  const next = links[place + by]
  if (!next) return true
  next.focus({ preventScroll: true })
  next.click()
  if (!desk.data.follow) show(next)
  return true
}

function focusBox() {
  const box = desk && document.querySelector(`input[aria-label="${CSS.escape(desk.data.box)}"]`)
  if (!box) return false
  box.focus()
  box.select()
  return true
}

listen({
  "/": focusBox,
  " ": () => (desk?.player.video ? desk.player.toggle() : false),
  j: () => desk?.player.skip(-SKIP),
  l: () => desk?.player.skip(SKIP),
  n: () => step(1),
  p: () => step(-1),
  "?": () => openHelp(),
})

function openHelp() {
  if (!desk) return false
  const { words } = desk.data
  const dialog = make("dialog", "cs-keys")
  dialog.setAttribute("aria-label", words.keys)
  const list = make("dl", "")
  for (const [key, what] of words.keys_list) list.append(make("dt", "", key), make("dd", "", what))
  const close = button("cs-close", () => dialog.close())
  close.textContent = words.close
  dialog.append(make("h2", "", words.keys), list, close)
  dialog.addEventListener("close", () => dialog.remove())
  document.querySelector(".stApp").append(dialog)
  dialog.showModal()
  return true
}

document.addEventListener("click", onClick, true)
document.addEventListener("keydown", (event) => {
  if (desk) onEnter(event, desk.data.box, desk.data.found)
})

// What is cited, at the pointer and at the focus of the keyboard.
const tip = make("div", "cs-tip")
tip.id = "cs-tip"
tip.setAttribute("role", "tooltip")

let cited = null // what the tip is about

function tell(event) {
  const on = event.target.closest?.("[data-tip]")
  if (!on) return
  cited = on
  tip.textContent = on.dataset.tip
  document.querySelector(".stApp").append(tip)
  on.setAttribute("aria-describedby", tip.id)
  place()
}

function place() {
  if (!tip.isConnected) return
  const { left, bottom, top } = cited.getBoundingClientRect()
  const below = bottom + tip.offsetHeight + 8 < innerHeight
  tip.style.left = `${Math.max(8, Math.min(left, innerWidth - tip.offsetWidth - 8))}px`
  tip.style.top = `${below ? bottom + 6 : top - tip.offsetHeight - 6}px`
}

function hush() {
  cited?.removeAttribute("aria-describedby")
  tip.remove()
}

for (const name of ["mouseover", "focusin"]) document.addEventListener(name, tell)
for (const name of ["mouseout", "focusout"]) document.addEventListener(name, hush)
// After a tap, a phone reports the pointer where the finger was until the next tap elsewhere.
document.addEventListener("click", hush, true)
document.addEventListener("keydown", (event) => event.key === "Escape" && hush())
document.addEventListener("scroll", place, true)

export default function ({ data, parentElement, setTriggerValue }) {
  if (desk?.parent !== parentElement) {
    desk?.close()
    desk = new Desk(parentElement, data)
  }
  desk.update(data, (question) => setTriggerValue("ask", question))
  return () => {
    // A rerun calls this before it calls us again; a page that was left does not.
    setTimeout(() => {
      if (desk?.parent === parentElement && !parentElement.isConnected) {
        desk.close()
        desk = null
      }
    })
  }
}

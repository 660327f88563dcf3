// The one player of a page: YouTube's frame, or <video> and <audio> for other recordings.
//
// YouTube's frame answers a "listening" message with its state, then takes commands and tells the
// time; so a click seeks, and the frame stays. If it never answers (blocked messages, a change at
// YouTube), each click loads the frame again at the second, which always works.

export const YOUTUBE = "https://www.youtube.com"
const PATIENCE = 6000 // milliseconds until the first answer
const ASK_EVERY = 250 // milliseconds
const LEAD = 1 // seconds to start before the first word
const ARRIVES = 1000 // milliseconds in which a player may still report the time before a seek
const STARTS = 3000 // milliseconds in which a player starts that was told to
const NEAR = 2 // seconds between where it was sent and where it is
const PLAYING = 1 // YouTube's numbers: 0 ended, 1 playing, 2 paused, 3 buffering
const ANSWERS = ["onReady", "initialDelivery", "infoDelivery"]

export class Player {
  // stage: the element that shows the player. told: called after every change of time or state.
  constructor(stage, told) {
    this.stage = stage
    this.told = told
    this.video = "" // id of what plays; "" before the first click
    this.time = 0
    this.playing = false
    this.error = false // YouTube does not play this video here
    this.talks = false // the frame has answered
    this.starts = 0 // until when it may start to play without having said so
    this.halts = false // it is to pause as soon as it answers
    this.hear = (event) => this.onMessage(event)
    window.addEventListener("message", this.hear)
  }

  // Play a moment. `media` is {url, audio} for a recording that is not on YouTube.
  play(video, second, title, media) {
    const start = Math.max(0, Math.floor(second) - LEAD)
    const same = video === this.video
    this.video = video
    this.goTo(start)
    this.error = this.halts = false
    this.starts = performance.now() + STARTS
    if (media) this.playFile(media, start, same, title)
    else if (!this.frame) this.load(start, title)
    else if (this.talks) this.jump(same, start, title)
    else if (this.waits) this.wanted = { start, title } // the newest click wins, once it answers
    else this.load(start, title)
    this.told()
  }

  toggle() {
    if (this.file) this.file.paused ? this.file.play() : this.file.pause()
    else if (this.talks) this.command(this.playing || performance.now() < this.starts ? "pauseVideo" : "playVideo")
    else if (this.waits) this.halts = !this.halts
    this.starts = 0
  }

  skip(seconds) {
    if (!this.file && !this.talks) return
    this.goTo(Math.max(0, this.time + seconds))
    if (this.file) this.file.currentTime = this.time
    else this.command("seekTo", [this.time, true])
    this.told()
  }

  // Keep where the player was sent: a second key counts from there, whatever it reports meanwhile.
  goTo(second) {
    this.time = second
    this.aim = { second, end: performance.now() + ARRIVES }
  }

  // Note a reported time, unless it is still the one before a seek.
  report(second) {
    const { aim } = this
    if (aim && Math.abs(second - aim.second) > NEAR && performance.now() < aim.end) return
    this.aim = undefined
    this.time = second
  }

  close() {
    window.removeEventListener("message", this.hear)
    clearInterval(this.asking)
    this.clear()
  }

  clear() {
    this.frame = this.file = this.wanted = undefined
    this.talks = this.waits = this.playing = false
    this.stage.replaceChildren()
  }

  // A new frame rather than a new address, which would add a step to the browser's history.
  load(start, title) {
    clearInterval(this.asking)
    this.clear()
    const options = new URLSearchParams({
      start, autoplay: 1, enablejsapi: 1, playsinline: 1, rel: 0, origin: location.origin,
    })
    const frame = document.createElement("iframe")
    frame.src = `${YOUTUBE}/embed/${encodeURIComponent(this.video)}?${options}`
    frame.title = title
    frame.allow = "autoplay; encrypted-media; picture-in-picture; fullscreen"
    frame.referrerPolicy = "strict-origin-when-cross-origin"
    this.frame = frame
    this.waits = true
    this.stage.append(frame)
    const end = performance.now() + PATIENCE
    this.asking = setInterval(() => {
      if (performance.now() < end) return this.post({ event: "listening" })
      clearInterval(this.asking)
      this.waits = false
      if (this.wanted) this.load(this.wanted.start, this.wanted.title)
    }, ASK_EVERY)
  }

  jump(same, start, title) {
    this.frame.title = title
    if (same) {
      this.command("seekTo", [start, true])
      this.command("playVideo")
    } else {
      this.command("loadVideoById", [this.video, start])
    }
  }

  command(func, args = []) {
    this.post({ event: "command", func, args })
  }

  post(message) {
    const text = JSON.stringify({ id: 1, channel: "widget", ...message })
    // Before the frame is loaded, its origin is still ours and the browser would complain.
    if (this.loaded()) this.frame.contentWindow.postMessage(text, YOUTUBE)
  }

  loaded() {
    try {
      return this.frame.contentWindow.document === null
    } catch {
      return true // another origin: YouTube's
    }
  }

  onMessage(event) {
    if (!this.frame || event.source !== this.frame.contentWindow || event.origin !== YOUTUBE) return
    let message
    try {
      message = JSON.parse(event.data)
    } catch {
      return // not of the player
    }
    if (ANSWERS.includes(message.event) && !this.talks) this.begin()
    const info = message.info
    if (message.event === "onError") this.error = true
    if (message.event === "onStateChange") this.plays(info)
    if (message.event === "infoDelivery" && info) {
      if (typeof info.currentTime === "number") this.report(info.currentTime)
      if (typeof info.playerState === "number") this.plays(info.playerState)
    }
    this.told()
  }

  plays(state) {
    this.playing = state === PLAYING
    if (this.playing) this.starts = 0
  }

  begin() {
    clearInterval(this.asking)
    this.talks = true
    this.waits = false
    // YouTube reports these only to a page that has asked for them.
    for (const name of ["onStateChange", "onError"]) this.command("addEventListener", [name])
    if (this.wanted) {
      this.command("loadVideoById", [this.video, this.wanted.start])
      this.wanted = undefined
    }
    if (this.halts) this.command("pauseVideo")
    this.halts = false
  }

  playFile(media, start, same, title) {
    if (!same || !this.file) {
      clearInterval(this.asking)
      this.clear()
      this.file = document.createElement(media.audio ? "audio" : "video")
      this.file.controls = true
      this.file.src = media.url
      for (const name of ["timeupdate", "play", "pause", "seeked"]) {
        this.file.addEventListener(name, (event) => this.onFile(event.target))
      }
      this.file.addEventListener("error", () => {
        this.error = true
        this.told()
      })
      this.stage.append(this.file)
    }
    this.file.title = title
    this.file.currentTime = start // before the file is loaded, this is where it will begin
    this.file.play().catch(() => {}) // the browser may want another click; its controls are there
  }

  onFile(file) {
    if (file !== this.file) return
    this.time = file.currentTime
    this.playing = !file.paused
    this.told()
  }
}

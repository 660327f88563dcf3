// Plays moments one after the other, each up to its end.

export class Reel {
  // play: called with video and second. ended: called when the last moment is over.
  constructor(play, ended) {
    this.play = play
    this.ended = ended
    this.moments = []
    this.place = 0
    this.inside = false // the player has arrived in the moment; before, it may still report the old time
  }

  get on() {
    return this.moments.length > 0
  }

  // Take the moments that the page shows inside a container, in their order.
  start(container) {
    const shown = container?.querySelectorAll("[data-group=moment][data-end]") ?? []
    this.moments = [...shown].map(({ dataset }) => ({
      video: dataset.video,
      start: Number(dataset.at),
      end: Number(dataset.end),
    }))
    if (this.on) this.go(0)
  }

  stop() {
    this.moments = []
  }

  go(place) {
    this.place = place
    this.inside = false
    const { video, start } = this.moments[place]
    this.play(video, start)
  }

  // Take note of where the player is.
  told(video, time) {
    if (!this.on) return
    const now = this.moments[this.place]
    if (video !== now.video) return
    if (time < now.end) this.inside ||= time >= now.start - 2
    else if (this.inside && this.place + 1 < this.moments.length) this.go(this.place + 1)
    else if (this.inside) {
      this.stop()
      this.ended()
    }
  }
}

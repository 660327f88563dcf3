"""A page that imitates YouTube's player: it understands the same messages.

The tests never contact YouTube. Names and contents of the messages are those that YouTube's own
script for embedded players sends.
"""

from typing import Any

from playwright.sync_api import Frame, Page

SILENT = "<title>player</title>a video"
SPEAKS = """<title>player</title>a video<script>
const asked = new URL(location).searchParams
window.state = {
  video: location.pathname.split("/").pop(), time: Number(asked.get("start")),
  playing: asked.get("autoplay") === "1", heard: [],
}
let known = false
const tell = (event, info) =>
  parent.postMessage(JSON.stringify({event, info, id: 1, channel: "widget"}), asked.get("origin"))
const report = () => tell("infoDelivery",
  {currentTime: state.time, playerState: state.playing ? 1 : 2})
const commands = {
  seekTo: (second) => { state.time = second },
  playVideo: () => { state.playing = true },
  pauseVideo: () => { state.playing = false },
  loadVideoById: (video, second) => { Object.assign(state, {video, time: second, playing: true}) },
  addEventListener: () => {},
}
addEventListener("message", (event) => {
  if (event.source !== parent) return
  const message = JSON.parse(event.data)
  state.heard.push(message.func ?? message.event)
  if (message.event === "listening" && !known) {
    known = true
    tell("initialDelivery", {})
    tell("onReady", null)
  }
  if (message.event === "command" && known) {
    commands[message.func](...message.args)
    report()
  }
})
setInterval(() => {
  if (state.playing) state.time += 0.1
  if (known && !window.still) report()
}, 100)
</script>"""


def speak(page: Page) -> None:
    """Make YouTube's frames answer messages until the test ends; otherwise they stay silent."""
    page.context.browser.elsewhere.page = SPEAKS


def state(page: Page) -> Any:
    """Return video, time and commands of the frame."""
    return frame(page).evaluate("window.state")


def frame(page: Page) -> Frame:
    """Return the only frame of YouTube, once it is loaded."""
    frames = page.locator("iframe[src*='youtube']")
    frames.wait_for()
    found = frames.element_handle().content_frame()
    assert found
    found.wait_for_function("window.state?.heard.length")
    return found


def jump(page: Page, second: float) -> None:
    """Move the video to a second, as if it had played up to it."""
    frame(page).evaluate("second => { state.time = second }", second)

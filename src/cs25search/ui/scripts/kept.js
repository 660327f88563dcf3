// Keeps the visitor's moments in the browser, under KEY in localStorage.
//
// Each moment has the time of its last change. Of two versions of one moment, the later one stays,
// so several tabs can change the list without losing each other's moments. A removed moment stays
// as a mark (`gone`) until MONTH has passed, or another tab would bring it back.

const KEY = "cs25search.moments"
const MONTH = 30 * 24 * 3600 * 1000 // milliseconds

// What the server was last given; otherwise, moments that it refuses would be sent again and again.
let sent = ""

const name = (moment) => `${moment.video_id}.${moment.start}`

function read() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "[]")
    return Array.isArray(found) ? found.filter((one) => one && typeof one === "object") : []
  } catch (error) {
    if (error instanceof SyntaxError) return [] // not ours; the next change replaces it
    throw error
  }
}

function merge(moments) {
  const latest = new Map()
  for (const one of moments) {
    const before = latest.get(name(one))
    if (!before || one.changed > before.changed) latest.set(name(one), one)
  }
  return [...latest.values()].filter((one) => !one.gone || one.changed > Date.now() - MONTH)
}

export default function ({ data, setStateValue }) {
  // data.changes: moments changed in this session; data.known: times of all that the server has.
  const sync = () => {
    try {
      const before = read()
      const all = merge([...before, ...data.changes])
      if (JSON.stringify(all) !== JSON.stringify(before)) {
        localStorage.setItem(KEY, JSON.stringify(all))
      }
      const news = all.filter((one) => !(data.known[name(one)] >= one.changed))
      const text = JSON.stringify(news)
      if (!news.length) sent = "" // it has everything; a restarted server will not
      else if (text !== sent) {
        sent = text
        setStateValue("stored", news)
      }
    } catch {
      // Storage is switched off or full.
      if (data.changes.length && sent !== "refused") {
        sent = "refused"
        setStateValue("refused", true)
      }
    }
  }
  const onStorage = (event) => {
    if (event.key === KEY) sync()
  }
  sync()
  window.addEventListener("storage", onStorage)
  return () => window.removeEventListener("storage", onStorage)
}

// The last questions of this visitor, kept in the browser under KEY in localStorage, nowhere else.

const KEY = "cs25search.questions"
const MOST = 20
const WORD = /[\p{L}\p{N}]/u

function read() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "[]")
    return Array.isArray(found) ? found.filter((one) => typeof one?.question === "string") : []
  } catch {
    return [] // storage is switched off, or this is not ours; the next question replaces it
  }
}

function write(questions) {
  try {
    if (questions.length) localStorage.setItem(KEY, JSON.stringify(questions))
    else localStorage.removeItem(KEY)
  } catch {
    // Storage is switched off or full: there is no history.
  }
}

// Return the questions to a course, the newest first.
export function recent(course) {
  return read().filter((one) => one.course === course).map(({ question }) => question)
}

// Keep a question, unless it has no word ("???").
export function remember(course, question) {
  if (!WORD.test(question)) return
  const others = read().filter((one) => one.course !== course || one.question !== question)
  write([{ question, course }, ...others].slice(0, MOST))
}

export function forget() {
  write([])
}

// Finds questions by what is typed.

const JAPANESE = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u
const IN_WORD = /[\p{Script=Latin}\p{Script=Greek}\p{N}]/u
const BETWEEN = /[\s.,:;!?"“”()、。，．！？「」]+/u

// Return a text as it is compared: without case, full width, and the difference of the two kana.
function fold(text) {
  const plain = text.normalize("NFKC").toLowerCase()
  return plain.replace(/[ァ-ヶ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
}

export function prepare(questions) {
  return questions.map((text) => ({ text, folded: fold(text) }))
}

// Whether a part of what is typed occurs; in languages with spaces, at the beginning of a word.
function occurs(part, folded) {
  if (JAPANESE.test(part)) return folded.includes(part)
  for (let at = folded.indexOf(part); at >= 0; at = folded.indexOf(part, at + 1)) {
    if (!at || !IN_WORD.test(folded[at - 1])) return true
  }
  return false
}

// Return up to `most` questions with all words of `typed`: first those that begin with it, then
// those that have it in one piece, then the shortest.
export function suggest(prepared, typed, most) {
  const whole = fold(typed).trim()
  const parts = whole.split(BETWEEN).filter(Boolean)
  if (!parts.length) return []
  const found = prepared.filter(({ folded }) => parts.every((part) => occurs(part, folded)))
  const rank = ({ folded }) => {
    const at = folded.indexOf(whole)
    return at === 0 ? 0 : at > 0 ? 1 : 2
  }
  found.sort((one, two) => rank(one) - rank(two) || one.text.length - two.text.length)
  return found.slice(0, most).map(({ text }) => text)
}

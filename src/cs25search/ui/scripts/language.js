// Names the language of the page, for screen readers, fonts, translation and line breaks.

export default function ({ data }) {
  document.documentElement.lang = data.language
}
